"""What to put under a mask before a picture is encoded, for the sampler to start from."""

from __future__ import annotations

from enum import StrEnum

from nodeflow.raster.blending import mix
from nodeflow.values.arrays import FloatArray


class Filling(StrEnum):
    """What the masked part is filled with."""

    ORIGINAL = "original"
    """What is there."""
    SURROUNDINGS = "surroundings"
    """The colours around it, flowing in."""
    GREY = "grey"
    """Middle grey."""
    NOISE = "noise"
    """Coloured noise, always the same."""


def fill(pixels: FloatArray, masks: FloatArray, how: Filling) -> FloatArray:
    """Fill what is masked.

    Args:
        pixels: Shape (batch, height, width, 3), 0…1.
        masks: Shape (1 or batch, height, width); soft edges mix.
        how: With what.
    """
    import numpy as np

    match how:
        case Filling.ORIGINAL:
            return pixels
        case Filling.GREY:
            content: FloatArray = np.full_like(pixels, 0.5)
        case Filling.NOISE:
            content = np.random.Generator(np.random.PCG64(0)).random(pixels.shape[1:], np.float32)[None]
        case Filling.SURROUNDINGS:
            everywhere = np.broadcast_to(masks, pixels.shape[:3])
            content = np.stack([_flowing(*one) for one in zip(pixels, everywhere, strict=True)])
    return mix(pixels, content, masks[..., None])


def _flowing(pixels: FloatArray, mask: FloatArray) -> FloatArray:
    """Colours of what is unmasked, spread over the rest by pushing means up a pyramid and pulling them down.

    Push-pull interpolation as in Gortler et al., "The Lumigraph" (SIGGRAPH 1996, section 3.4.2).
    """
    import numpy as np

    known = (mask <= 0).astype(np.float32)[..., None]
    if not known.any():
        return np.full_like(pixels, 0.5)
    levels = [(pixels * known, known)]
    while max(levels[-1][0].shape[:2]) > 1:
        levels.append(tuple(_halved(part) for part in levels[-1]))  # type: ignore[arg-type]  # a pair again
    colours, weight = levels[-1]
    result = np.asarray(colours / np.maximum(weight, 1e-6), np.float32)
    for colours, weight in reversed(levels[:-1]):
        wider = _doubled(result, colours.shape[:2])
        result = np.where(weight > 0, colours / np.maximum(weight, 1e-6), wider).astype(np.float32)
    return np.clip(result, 0, 1).astype(np.float32)


def _halved(values: FloatArray) -> FloatArray:
    """Sums of blocks of two by two samples; an odd side repeats nothing, its last samples stand alone."""
    import numpy as np

    odd = values.shape[0] % 2, values.shape[1] % 2
    even = np.pad(values, ((0, odd[0]), (0, odd[1]), (0, 0)))
    sums: FloatArray = even.reshape(even.shape[0] // 2, 2, even.shape[1] // 2, 2, -1).sum(axis=(1, 3))
    return sums


def _doubled(values: FloatArray, size: tuple[int, int]) -> FloatArray:
    from nodeflow.raster.planes import from_planes, to_planes
    from nodeflow.raster.resample import Resampling, resize

    return from_planes(resize(to_planes(values), size, Resampling.BILINEAR))
