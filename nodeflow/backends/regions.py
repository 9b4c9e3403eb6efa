"""From the regions of prompts to the windows of the latents that they see, and their share at each place."""

from __future__ import annotations

import numpy as np

from nodeflow.backends.pieces import Window
from nodeflow.errors import NodeFailed
from nodeflow.values import LATENT_SCALE, Area, Conditioning, Latent, MaskedRegion
from nodeflow.values.arrays import FloatArray

Share = FloatArray | float


def placed(prompt: Conditioning, latent: Latent, name: str) -> tuple[Window | None, Share]:
    """Where a prompt acts.

    Args:
        prompt: The prompt.
        latent: What is denoised.
        name: The side of guidance that it is from, for messages.

    Returns:
        The only part of the latents that it is evaluated on, None for all; and its share before all are
        scaled to a sum of 1, a number or an array of shape (1 or batch, 1, height, width) of that part.

    Raises:
        NodeFailed: If its area lies outside of the picture, or there are not as many masks as pictures.
    """
    height, width = latent.samples.shape[2:]
    whole = Window(0, 0, height, width)
    window, share = whole, np.ones((1, 1, height, width), np.float32)
    if prompt.mask is not None:
        share = _shares(prompt.mask, latent, name)
        if prompt.mask.cropped:
            window = _around(share, whole)
            within = window.of(share)
            within *= _faded(prompt.mask.feather, window, whole)
    if prompt.area is not None:
        window = _window(prompt.area, latent, name)
    share = window.of(share)
    if prompt.area is not None:
        share = share * _faded(prompt.area.feather, window, whole)
    is_whole = (window.height, window.width) == (height, width)
    level = bool((share == 1).all())
    return None if is_whole else window, prompt.strength if level else prompt.strength * share


def _window(area: Area, latent: Latent, name: str) -> Window:
    """The area in whole latent samples, at least one."""
    top, left, bottom, right = (edge / LATENT_SCALE for edge in area.pixels(*latent.size))
    if bottom <= top or right <= left:
        height, width = latent.size
        raise NodeFailed(
            f"the area lies outside of the picture of {width} x {height} pixels",
            input=name,
            advice="Move it, or give it in fractions of the picture",
        )
    row, column = min(round(top), round(bottom) - 1), min(round(left), round(right) - 1)
    row, column = max(row, 0), max(column, 0)
    return Window(row, column, max(round(bottom) - row, 1), max(round(right) - column, 1))


def _faded(feather: float, window: Window, whole: Window) -> FloatArray:
    """What fades in from the edges of a window that are not the picture's own, shape (height, width)."""
    reach = feather * min(window.height, window.width)
    down = _ramp(window.height, reach, window.top > 0, window.top + window.height < whole.height)
    across = _ramp(window.width, reach, window.left > 0, window.left + window.width < whole.width)
    return down[:, None] * across[None, :]


def _ramp(length: int, reach: float, rises: bool, falls: bool) -> FloatArray:
    distance = np.full(length, np.inf, np.float32)
    places = np.arange(length, dtype=np.float32) + np.float32(0.5)
    if rises:
        distance = np.minimum(distance, places)
    if falls:
        distance = np.minimum(distance, length - places)
    ramp = np.minimum(distance / np.float32(reach), 1) if reach > 0 else np.ones(length)
    return ramp.astype(np.float32)


def _shares(mask: MaskedRegion, latent: Latent, name: str) -> FloatArray:
    """A mask in the latents' size, each sample the mean of what it covers."""
    count = len(mask.values)
    if count not in (1, len(latent)):
        raise NodeFailed(
            f"a prompt's region has {count} masks for a batch of {len(latent)}",
            input=name,
            advice="Give it one mask, or one for each picture",
        )
    values = np.clip(mask.values, 0, 1)[:, None]
    for axis, length in zip((2, 3), latent.samples.shape[2:], strict=True):
        values = _means(values, axis, length)
    return values.astype(np.float32)


def _means(values: FloatArray, axis: int, length: int) -> FloatArray:
    """Means of `length` stretches along an axis that cover all of it, and overlap where they must."""
    size = values.shape[axis]
    stretches = [(place * size // length, -(-(place + 1) * size // length)) for place in range(length)]
    moved = np.moveaxis(values, axis, 0).astype(np.float64)
    means = np.stack([moved[start:end].mean(axis=0) for start, end in stretches])
    found: FloatArray = np.moveaxis(means, 0, axis)
    return found


def _around(share: FloatArray, whole: Window) -> Window:
    """The smallest window around all places with a share; the whole if there are none."""
    rows, columns = (np.flatnonzero(share.max(axis=axes)).tolist() for axes in ((0, 1, 3), (0, 1, 2)))
    if not rows:
        return whole
    return Window(rows[0], columns[0], rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1)
