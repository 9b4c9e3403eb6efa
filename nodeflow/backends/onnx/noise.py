"""The noise of a run without torch: drawn from the same seeds, the same numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nodeflow.backends.onnx.generator import Generator
from nodeflow.backends.protocol import SampleRequest
from nodeflow.backends.seeds import drawn_seeds
from nodeflow.values.arrays import FloatArray


@dataclass(frozen=True, eq=False)
class Dice:
    """Draws the noise of a batch.

    Attributes:
        shape: Of the latents.
        generators: One for each item, or one for the whole batch; ancestral solvers draw from them too.
        variations: As many, for the noise that is mixed in; empty: none is.
        strength: How much of that, 0…1.
    """

    shape: tuple[int, ...]
    generators: list[Generator]
    variations: list[Generator]
    strength: float = 0.0

    @classmethod
    def of(cls, request: SampleRequest) -> Dice:
        """Generators for a request, with nothing drawn."""
        seeds, others = ([Generator(seed) for seed in some] for some in drawn_seeds(request))
        return cls(request.latent.samples.shape, seeds, others, request.noise.variation_strength)

    def start(self) -> FloatArray:
        """Draw the noise that a picture begins with."""
        noise = self.draw()
        return slerp(noise, self._from(self.variations), self.strength) if self.variations else noise

    def draw(self) -> FloatArray:
        """Draw noise from the seeds alone."""
        return self._from(self.generators)

    def _from(self, generators: list[Generator]) -> FloatArray:
        if len(generators) == 1:
            return generators[0].normal(self.shape)
        return np.concatenate([generator.normal((1, *self.shape[1:])) for generator in generators])


def slerp(low: FloatArray, high: FloatArray, share: float) -> FloatArray:
    """Turn each item of `low` towards `high`'s along the sphere (Shoemake 1985), which keeps noise noise.

    Args:
        low: Shape (batch, …); the result where `share` is 0.
        high: Of the same shape; the result where it is 1.
        share: 0…1.
    """
    a, b = (noise.reshape(len(noise), -1).astype(np.float64) for noise in (low, high))
    cosine = (a * b).sum(axis=1) / (np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1))
    angle = np.maximum(np.arccos(np.clip(cosine, -1, 1)), 1e-6)[:, None]
    mixed = (np.sin((1 - share) * angle) * a + np.sin(share * angle) * b) / np.sin(angle)
    found: FloatArray = mixed.astype(np.float32).reshape(low.shape)
    return found
