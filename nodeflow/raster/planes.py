"""Between pictures, whose colours come last, and planes, whose height and width come last."""

from __future__ import annotations

from nodeflow.values.arrays import FloatArray


def to_planes(pixels: FloatArray) -> FloatArray:
    """Shape (…, height, width, colours) as (…, colours, height, width)."""
    import numpy as np

    return np.moveaxis(pixels, -1, -3)


def from_planes(planes: FloatArray) -> FloatArray:
    """Shape (…, colours, height, width) as (…, height, width, colours)."""
    import numpy as np

    return np.moveaxis(planes, -3, -1)
