"""From the regions of prompts to the windows of the latents that they see, and their share at each place."""

from __future__ import annotations

import torch
from torch.nn import functional

from nodeflow.backends.torch.predicting import Window
from nodeflow.errors import NodeFailed
from nodeflow.values import LATENT_SCALE, Area, Conditioning, Latent, MaskedRegion

Share = torch.Tensor | float


def placed(prompt: Conditioning, latent: Latent, name: str) -> tuple[Window | None, Share]:
    """Where a prompt acts.

    Args:
        prompt: The prompt.
        latent: What is denoised.
        name: The side of guidance that it is from, for messages.

    Returns:
        The only part of the latents that it is evaluated on, None for all; and its share before all are
        scaled to a sum of 1, a number or a tensor of shape (1 or batch, 1, height, width) of that part.

    Raises:
        NodeFailed: If its area lies outside of the picture, or there are not as many masks as pictures.
    """
    height, width = latent.samples.shape[2:]
    whole = Window(0, 0, height, width)
    window, share = whole, torch.ones(1, 1, height, width)
    if prompt.mask is not None:
        share = _shares(prompt.mask, latent, name)
        if prompt.mask.cropped:
            window = _around(share, whole)
            window.of(share).mul_(_faded(prompt.mask.feather, window, whole))
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


def _faded(feather: float, window: Window, whole: Window) -> torch.Tensor:
    """What fades in from the edges of a window that are not the picture's own, shape (height, width)."""
    reach = feather * min(window.height, window.width)
    down = _ramp(window.height, reach, window.top > 0, window.top + window.height < whole.height)
    across = _ramp(window.width, reach, window.left > 0, window.left + window.width < whole.width)
    return down[:, None] * across[None, :]


def _ramp(length: int, reach: float, rises: bool, falls: bool) -> torch.Tensor:
    distance = torch.full((length,), torch.inf)
    places = torch.arange(length) + 0.5
    if rises:
        distance = torch.minimum(distance, places)
    if falls:
        distance = torch.minimum(distance, length - places)
    return (distance / reach).clamp(max=1) if reach > 0 else torch.ones(length)


def _shares(mask: MaskedRegion, latent: Latent, name: str) -> torch.Tensor:
    """A mask in the latents' size, each sample the mean of what it covers."""
    count = len(mask.values)
    if count not in (1, len(latent)):
        raise NodeFailed(
            f"a prompt's region has {count} masks, but {len(latent)} pictures are made",
            input=name,
            advice="Give it one mask, or one for each picture",
        )
    values = torch.from_numpy(mask.values.copy()).clamp(0, 1)[:, None]
    return functional.adaptive_avg_pool2d(values, latent.samples.shape[2:])


def _around(share: torch.Tensor, whole: Window) -> Window:
    """The smallest window around all places with a share; the whole if there are none."""
    rows, columns = (share.amax(dim=dims).nonzero()[:, 0].tolist() for dims in ((0, 1, 3), (0, 1, 2)))
    if not rows:
        return whole
    return Window(rows[0], columns[0], rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1)
