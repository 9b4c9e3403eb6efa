"""Nodes that make one latent of two."""

from __future__ import annotations

from dataclasses import replace

from nodeflow.node import Context, node
from nodeflow.raster import Resampling, resize
from nodeflow.raster.blending import mix
from nodeflow.raster.masking import feathered_inward
from nodeflow.raster.shape import placed
from nodeflow.values import LATENT_SCALE, Latent, Mask
from nodeflow.values.arrays import FloatArray
from nodes.latent_change import check_same_size, samples_of, with_fresh_solver, without_handover
from nodes.matching import check_batch
from nodes.picture_color import Radius
from nodes.sizes import LatentOffset, Share


@node("BlendLatents", category="latent")
def blend_latents(first: Latent, second: Latent, share: Share = 0.5, *, context: Context) -> Latent:
    """Mix two latents; 0 gives the first and 1 the second, bit for bit.

    Args:
        first: One latent, or several.
        second: As many of the same size, or one for all.
        share: How much of the second.
    """
    check_same_size(second, first, "second")
    check_batch(len(second), len(first), "second")
    return without_handover(_mixed(first, second, second.samples, share), context, "mixed")


@node("CompositeLatents", category="latent")
def composite_latents(
    background: Latent,
    foreground: Latent,
    mask: Mask | None = None,
    *,
    left: LatentOffset = 0,
    top: LatentOffset = 0,
    feather: Radius = 0.0,
    context: Context,
) -> Latent:
    """Put latents onto others, where a mask says so. The rest of the background stays bit for bit.

    Args:
        background: The latents below.
        foreground: What is put on them: as many, or one for all; it may reach beyond the edges.
        mask: Which part of the foreground shows, scaled to it; none: all of it.
        left: Where its left edge lies, in pixels from the left.
        top: Where its upper edge lies, in pixels from the top.
        feather: How softly the edges fade, as the standard deviation of a blur in pixels.
    """
    import numpy as np

    check_batch(len(foreground), len(background), "foreground")
    shown = np.ones((1, *foreground.samples.shape[-2:]), np.float32)
    if mask is not None:
        check_batch(len(mask), max(len(background), len(foreground)), "mask")
        shown = latent_mask(mask, foreground)
    size, corner = background.samples.shape[-2:], (samples_of(top), samples_of(left))
    samples = placed(foreground.samples, size, corner)
    weights = placed(shown, size, corner)
    # Only inwards: beyond the foreground there is nothing that could show.
    weights = feathered_inward(weights, feather / LATENT_SCALE)
    mixed = _mixed(background, foreground, samples, weights[:, None])
    if background.handover == foreground.handover:
        return with_fresh_solver(mixed)  # with noise of the same step in both, a sampler can go on
    return without_handover(mixed, context, "covered")


def latent_mask(mask: Mask, latent: Latent) -> FloatArray:
    """A mask with a value for each sample of a latent: the mean over the pixels that it stands for."""
    size = latent.samples.shape[-2:]
    larger = size[0] > mask.size[0] or size[1] > mask.size[1]
    return resize(mask.values, size, Resampling.BILINEAR if larger else Resampling.AREA).clip(0, 1)


def _mixed(base: Latent, source: Latent, samples: FloatArray, share: FloatArray | float) -> Latent:
    """The base with samples mixed in; its seeds and masks stay, unless only `source` counts the items."""
    result = mix(base.samples, samples, share)
    seeds = source.seeds if len(result) > len(base) else base.seeds
    return replace(base, samples=result, seeds=seeds, empty=base.empty and source.empty)
