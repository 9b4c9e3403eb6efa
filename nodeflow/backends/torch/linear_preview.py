"""The linear map from latents to colours, which costs nearly nothing: how it is fitted to a VAE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from nodeflow.backends.silent import SilentMonitor
from nodeflow.backends.torch.vae import encode
from nodeflow.values import LATENT_SCALE, Image

Floats = NDArray[np.float32]

_FIELDS = 12
_CELLS = 16
"""Side of a field in latents."""
_SIDE = _CELLS * LATENT_SCALE


@dataclass(frozen=True)
class Chart:
    """Pictures to fit and to judge previews by: areas of all colours, with hard and soft borders.

    Attributes:
        pixels: Shape (n, 128, 128, 3), 0…1.
        latents: What a VAE makes of them, shape (n, 4, 16, 16).
    """

    pixels: Floats
    latents: Floats

    @classmethod
    def of(cls, vae: Any) -> Chart:
        """Encode the pictures.

        Args:
            vae: The VAE, used by this thread alone.
        """
        pixels = np.stack([_field(number) for number in range(_FIELDS)])
        return cls(pixels, encode(vae, Image(pixels), SilentMonitor()).samples.copy())

    def error(self, shown: Floats) -> float:
        """The mean square by which a preview of the latents differs from the pictures.

        Args:
            shown: Of the pictures' size, or smaller by a whole factor.
        """
        factor = self.pixels.shape[1] // shown.shape[1]
        return float(np.square(shown.repeat(factor, 1).repeat(factor, 2) - self.pixels).mean())


def _field(number: int) -> Floats:
    """Random colours in 2 x 2 to 8 x 8 areas; every other one flows into the next."""
    random = np.random.default_rng(number)
    cells = 2 + number % 7
    colours = torch.from_numpy(random.random((1, 3, cells, cells), dtype=np.float32))
    mode = "bicubic" if number % 2 else "nearest"
    grown = torch.nn.functional.interpolate(colours, size=(_SIDE, _SIDE), mode=mode)
    pixels: Floats = grown.clamp(0, 1)[0].movedim(0, -1).numpy()
    return pixels


def fit_linear(chart: Chart) -> Floats:
    """Fit latent → RGB by least squares.

    Args:
        chart: Pictures, and what the VAE makes of them.

    Returns:
        Shape (5, 3): a row for each latent channel, then the offset.
    """
    count = len(chart.pixels)
    cells = chart.pixels.reshape(count, _CELLS, LATENT_SCALE, _CELLS, LATENT_SCALE, 3).mean((2, 4))
    channels = np.moveaxis(chart.latents, 1, -1).reshape(-1, chart.latents.shape[1])
    inputs = np.concatenate([channels, np.ones((len(channels), 1), np.float32)], axis=1)
    solved, *_ = np.linalg.lstsq(inputs, cells.reshape(-1, 3), rcond=None)
    matrix: Floats = solved.astype(np.float32)
    return matrix


def linear_preview(matrix: Floats, latents: torch.Tensor) -> Image:
    """Map latents to pictures of an eighth of the size.

    Args:
        matrix: From `fit_linear`.
        latents: Denoised latents, shape (batch, 4, height / 8, width / 8).
    """
    channels = latents.float().cpu().movedim(1, -1)
    weights = torch.from_numpy(matrix)
    return Image((channels @ weights[:-1] + weights[-1]).clamp(0, 1).numpy())
