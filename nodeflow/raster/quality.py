"""How alike two pictures are, as numbers."""

from __future__ import annotations

import math
from typing import Any

from nodeflow.raster.color import luma
from nodeflow.values.arrays import FloatArray


def psnr(first: FloatArray, second: FloatArray) -> float:
    """Peak signal-to-noise ratio in decibels, of values 0…1; infinite for equal ones."""
    import numpy as np

    error = float(np.mean(np.square(first - second, dtype=np.float64)))
    return math.inf if error == 0 else -10 * math.log10(error)


def ssim(first: FloatArray, second: FloatArray) -> float:
    """Structural similarity of the greys, -1…1; 1 for equal ones.

    Constants and window as in Wang et al., "Image quality assessment: from error visibility to structural
    similarity" (IEEE Transactions on Image Processing 13, 2004); the whole picture counts, edges too.

    Args:
        first: Shape (batch, height, width, 3), 0…1.
        second: The same shape.
    """
    import numpy as np

    steady, steady_2 = 0.01**2, 0.03**2
    a, b = luma(first).astype(np.float64), luma(second).astype(np.float64)
    mean_a, mean_b = _window(a), _window(b)
    variance_a = _window(a * a) - mean_a**2
    variance_b = _window(b * b) - mean_b**2
    shared = _window(a * b) - mean_a * mean_b
    alike = (2 * mean_a * mean_b + steady) * (2 * shared + steady_2)
    return float((alike / ((mean_a**2 + mean_b**2 + steady) * (variance_a + variance_b + steady_2))).mean())


def _window(values: Any) -> Any:
    """Means under the paper's window, 11 samples wide, with a standard deviation of 1.5."""
    from scipy import ndimage

    return ndimage.gaussian_filter(values, (0, 1.5, 1.5), mode="nearest", truncate=5 / 1.5)
