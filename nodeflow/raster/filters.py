"""Blurring and sharpening planes."""

from __future__ import annotations

from nodeflow.values.arrays import FloatArray


def blur(planes: FloatArray, radius: float) -> FloatArray:
    """Blur with a Gaussian; beyond the edge the outermost samples go on. 0 changes nothing.

    Args:
        planes: Shape (…, height, width).
        radius: The Gaussian's standard deviation in samples, 0 and up.
    """
    import numpy as np
    from scipy import ndimage

    if radius <= 0:
        return planes
    sigma = (0.0,) * (planes.ndim - 2) + (radius, radius)
    return np.asarray(ndimage.gaussian_filter(planes, sigma, mode="nearest"), np.float32)


def sharpen(planes: FloatArray, radius: float, amount: float) -> FloatArray:
    """Unsharp mask: add `amount` times what a blur of `radius` takes away. The result may leave 0…1."""
    import numpy as np

    return np.asarray(planes + np.float32(amount) * (planes - blur(planes, radius)), np.float32)
