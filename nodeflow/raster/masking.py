"""Growing, shrinking and combining masks. Masks are planes of values 0 (keep) … 1 (change)."""

from __future__ import annotations

import math
from enum import StrEnum

from nodeflow.raster.filters import blur
from nodeflow.values.arrays import FloatArray


class Combination(StrEnum):
    """What becomes of two masks."""

    UNION = "union"
    """What either masks."""
    INTERSECTION = "intersection"
    """What both mask."""
    DIFFERENCE = "difference"
    """What the first masks and the second does not."""
    EITHER = "exclusive"
    """What one of them masks, but not both."""


def grow(masks: FloatArray, pixels: int) -> FloatArray:
    """Grow masks by a round brush, or shrink them; soft edges stay soft.

    Args:
        masks: Shape (…, height, width).
        pixels: Radius of the brush; negative shrinks. The edge of the picture does not eat into a mask.
    """
    if pixels < 0:
        return 1 - _dilated(1 - masks, -pixels)
    return _dilated(masks, pixels) if pixels else masks


def _dilated(masks: FloatArray, radius: int) -> FloatArray:
    """The largest value within a disk: for each row of the disk a filter along the row, moved up or down."""
    import numpy as np
    from scipy import ndimage

    result = np.array(masks, np.float32)
    height = masks.shape[-2]
    for away in range(min(radius, height - 1) + 1):
        reach = math.isqrt(radius**2 - away**2)
        wide = ndimage.maximum_filter1d(masks, 2 * reach + 1, axis=-1, mode="nearest")
        above, below = result[..., : height - away, :], result[..., away:, :]
        np.maximum(above, wide[..., away:, :], out=above)
        np.maximum(below, wide[..., : height - away, :], out=below)
    return result


def feathered_inward(masks: FloatArray, radius: float) -> FloatArray:
    """Blur the edges of masks on their inner side only: what is not masked stays so.

    Args:
        masks: Shape (…, height, width).
        radius: The blur's standard deviation in samples; 0 changes nothing.
    """
    import numpy as np

    return np.asarray(np.minimum(masks, blur(masks, radius)), np.float32)


def combine(first: FloatArray, second: FloatArray, how: Combination) -> FloatArray:
    """Combine masks of one shape; of soft ones the larger or smaller value counts."""
    import numpy as np

    match how:
        case Combination.UNION:
            result = np.maximum(first, second)
        case Combination.INTERSECTION:
            result = np.minimum(first, second)
        case Combination.DIFFERENCE:
            result = np.minimum(first, 1 - second)
        case Combination.EITHER:
            result = np.abs(first - second)
    return np.asarray(result, np.float32)


def within(values: FloatArray, low: float, high: float, softness: float) -> FloatArray:
    """1 where values lie from `low` to `high`, falling to 0 over `softness` beyond; 0: at once."""
    import numpy as np

    outside: FloatArray = np.asarray(np.maximum(np.maximum(low - values, values - high), 0), np.float32)
    if softness <= 0:
        return np.asarray(outside == 0, np.float32)
    return np.asarray(np.clip(1 - outside / softness, 0, 1), np.float32)
