"""Colours as inputs have them, as numbers."""

from __future__ import annotations

from nodeflow.values.arrays import FloatArray


def rgb(color: str) -> FloatArray:
    """Red, green and blue of `#rrggbb`, shape (3,), 0…1."""
    import numpy as np

    return np.frombuffer(bytes.fromhex(color[1:]), np.uint8).astype(np.float32) / np.float32(255)
