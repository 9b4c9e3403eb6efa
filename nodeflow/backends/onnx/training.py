"""The noise that a model was trained with, from its scheduler settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from nodeflow.errors import NodeFailed
from nodeflow.values.arrays import FloatArray

_NEARLY_NONE = 2.0**-24
"""Signal left at the last timestep where there should be none, for solvers that divide by it."""


@dataclass(frozen=True)
class Training:
    """A noise schedule (arXiv:2006.11239, with SDXL's own betas).

    Attributes:
        config: Scheduler settings by diffusers' names; what is silent has diffusers' default.
    """

    config: Mapping[str, Any]

    @property
    def count(self) -> int:
        """Timesteps of training."""
        return int(self.config.get("num_train_timesteps", 1000))

    @property
    def prediction(self) -> str:
        """What the UNet predicts: `epsilon`, `v_prediction` or `sample`."""
        return str(self.config.get("prediction_type", "epsilon"))

    @property
    def ends_in_noise(self) -> bool:
        """Whether nothing of a picture is left at the last timestep (arXiv:2305.08891)."""
        return bool(self.config.get("rescale_betas_zero_snr", False))

    @cached_property
    def alphas(self) -> FloatArray:
        """Share of the picture's variance at each timestep, float32, shape (count,)."""
        betas = self._betas()
        if self.ends_in_noise:
            betas = _rescaled(betas)
        return _products(np.float32(1) - betas)

    @cached_property
    def sigmas(self) -> FloatArray:
        """Noise levels at each timestep, rising, float32, shape (count,)."""
        alphas = self.alphas.copy()
        if self.ends_in_noise:
            alphas[-1] = _NEARLY_NONE
        found: FloatArray = ((1 - alphas) / alphas) ** 0.5
        return found

    def _betas(self) -> FloatArray:
        start, end = self.config.get("beta_start", 1e-4), self.config.get("beta_end", 0.02)
        given = self.config.get("trained_betas")
        match "given" if given is not None else self.config.get("beta_schedule", "linear"):
            case "given":
                return np.array(given, np.float32)
            case "linear":
                return _evenly(start, end, self.count)
            case "scaled_linear":
                squared: FloatArray = _evenly(start**0.5, end**0.5, self.count) ** 2
                return squared
            case schedule:
                raise NodeFailed(
                    f"the ONNX backend knows no beta schedule '{schedule}'",
                    input="model",
                    advice="Run the model with torch",
                )


def _evenly(start: float, end: float, count: int) -> FloatArray:
    """Numbers from `start` to `end`, counted from both ends as torch does."""
    step = (np.float32(end) - np.float32(start)) / np.float32(count - 1)
    places = np.arange(count, dtype=np.float32)
    back = np.float32(end) - step * places[::-1]
    found: FloatArray = np.where(places < count // 2, np.float32(start) + step * places, back)
    return found


def _products(factors: FloatArray) -> FloatArray:
    """Products of all factors up to each, rounded after every one only on the way out, as in torch."""
    return np.cumprod(factors.astype(np.float64)).astype(np.float32)


def _rescaled(betas: FloatArray) -> FloatArray:
    """Betas after which nothing of a picture is left (arXiv:2305.08891, algorithm 1)."""
    roots = np.sqrt(_products(np.float32(1) - betas))
    first, last = roots[0], roots[-1]
    roots = (roots - last) * (first / (first - last))
    squares = roots**2
    factors = np.concatenate([squares[:1], squares[1:] / squares[:-1]])
    rescaled: FloatArray = 1 - factors
    return rescaled
