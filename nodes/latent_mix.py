"""Nodes that mix something into latents: others, or noise."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from nodeflow.node import Context, Range, Seed, node
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


@node("AddNoise", category="latent")
def add_noise(
    latent: Latent,
    strength: Annotated[float, Range(0.0, 4.0, step=0.01, slider=(0.0, 1.0))] = 0.2,
    seed: Annotated[int, Seed()] = 0,
    mask: Mask | None = None,
    *,
    context: Context,
) -> Latent:
    """Add noise to latents, for the sampler that follows to make more details of.

    Between the two passes of a hires fix, for instance. A sampler adds the noise that its `denoise` asks for
    by itself; this comes on top of it, and what it does not take for noise stays as grain.

    Args:
        latent: The latents; what a mask of theirs keeps stays as it is.
        strength: The noise's standard deviation; that of a picture's latents is about 1.
        seed: Chooses the noise; item i gets that of seed + i.
        mask: Where to add it; none: everywhere. It is scaled to the latents.
    """
    import numpy as np

    if strength == 0:
        return latent
    size = latent.samples.shape[1:]
    draws = [np.random.Generator(np.random.PCG64((seed + i) % 2**64)) for i in range(len(latent))]
    noise = np.stack([draw.standard_normal(size, np.float32) for draw in draws])
    if mask is not None:
        check_batch(len(mask), len(latent), "mask")
        noise *= latent_mask(mask, latent)[:, None]
    inpainting = latent.inpainting
    if inpainting is not None and inpainting.original is None:
        inpainting = replace(inpainting, original=latent.samples)
    samples = latent.samples + np.float32(strength) * noise
    noisy = replace(latent, samples=samples, empty=False, inpainting=inpainting)
    return without_handover(noisy, context, "mixed with more")


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
