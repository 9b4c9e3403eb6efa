"""Changing colours. Pictures have their colours last: shape (batch, height, width, 3), sRGB, 0…1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nodeflow.values.arrays import FloatArray

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    DoubleArray = NDArray[np.float64]
else:
    DoubleArray = Any

LUMA = (0.299, 0.587, 0.114)
"""What red, green and blue count in a grey (ITU-R BT.601), as in Pillow."""


def luma(pixels: FloatArray) -> FloatArray:
    """The greys of a picture, shape (batch, height, width), 0…1."""
    import numpy as np

    return np.asarray(pixels @ np.array(LUMA, np.float32), np.float32)


def brighten(pixels: FloatArray, factor: float) -> FloatArray:
    """Multiply all colours; 1 changes nothing."""
    import numpy as np

    return np.asarray(np.clip(pixels * np.float32(factor), 0, 1), np.float32)


def contrast(pixels: FloatArray, factor: float) -> FloatArray:
    """Move colours away from each picture's mean grey (factor above 1) or towards it (below 1)."""
    import numpy as np

    mean: FloatArray = (
        luma(pixels).mean(axis=(1, 2), dtype=np.float64).astype(np.float32)[:, None, None, None]
    )
    return np.clip(mean + (pixels - mean) * np.float32(factor), 0, 1)


def saturate(pixels: FloatArray, factor: float) -> FloatArray:
    """Move colours away from their own grey (factor above 1) or towards it; 0 is black and white."""
    import numpy as np

    grey = luma(pixels)[..., None]
    return np.clip(grey + (pixels - grey) * np.float32(factor), 0, 1)


def turn_hue(pixels: FloatArray, degrees: float) -> FloatArray:
    """Turn the hue around the colour circle of HSV, in which 120 degrees lead from red to green."""
    import numpy as np

    hue, saturation, value = _to_hsv(np.clip(pixels, 0, 1))
    return _from_hsv((hue + degrees / 60) % 6, saturation, value)


def gamma(pixels: FloatArray, exponent: float) -> FloatArray:
    """Raise colours to 1 / `exponent`: above 1 the middle greys get brighter, black and white stay."""
    import numpy as np

    return np.asarray(np.clip(pixels, 0, 1) ** np.float32(1 / exponent), np.float32)


def matched(pixels: FloatArray, reference: FloatArray) -> FloatArray:
    """Give pictures the colours of others: their mean, and how they spread around it together.

    Of all linear changes that do so, the one that moves colours least (Pitie and Kokaram, "The linear
    Monge-Kantorovitch linear colour mapping for example-based colour transfer", 2007).

    Args:
        pixels: The pictures to change.
        reference: As many, or one for all; of any size.
    """
    import numpy as np

    mean, spread = _moments(pixels)
    wanted_mean, wanted_spread = _moments(reference)
    root, inverse = _power(spread, 0.5), _power(spread, -0.5)
    change = inverse @ _power(root @ wanted_spread @ root, 0.5) @ inverse
    count = max(len(pixels), len(reference))
    flat = (pixels.reshape(len(pixels), -1, 3) - mean) @ change + wanted_mean
    return np.clip(flat.reshape(count, *pixels.shape[1:]), 0, 1).astype(np.float32)


def _moments(pixels: FloatArray) -> tuple[DoubleArray, DoubleArray]:
    """Mean, shape (batch, 1, 3), and covariance, shape (batch, 3, 3), of the colours of each picture."""
    import numpy as np

    flat = pixels.reshape(len(pixels), -1, 3).astype(np.float64)
    mean = flat.mean(axis=1, keepdims=True)
    away = flat - mean
    return mean, np.swapaxes(away, 1, 2) @ away / flat.shape[1]


def _power(matrices: DoubleArray, exponent: float) -> DoubleArray:
    """Symmetric matrices to a power; to divide by, as if they spread at least as rounding to 8 bits does."""
    import numpy as np

    values, vectors = np.linalg.eigh(matrices)
    powers = np.maximum(values, 1e-6 if exponent < 0 else 0.0) ** exponent
    result: DoubleArray = (vectors * powers[:, None]) @ np.swapaxes(vectors, 1, 2)
    return result


def _to_hsv(pixels: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Hue in sixths of the circle, 0…6, saturation and value, 0…1."""
    import numpy as np

    red, green, blue = np.moveaxis(pixels, -1, 0)
    value = pixels.max(axis=-1)
    span = value - pixels.min(axis=-1)
    safe = np.where(span > 0, span, 1)
    hue = np.select(
        [value == red, value == green],
        [(green - blue) / safe % 6, (blue - red) / safe + 2],
        (red - green) / safe + 4,
    )
    return np.where(span > 0, hue, 0), span / np.where(value > 0, value, 1), value


def _from_hsv(hue: FloatArray, saturation: FloatArray, value: FloatArray) -> FloatArray:
    """The inverse: `f(n) = v - v s max(0, min(k, 4 - k, 1))`, `k = (n + h) mod 6`, for n = 5, 3, 1."""
    import numpy as np

    channels = []
    for n in (5, 3, 1):
        k = (n + hue) % 6
        channels.append(value - value * saturation * np.clip(np.minimum(k, 4 - k), 0, 1))
    return np.stack(channels, axis=-1).astype(np.float32)
