"""The linear map from latents to colours, which costs nearly nothing: how it is fitted to a VAE."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nodeflow.values import LATENT_SCALE, Image, Latent
from nodeflow.values.arrays import FloatArray

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

    pixels: FloatArray
    latents: FloatArray

    @classmethod
    def of(cls, encode: Callable[[Image], Latent]) -> Chart:
        """Encode the pictures.

        Args:
            encode: Encodes pictures with a VAE.
        """
        pixels = np.stack([_field(number) for number in range(_FIELDS)])
        return cls(pixels, encode(Image(pixels)).samples.copy())

    def error(self, shown: FloatArray) -> float:
        """The mean square by which a preview of the latents differs from the pictures.

        Args:
            shown: Of the pictures' size, or smaller by a whole factor.
        """
        factor = self.pixels.shape[1] // shown.shape[1]
        return float(np.square(shown.repeat(factor, 1).repeat(factor, 2) - self.pixels).mean())


def _field(number: int) -> FloatArray:
    """Random colours in 2 x 2 to 8 x 8 areas; every other one flows into the next."""
    random = np.random.default_rng(number)
    cells = 2 + number % 7
    colours = random.random((cells, cells, 3), dtype=np.float32)
    places = (np.arange(_SIDE) + 0.5) / _SIDE * cells - 0.5  # in cells, from the middle of the first
    if number % 2 == 0:
        places = places.round()
    shares = np.stack([np.interp(places, np.arange(cells), row) for row in np.eye(cells)], axis=1)
    field: FloatArray = np.einsum("ya,xb,abc->yxc", shares, shares, colours).astype(np.float32)
    return field


def fit_linear(chart: Chart) -> FloatArray:
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
    matrix: FloatArray = solved.astype(np.float32)
    return matrix


def linear_preview(matrix: FloatArray, latents: FloatArray) -> Image:
    """Map latents to pictures of an eighth of the size.

    Args:
        matrix: From `fit_linear`.
        latents: Denoised latents, shape (batch, 4, height / 8, width / 8).
    """
    return Image(np.clip(np.moveaxis(latents, 1, -1) @ matrix[:-1] + matrix[-1], 0, 1))
