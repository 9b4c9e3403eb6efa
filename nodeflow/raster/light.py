"""Between sRGB values and linear light, in which light adds up as it does in a lens (IEC 61966-2-1)."""

from __future__ import annotations

from nodeflow.values.arrays import FloatArray


def to_linear(srgb: FloatArray) -> FloatArray:
    """SRGB values, 0…1, as linear light, 0…1."""
    import numpy as np

    curved = ((np.maximum(srgb, 0) + 0.055) / 1.055) ** 2.4
    return np.where(srgb <= 0.04045, srgb / 12.92, curved).astype(np.float32)


def to_srgb(linear: FloatArray) -> FloatArray:
    """Linear light, 0…1, as sRGB values, 0…1."""
    import numpy as np

    curved = 1.055 * np.maximum(linear, 0) ** (1 / 2.4) - 0.055
    return np.where(linear <= 0.0031308, linear * 12.92, curved).astype(np.float32)
