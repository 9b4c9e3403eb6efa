"""Nodes that change masks."""

from __future__ import annotations

from typing import Annotated

from nodeflow.node import Range, node
from nodeflow.raster import Resampling, filters, masking, resize
from nodeflow.raster.masking import Combination
from nodeflow.raster.shape import crop
from nodeflow.values import Mask
from nodes.matching import check_batch, check_size
from nodes.picture_color import Radius
from nodes.picture_shape import checked_part
from nodes.sizes import AnyHeight, AnySide, AnyWidth, Margin

Growth = Annotated[int, Range(-512, 512, slider=(-64, 64))]


@node("GrowMask", category="mask")
def grow_mask(mask: Mask, pixels: Growth = 8) -> Mask:
    """Grow masks, or shrink them, by a round brush.

    Args:
        mask: The masks.
        pixels: By how much; negative shrinks. The edge of the picture does not eat into a mask.
    """
    return Mask(masking.grow(mask.values, pixels))


@node("FeatherMask", category="mask")
def feather_mask(mask: Mask, radius: Radius = 8.0) -> Mask:
    """Blur the edges of masks, so that what is painted there fades in.

    Args:
        mask: The masks.
        radius: The blur's standard deviation in pixels; 0 changes nothing. Grow the mask first if all of it
            shall stay masked.
    """
    return Mask(filters.blur(mask.values, radius).clip(0, 1))


@node("InvertMask", category="mask")
def invert_mask(mask: Mask) -> Mask:
    """Mask what was not masked, and the other way round.

    Args:
        mask: The masks.
    """
    return Mask(1 - mask.values)


@node("CombineMasks", category="mask")
def combine_masks(first: Mask, second: Mask, how: Combination = Combination.UNION) -> Mask:
    """Combine two masks of one size.

    Args:
        first: One mask, or several.
        second: As many, or one for all.
        how: `union` masks what either masks, `intersection` what both do, `difference` what only the first
            does, `exclusive` what one of them does but not both.
    """
    check_size(second.size, first.size, "second", "Resize one of them")
    check_batch(len(second), len(first), "second")
    return Mask(masking.combine(first.values, second.values, how))


@node("ResizeMask", category="mask")
def resize_mask(
    mask: Mask,
    width: AnyWidth = 1024,
    height: AnyHeight = 1024,
    method: Resampling = Resampling.BILINEAR,
) -> Mask:
    """Resize masks. Nodes that use a mask on a picture do so by themselves.

    Args:
        mask: The masks.
        width: Width in pixels.
        height: Height in pixels.
        method: The filter; `nearest` keeps hard edges hard.
    """
    return Mask(resize(mask.values, (height, width), method).clip(0, 1))


@node("CropMask", category="mask")
def crop_mask(
    mask: Mask,
    left: Margin = 0,
    top: Margin = 0,
    width: AnySide | None = None,
    height: AnySide | None = None,
) -> Mask:
    """Cut a part out of masks, as CropImage does with pictures.

    Args:
        mask: The masks.
        left: Pixels cut off at the left.
        top: Pixels cut off at the top.
        width: Width of the part in pixels; none: all that is right of `left`.
        height: Height of the part in pixels; none: all that is below `top`.
    """
    corner, size = checked_part(mask.size, (top, left), (height, width))
    return Mask(crop(mask.values, corner, size))
