"""Nodes that resize, crop, pad, flip and turn latents. Sizes are those of the pictures they decode to."""

from __future__ import annotations

from nodeflow.node import Context, node
from nodeflow.raster import Resampling, resize
from nodeflow.raster.shape import Border, Direction, Edges, Turn, crop, flip, pad, turn
from nodeflow.values import LATENT_SCALE, Latent
from nodeflow.values.arrays import FloatArray
from nodes.latent_change import change, samples_of
from nodes.picture_shape import checked_part
from nodes.resizing import bounds_of, to_multiple
from nodes.sizes import Factor, LatentHeight, LatentMargin, LatentWidth


@node("ResizeLatent", category="latent")
def resize_latent(
    latent: Latent,
    width: LatentWidth | None = None,
    height: LatentHeight | None = None,
    factor: Factor = 1.5,
    method: Resampling = Resampling.BICUBIC,
    *,
    context: Context,
) -> Latent:
    """Resize latents, to sample them again larger.

    Quicker than decoding, resizing the picture and encoding it, and rougher: sample the result again with a
    `denoise` of 0.5 or more. Noise that a sampler left in them does not survive.

    Args:
        latent: The latents.
        width: Width in pixels; alone, the height follows.
        height: Height in pixels; alone, the width follows.
        factor: Larger by this, while neither width nor height is set.
        method: The filter.
    """
    wanted = to_multiple(bounds_of(latent.size, width, height, factor), LATENT_SCALE)
    size = samples_of(wanted[0]), samples_of(wanted[1])
    if size == latent.samples.shape[-2:]:
        return latent
    return change(latent, lambda planes: resize(planes, size, method), context, "resized")


@node("CropLatent", category="latent")
def crop_latent(
    latent: Latent,
    left: LatentMargin = 0,
    top: LatentMargin = 0,
    width: LatentWidth | None = None,
    height: LatentHeight | None = None,
    *,
    context: Context,
) -> Latent:
    """Cut a part out of latents.

    Args:
        latent: The latents.
        left: Pixels cut off at the left.
        top: Pixels cut off at the top.
        width: Width of the part in pixels; none: all that is right of `left`.
        height: Height of the part in pixels; none: all that is below `top`.
    """
    (y, x), (rows, columns) = checked_part(latent.size, (top, left), (height, width), LATENT_SCALE)
    corner, size = (samples_of(y), samples_of(x)), (samples_of(rows), samples_of(columns))
    return change(latent, lambda planes: crop(planes, corner, size), context, "cropped")


@node("PadLatent", category="latent")
def pad_latent(
    latent: Latent,
    *,
    left: LatentMargin = 0,
    top: LatentMargin = 0,
    right: LatentMargin = 0,
    bottom: LatentMargin = 0,
    border: Border = Border.EDGE,
    context: Context,
) -> Latent:
    """Make latents larger by adding a border.

    Args:
        latent: The latents.
        left: Pixels added at the left.
        top: Pixels added at the top.
        right: Pixels added at the right.
        bottom: Pixels added at the bottom.
        border: What they hold: nothing (`color`, which decodes to a greyish brown), the edge drawn out, or a
            reflection.
    """
    edges = Edges(*map(samples_of, (left, top, right, bottom)))
    return change(latent, lambda planes: pad(planes, edges, border), context, "padded")


@node("FlipLatent", category="latent")
def flip_latent(latent: Latent, direction: Direction = Direction.HORIZONTAL, *, context: Context) -> Latent:
    """Mirror latents. A VAE decodes them nearly, not exactly, as the mirrored picture.

    Args:
        latent: The latents.
        direction: `horizontal` changes left and right, `vertical` top and bottom.
    """
    return change(latent, lambda planes: flip(planes, direction), context, "mirrored")


@node("RotateLatent", category="latent")
def rotate_latent(latent: Latent, angle: Turn = Turn.QUARTER, *, context: Context) -> Latent:
    """Turn latents clockwise by quarters. A VAE decodes them nearly, not exactly, as the turned picture.

    Args:
        latent: The latents.
        angle: By how many degrees.
    """

    def turned(planes: FloatArray) -> FloatArray:
        return turn(planes, angle)

    return change(latent, turned, context, "turned")
