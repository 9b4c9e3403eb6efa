"""Resizing planes with Pillow's filters, in float32; shrinking averages over all that falls together."""

from __future__ import annotations

from enum import StrEnum

from nodeflow.values.arrays import FloatArray


class Resampling(StrEnum):
    """How values between samples are found."""

    NEAREST = "nearest"
    """The nearest sample; makes no new values."""
    AREA = "area"
    """The mean of all that falls together; for shrinking."""
    BILINEAR = "bilinear"
    """Straight lines between samples; soft."""
    BICUBIC = "bicubic"
    """Curves between samples; sharper."""
    LANCZOS = "lanczos"
    """Sharpest; may leave faint echoes beside hard edges."""


_PILLOW = {"area": "BOX"}


def resize(planes: FloatArray, size: tuple[int, int], method: Resampling) -> FloatArray:
    """Resize planes; to their own size they come back as they are.

    Args:
        planes: Shape (…, height, width).
        size: Height and width, 1 and up.
        method: The filter. Curved ones may leave the range of what they are given.

    Returns:
        Shape (…, *size).
    """
    import numpy as np
    from PIL import Image

    if planes.shape[-2:] == size:
        return planes
    pillow = Image.Resampling[_PILLOW.get(method.value, method.name)]
    single = np.ascontiguousarray(planes, np.float32).reshape(-1, *planes.shape[-2:])
    resized = [np.asarray(Image.fromarray(plane).resize(size[::-1], pillow)) for plane in single]
    return np.stack(resized).reshape(*planes.shape[:-2], *size)


def fitted(size: tuple[int, int], bounds: tuple[int, int], *, cover: bool) -> tuple[int, int]:
    """Height and width in the proportions of `size` that just fill `bounds`.

    Args:
        size: Height and width.
        bounds: Height and width to fit into.
        cover: Whether to cover the bounds whole, rather than to lie inside.
    """
    scales = [bound / side for bound, side in zip(bounds, size, strict=True)]
    scale = max(scales) if cover else min(scales)
    return max(round(size[0] * scale), 1), max(round(size[1] * scale), 1)
