"""Nodes that resize, crop, pad, flip and turn pictures."""

from __future__ import annotations

from typing import Annotated

from nodeflow.errors import NodeFailed
from nodeflow.node import AddedLater, Color, Range, node
from nodeflow.raster import Resampling, from_planes, resize, to_planes
from nodeflow.raster.light import to_linear, to_srgb
from nodeflow.raster.resample import fitted
from nodeflow.raster.shape import Anchor, Border, Direction, Edges, Turn, anchored, crop, flip, pad, turn
from nodeflow.raster.turning import turn_by
from nodeflow.values import Image
from nodeflow.values.arrays import FloatArray
from nodes.colors import rgb
from nodes.resizing import Fit, Size, bounds_of, to_multiple
from nodes.room import check_room
from nodes.sizes import AnyHeight, AnySide, AnyWidth, Factor, Margin, Megapixels


@node("ResizeImage", category="image")
def resize_image(
    image: Image,
    *,
    width: AnyWidth | None = None,
    height: AnyHeight | None = None,
    longest_side: AnySide | None = None,
    megapixels: Annotated[Megapixels | None, AddedLater()] = None,
    factor: Factor = 2.0,
    fit: Fit = Fit.CROP,
    anchor: Anchor = Anchor.CENTER,
    color: Annotated[str, Color()] = "#000000",
    method: Resampling = Resampling.LANCZOS,
    multiple_of: Annotated[int, Range(1, 256, slider=(1, 64))] = 1,
    linear_light: bool = False,
) -> Image:
    """Resize pictures, to a size, a longest side, a number of pixels or by a factor.

    Set width and height, or one of them (the other follows), or the longest side, or the megapixels; with
    none of these the factor counts.

    Args:
        image: The pictures.
        width: Width in pixels.
        height: Height in pixels.
        longest_side: The longer side in pixels; the other follows.
        megapixels: Width times height, in keeping with the picture's proportions; 1 is as many pixels as
            1024 x 1024, SDXL's own size.
        factor: Larger by this, while no size is set; 2 doubles the sides.
        fit: What to do where width and height have other proportions than the picture: stretch it, crop what
            stands out, pad what is missing, or stay inside the size.
        anchor: The part that stays when cropping, or where the picture lies when padding.
        color: What padding is filled with.
        method: The filter; `lanczos` is sharp, `nearest` keeps pixel art, `area` is the mean, for shrinking.
        multiple_of: Round both sides to multiples of this; a VAE needs 8.
        linear_light: Mix light rather than sRGB values, as a lens does; keeps small bright things bright.
    """
    bounds = bounds_of(image.size, width, height, factor, longest_side=longest_side, megapixels=megapixels)
    size = to_multiple(bounds, multiple_of)
    planes = to_planes(image.pixels)
    match fit if width is not None and height is not None else Fit.STRETCH:
        case Fit.STRETCH:
            planes = _resized(planes, size, method, linear=linear_light)
        case Fit.INSIDE:
            inside = to_multiple(fitted(image.size, size, cover=False), multiple_of)
            planes = _resized(planes, inside, method, linear=linear_light)
        case Fit.CROP:
            planes = _resized(planes, fitted(image.size, size, cover=True), method, linear=linear_light)
            planes = crop(planes, anchored(planes.shape[-2:], size, anchor), size)
        case Fit.PAD:
            planes = _resized(planes, fitted(image.size, size, cover=False), method, linear=linear_light)
            planes = _padded(planes, _around(planes.shape[-2:], size, anchor), Border.COLOR, color)
    return Image(from_planes(planes), image.seeds)


@node("CropImage", category="image")
def crop_image(
    image: Image,
    left: Margin = 0,
    top: Margin = 0,
    width: AnySide | None = None,
    height: AnySide | None = None,
) -> Image:
    """Cut a part out of pictures.

    Args:
        image: The pictures.
        left: Pixels cut off at the left.
        top: Pixels cut off at the top.
        width: Width of the part in pixels; none: all that is right of `left`.
        height: Height of the part in pixels; none: all that is below `top`.
    """
    corner, size = checked_part(image.size, (top, left), (height, width))
    return Image(from_planes(crop(to_planes(image.pixels), corner, size)), image.seeds)


@node("PadImage", category="image")
def pad_image(
    image: Image,
    *,
    left: Margin = 0,
    top: Margin = 0,
    right: Margin = 0,
    bottom: Margin = 0,
    border: Border = Border.COLOR,
    color: Annotated[str, Color()] = "#808080",
) -> Image:
    """Make pictures larger by adding a border.

    Args:
        image: The pictures.
        left: Pixels added at the left.
        top: Pixels added at the top.
        right: Pixels added at the right.
        bottom: Pixels added at the bottom.
        border: What they hold: one colour, the picture's edge drawn out, or its reflection.
        color: The colour.
    """
    check_room(len(image), (image.size[0] + top + bottom, image.size[1] + left + right))
    planes = _padded(to_planes(image.pixels), Edges(left, top, right, bottom), border, color)
    return Image(from_planes(planes), image.seeds)


@node("FlipImage", category="image")
def flip_image(image: Image, direction: Direction = Direction.HORIZONTAL) -> Image:
    """Mirror pictures.

    Args:
        image: The pictures.
        direction: `horizontal` changes left and right, `vertical` top and bottom.
    """
    return Image(from_planes(flip(to_planes(image.pixels), direction)), image.seeds)


@node("RotateImage", category="image")
def rotate_image(
    image: Image,
    angle: Annotated[float, Range(-360.0, 360.0, step=0.5, slider=(-180.0, 180.0))] = 90.0,
    expand: bool = True,
    color: Annotated[str, Color()] = "#000000",
) -> Image:
    """Turn pictures clockwise. By quarters no pixel is changed.

    Args:
        image: The pictures.
        angle: By how many degrees; negative turns the other way.
        expand: Make room for the corners; otherwise they are cut off and the size stays.
        color: What fills the new corners.
    """
    planes = to_planes(image.pixels)
    quarters = {90.0: Turn.QUARTER, 180.0: Turn.HALF, 270.0: Turn.THREE_QUARTERS}
    around = angle % 360
    square = image.size[0] == image.size[1]
    if around == 0:
        return image
    if around in quarters and (expand or around == 180 or square):
        planes = turn(planes, quarters[around])
    else:
        planes = turn_by(planes, around, expand=expand, fill=rgb(color))
    return Image(from_planes(planes), image.seeds)


def checked_part(
    whole: Size,
    corner: tuple[int, int],
    size: tuple[int | None, int | None],
    step: int = 1,
    prefix: str = "",
) -> tuple[tuple[int, int], Size]:
    """Upper left corner and size of a part, both (vertical, horizontal) and multiples of `step`.

    Args:
        whole: Height and width of what it is a part of.
        corner: Where it begins.
        size: Its height and width; None: to the edge.
        step: What all of these are multiples of.
        prefix: What stands before "height" and "width" in the names of the inputs that say its size.

    Raises:
        NodeFailed: If it does not lie inside; names the input, and its range.
    """
    found: list[int] = []
    for side, start, length, edge, extent in zip(
        whole, corner, size, ("top", "left"), ("height", "width"), strict=True
    ):
        if start >= side:
            message = f"{start} lies outside: the {extent} is {side}"
            raise NodeFailed(message, input=edge, advice=f"Use 0 to {side - step}")
        if length is not None and start + length > side:
            message = f"{length} from {start} on reach beyond the {extent} of {side}"
            raise NodeFailed(message, input=prefix + extent, advice=f"Use {step} to {side - start}")
        found.append(side - start if length is None else length)
    return corner, (found[0], found[1])


def _resized(planes: FloatArray, size: Size, method: Resampling, *, linear: bool) -> FloatArray:
    if planes.shape[-2:] == size:
        return planes
    check_room(len(planes), size)
    planes = to_srgb(resize(to_linear(planes), size, method)) if linear else resize(planes, size, method)
    return planes.clip(0, 1)


def _around(inner: Size, outer: Size, anchor: Anchor) -> Edges:
    top, left = anchored(outer, inner, anchor)
    return Edges(left, top, outer[1] - inner[1] - left, outer[0] - inner[0] - top)


def _padded(planes: FloatArray, edges: Edges, border: Border, color: str) -> FloatArray:
    """Pad pictures, shape (batch, 3, height, width), each channel with its part of the colour."""
    import numpy as np

    channels = [pad(planes[:, i], edges, border, float(value)) for i, value in enumerate(rgb(color))]
    return np.stack(channels, axis=1)
