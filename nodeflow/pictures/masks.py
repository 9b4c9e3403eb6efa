"""Masks from picture files: white counts, black and what is transparent do not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nodeflow.pictures.reading import read_picture

if TYPE_CHECKING:
    from nodeflow.values.arrays import FloatArray


def read_mask(path: Path, size: tuple[int, int] | None = None) -> FloatArray:
    """Read a picture as a mask.

    Args:
        path: The picture.
        size: Height and width in pixels to scale it to; None: its own.

    Returns:
        Shape (height, width), 1 where the picture is white and opaque, 0 where it is black or transparent.

    Raises:
        MissingFile: If it cannot be read as a picture.
    """
    import numpy as np
    from PIL import Image

    colours, opacity = read_picture(path)
    values: FloatArray = colours.mean(axis=-1, dtype=np.float32) * opacity
    if size is None or values.shape == size:
        return values
    scaled = Image.fromarray(values).resize(size[::-1], Image.Resampling.BILINEAR)
    clipped: FloatArray = np.asarray(scaled, dtype=np.float32).clip(0, 1)
    return clipped
