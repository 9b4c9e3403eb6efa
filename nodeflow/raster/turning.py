"""Turning planes by any angle, which makes new values between samples."""

from __future__ import annotations

import math

from nodeflow.values.arrays import FloatArray


def turn_by(planes: FloatArray, degrees: float, *, expand: bool, fill: FloatArray) -> FloatArray:
    """Turn planes clockwise around their middle, with cubic interpolation.

    Args:
        planes: Shape (batch, channels, height, width), 0…1.
        degrees: By how much.
        expand: Whether the result is as large as what was turned needs; else the size stays.
        fill: A value for each channel, for what lies outside.
    """
    import numpy as np
    from PIL import Image

    height, width = planes.shape[-2:]
    # A margin in the colour of the corners, so that the edge of the picture is smooth.
    edge = 2
    around = [(edge, edge), (edge, edge)]
    turned = []
    for picture in planes:
        channels = []
        for plane, value in zip(picture, fill, strict=True):
            wide = np.pad(np.asarray(plane, np.float32), around, constant_values=float(value))
            found = Image.fromarray(wide).rotate(
                -degrees, Image.Resampling.BICUBIC, expand=expand, fillcolor=float(value)
            )
            channels.append(np.asarray(found))
        turned.append(np.stack(channels))
    size = turned_size((height, width), degrees) if expand else (height, width)
    return _middle(np.stack(turned), size).clip(0, 1)


def turned_size(size: tuple[int, int], degrees: float) -> tuple[int, int]:
    """Height and width of what has to hold a turned picture."""
    sine, cosine = abs(math.sin(math.radians(degrees))), abs(math.cos(math.radians(degrees)))
    height, width = size
    return math.ceil(height * cosine + width * sine - 1e-6), math.ceil(height * sine + width * cosine - 1e-6)


def _middle(planes: FloatArray, size: tuple[int, int]) -> FloatArray:
    top, left = ((have - want) // 2 for have, want in zip(planes.shape[-2:], size, strict=True))
    return planes[..., top : top + size[0], left : left + size[1]]
