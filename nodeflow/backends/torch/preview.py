"""Pictures of unfinished latents by a linear map, which costs nearly nothing and needs no decoding."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import torch

from nodeflow.backends.silent import SilentMonitor
from nodeflow.backends.torch.component import Component
from nodeflow.backends.torch.source import Source
from nodeflow.backends.torch.stamp import Stamp, stamp
from nodeflow.backends.torch.vae import encode
from nodeflow.hardware import Part
from nodeflow.values import LATENT_SCALE, Image

Previewer = Callable[[torch.Tensor], Image]
"""Turns denoised latents, shape (batch, 4, height / 8, width / 8), into a small picture."""

_Lease = Callable[[], AbstractContextManager[Mapping[Part, Component]]]

_LEVELS = (0.0, 0.5, 1.0)
_PATCH = 4 * LATENT_SCALE
"""Side of a colour patch in pixels; wide enough for its middle to be free of its neighbours' influence."""


class Previews:
    """The linear map of each VAE, fitted when first looked at and kept when the VAE itself is let go of."""

    def __init__(self) -> None:
        self._fitted: dict[tuple[Path, Stamp], torch.Tensor] = {}

    def of(self, source: Source, lease: _Lease) -> Previewer:
        """Make pictures as a checkpoint's VAE would.

        Args:
            source: The checkpoint.
            lease: Lends its VAE; once its map is known, nobody waits for a VAE that decodes meanwhile.
        """

        def preview(latents: torch.Tensor) -> Image:
            place = source.place(Part.VAE)
            known = place, stamp(place)
            if known not in self._fitted:
                with lease() as lent:
                    self._fitted[known] = fit_linear_preview(lent[Part.VAE].module)
            return linear_preview(self._fitted[known], latents)

        return preview


def fit_linear_preview(vae: Any) -> torch.Tensor:
    """Fit latent → RGB by least squares on flat colour patches that the VAE encodes.

    Args:
        vae: The VAE, used by this thread alone.

    Returns:
        A float32 matrix on the CPU, shape (5, 3): a row for each latent channel, then the offset.
    """
    colours = np.array(list(product(_LEVELS, repeat=3)), dtype=np.float32)
    patches = np.broadcast_to(colours[:, None, None, :], (len(colours), _PATCH, _PATCH, 3))
    latents = encode(vae, Image(patches), SilentMonitor()).samples
    middle = latents.shape[2] // 2
    inputs = np.concatenate([latents[:, :, middle, middle], np.ones((len(colours), 1), np.float32)], axis=1)
    matrix, *_ = np.linalg.lstsq(inputs, colours, rcond=None)
    return torch.from_numpy(matrix.astype(np.float32))


def linear_preview(matrix: torch.Tensor, latents: torch.Tensor) -> Image:
    """Map latents to pictures of an eighth of the size.

    Args:
        matrix: From `fit_linear_preview`.
        latents: Denoised latents, shape (batch, 4, height / 8, width / 8).
    """
    channels = latents.float().cpu().movedim(1, -1)
    pixels = channels @ matrix[:-1] + matrix[-1]
    return Image(pixels.clamp(0, 1).numpy())


@dataclass(frozen=True, eq=False)
class Estimate:
    """A preview that costs nothing until it is called: the clean picture that a prediction points to.

    Attributes:
        scheduler: The scheduler that scaled `model_input`.
        model_input: What the UNet saw, shape (batch, 4, height / 8, width / 8).
        prediction: What it predicted from that, of the same shape.
        timestep: When, in training time (0…1000).
        previewer: Makes the picture.
    """

    scheduler: Any
    model_input: torch.Tensor
    prediction: torch.Tensor
    timestep: float
    previewer: Previewer

    @torch.inference_mode()
    def __call__(self) -> Image:
        """Compute the picture."""
        # Every scheduler scales the UNet's input to unit variance, so one formula serves them all (eq. 12 of
        # arXiv:2010.02502; for "v_prediction", appendix D of arXiv:2202.00512).
        alphas = self.scheduler.alphas_cumprod
        alpha = alphas[min(round(self.timestep), len(alphas) - 1)].to(self.model_input)
        signal, noise = alpha.sqrt(), (1 - alpha).sqrt()
        match self.scheduler.config.prediction_type:
            case "v_prediction":
                clean = signal * self.model_input - noise * self.prediction
            case "sample":
                clean = self.prediction
            case _:
                clean = (self.model_input - noise * self.prediction) / signal
        return self.previewer(clean)
