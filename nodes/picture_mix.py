"""Nodes that make one picture of two."""

from __future__ import annotations

from nodeflow.node import node
from nodeflow.raster import from_planes, to_planes
from nodeflow.raster.blending import BlendMode, blend, mix
from nodeflow.raster.light import to_linear, to_srgb
from nodeflow.raster.shape import placed
from nodeflow.values import Image, Mask
from nodes.matching import check_batch, check_size, fitting_mask, longer_seeds
from nodes.sizes import Offset, Share

RESIZE = "Resize one of them"


@node("BlendImages", category="image")
def blend_images(
    below: Image,
    above: Image,
    *,
    mode: BlendMode = BlendMode.NORMAL,
    opacity: Share = 0.5,
    mask: Mask | None = None,
    linear_light: bool = False,
) -> Image:
    """Blend two pictures of the same size. Opacity 0 gives the lower one, bit for bit.

    Args:
        below: The lower pictures.
        above: The upper pictures: as many as below, or one for all.
        mode: What becomes of two colours, as in painting programs.
        opacity: How much of the result to use; 0 is the lower picture.
        mask: Where to blend; none: everywhere. It is scaled to the pictures.
        linear_light: Mix light rather than sRGB values.
    """
    check_size(above.size, below.size, "above", RESIZE)
    check_batch(len(above), len(below), "above")
    lower, upper = below.pixels, above.pixels
    if linear_light:
        lower, upper = to_linear(lower), to_linear(upper)
    result = blend(lower, upper, mode)
    result = to_srgb(result) if linear_light else result
    seeds = longer_seeds(below, above)
    if mask is None:
        return Image(mix(below.pixels, result, opacity), seeds)
    shares = fitting_mask(mask, below.size, len(result))[..., None]
    return Image(mix(below.pixels, result, shares * opacity), seeds)


@node("CompositeImages", category="image")
def composite_images(
    background: Image,
    foreground: Image,
    mask: Mask | None = None,
    left: Offset = 0,
    top: Offset = 0,
) -> Image:
    """Put a picture onto another, where a mask says so. The rest of the background stays bit for bit.

    Args:
        background: The pictures below.
        foreground: What is put on them: as many, or one for all; it may reach beyond the edges.
        mask: Which part of the foreground shows, scaled to it; none: all of it. For a loaded picture with
            transparency, invert LoadImage's mask.
        left: Where its left edge lies, in pixels from the left.
        top: Where its upper edge lies, in pixels from the top.
    """
    import numpy as np

    check_batch(len(foreground), len(background), "foreground")
    count = max(len(background), len(foreground))
    shown = np.ones((1, *foreground.size), np.float32)
    if mask is not None:
        shown = fitting_mask(mask, foreground.size, count)
    weights = placed(shown, background.size, (top, left))[..., None]
    colours = from_planes(placed(to_planes(foreground.pixels), background.size, (top, left)))
    return Image(mix(background.pixels, colours, weights), longer_seeds(background, foreground))
