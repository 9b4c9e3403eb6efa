"""Latents on a wire: what the sampler works on and the VAE decodes."""

from __future__ import annotations

from dataclasses import dataclass

from nodeflow.values.arrays import FloatArray, frozen
from nodeflow.values.scheduler import Scheduler

LATENT_CHANNELS = 4
"""Channels of SDXL's latent space (arXiv:2307.01952, section 2.4)."""

LATENT_SCALE = 8
"""Pixels per latent sample along each side, for SDXL's VAE (same source)."""


@dataclass(frozen=True)
class Handover:
    """Where a sampler stopped before the last step, for the next one to take over.

    Attributes:
        scheduler: The scheduler in whose scale the noise left in the latents is.
        timestep: The next timestep to denoise, in training time (0…1000).
    """

    scheduler: Scheduler
    timestep: float


@dataclass(frozen=True, eq=False)
class Latent:
    """A batch of latents, multiplied by the VAE's scaling factor (near unit variance).

    Attributes:
        samples: Shape (batch, 4, height / 8, width / 8).
        empty: True for a blank canvas that the sampler fills with noise.
        handover: Set while noise is left in the latents.
        seeds: The seed of each item once sampled.
    """

    __socket__ = "Latent"
    samples: FloatArray
    empty: bool = False
    handover: Handover | None = None
    seeds: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "samples", frozen(self.samples, ndim=4, what="a latent"))

    def __len__(self) -> int:
        return int(self.samples.shape[0])

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels of the picture that these latents decode to."""
        return int(self.samples.shape[2]) * LATENT_SCALE, int(self.samples.shape[3]) * LATENT_SCALE
