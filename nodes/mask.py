"""Nodes that make masks, of nothing and of pictures, and pictures of masks."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from nodeflow.errors import NodeFailed
from nodeflow.node import Color, node
from nodeflow.raster import color as colors
from nodeflow.raster.masking import within
from nodeflow.raster.shape import Edges, pad
from nodeflow.values import Image, Mask
from nodeflow.values.arrays import FloatArray
from nodes.colors import rgb
from nodes.picture_shape import checked_part
from nodes.sizes import AnyHeight, AnySide, AnyWidth, Margin, Share


class Channel(StrEnum):
    """What of a colour counts."""

    BRIGHTNESS = "brightness"
    RED = "red"
    GREEN = "green"
    BLUE = "blue"


@node("SolidMask", category="mask")
def solid_mask(
    value: Share = 1.0,
    width: AnyWidth = 1024,
    height: AnyHeight = 1024,
) -> Mask:
    """Make a mask that is the same everywhere.

    Args:
        value: 1 masks everything, 0 nothing.
        width: Width in pixels.
        height: Height in pixels.
    """
    import numpy as np

    return Mask(np.full((1, height, width), value, np.float32))


@node("RectangleMask", category="mask")
def rectangle_mask(
    width: AnyWidth = 1024,
    height: AnyHeight = 1024,
    *,
    left: Margin = 256,
    top: Margin = 256,
    box_width: AnySide = 512,
    box_height: AnySide = 512,
) -> Mask:
    """Mask a rectangle.

    Args:
        width: Width of the whole in pixels.
        height: Height of the whole in pixels.
        left: Where the rectangle begins, in pixels from the left.
        top: Where the rectangle begins, in pixels from the top.
        box_width: Its width in pixels.
        box_height: Its height in pixels.
    """
    import numpy as np

    checked_part((height, width), (top, left), (box_height, box_width), prefix="box_")
    room = Edges(left, top, width - left - box_width, height - top - box_height)
    return Mask(pad(np.ones((1, box_height, box_width), np.float32), room))


@node("MaskFromImage", category="mask")
def mask_from_image(image: Image, channel: Channel = Channel.BRIGHTNESS) -> Mask:
    """Take the brightness of pictures, or one of their colours, as masks: what is white is masked.

    For a picture's transparency use the mask that LoadImage gives.

    Args:
        image: The pictures.
        channel: What of their colours counts.
    """
    return Mask(_channel(image, channel))


@node("MaskFromThreshold", category="mask")
def mask_from_threshold(
    image: Image,
    low: Share = 0.5,
    high: Share = 1.0,
    softness: Share = 0.0,
    channel: Channel = Channel.BRIGHTNESS,
) -> Mask:
    """Mask the parts of pictures whose brightness lies in a range.

    Args:
        image: The pictures.
        low: The darkest that is masked.
        high: The brightest that is masked.
        softness: How far beyond the range the mask fades out; 0: a hard edge.
        channel: What counts, brightness or one colour.
    """
    if low > high:
        raise NodeFailed(f"{low:g} is more than high, {high:g}", input="low", advice=f"Use 0 to {high:g}")
    return Mask(within(_channel(image, channel), low, high, softness))


@node("MaskFromColor", category="mask")
def mask_from_color(
    image: Image,
    color: Annotated[str, Color()] = "#00ff00",
    tolerance: Share = 0.1,
    softness: Share = 0.0,
) -> Mask:
    """Mask the parts of pictures that have a colour, such as a green background.

    Args:
        image: The pictures.
        color: The colour.
        tolerance: How different red, green or blue may be at most, 0…1.
        softness: How far beyond the tolerance the mask fades out; 0: a hard edge.
    """
    import numpy as np

    away = np.abs(image.pixels - rgb(color)).max(axis=-1)
    return Mask(within(away, 0, tolerance, softness))


@node("MaskToImage", category="mask")
def mask_to_image(mask: Mask) -> Image:
    """Show masks as pictures: white where they mask.

    Args:
        mask: The masks.
    """
    import numpy as np

    return Image(np.repeat(mask.values[..., None], 3, axis=-1))


def _channel(image: Image, channel: Channel) -> FloatArray:
    if channel is Channel.BRIGHTNESS:
        return colors.luma(image.pixels).clip(0, 1)
    return image.pixels[..., ("red", "green", "blue").index(channel.value)]
