"""Latents on a wire: what the sampler works on and the VAE decodes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from nodeflow.values.arrays import FloatArray, frozen
from nodeflow.values.scheduler import Scheduler

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    ByteArray = NDArray[np.uint8]
else:
    ByteArray = Any

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
        step: The next step to run, counted from 0 in the schedule of the sampler that stopped.
        steps: Steps of that schedule; 0: unknown.
        state: What that sampler's solver remembers and where its noise comes from, as bytes that only the
            backend reads; whoever goes on with the same schedule goes on exactly. None: nothing.
    """

    scheduler: Scheduler
    timestep: float
    step: int = 0
    steps: int = 0
    state: ByteArray | None = field(default=None, compare=False)


@dataclass(frozen=True, eq=False)
class Inpainting:
    """What of a latent may change, and what a model for inpainting is told of the rest.

    Attributes:
        mask: Shape (1 or batch, height / 8, width / 8), 0 (keep) … 1 (change).
        original: What stays where the mask is 0, shaped as the latent; None: the latent's own samples.
        surroundings: The latents of the picture with its masked part made grey, shaped as the latent: what a
            9-channel UNet sees beside the mask; None: nothing was encoded for such a model.
        keep: Whether the sampler itself puts back what is outside the mask at every step. Without it only a
            9-channel model knows of the mask.
        differential: Whether a value between 0 and 1 of the mask says when a place begins to change, as a
            share of the steps from the last, rather than how much (arXiv:2306.00950).
        begun: The step with which a sampler began that stopped early, counted from 0 in its schedule.
    """

    mask: FloatArray
    original: FloatArray | None = None
    surroundings: FloatArray | None = None
    keep: bool = True
    differential: bool = False
    begun: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "mask", frozen(self.mask, ndim=3, what="a mask"))
        for name in ("original", "surroundings"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, frozen(getattr(self, name), ndim=4, what=name))

    def changed(self, change: Callable[[FloatArray], FloatArray]) -> Inpainting:
        """The same with `change` applied to each array."""
        original, surroundings = (
            None if array is None else change(array) for array in (self.original, self.surroundings)
        )
        return replace(self, mask=change(self.mask), original=original, surroundings=surroundings)


@dataclass(frozen=True, eq=False)
class Latent:
    """A batch of latents, multiplied by the VAE's scaling factor (near unit variance).

    Attributes:
        samples: Shape (batch, 4, height / 8, width / 8).
        empty: True for a blank canvas that the sampler fills with noise.
        handover: Set while noise is left in the latents.
        seeds: The seed of each item once sampled.
        inpainting: Set if only a part may change.
    """

    __socket__ = "Latent"
    samples: FloatArray
    empty: bool = False
    handover: Handover | None = None
    seeds: tuple[int, ...] = ()
    inpainting: Inpainting | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "samples", frozen(self.samples, ndim=4, what="a latent"))

    def __len__(self) -> int:
        return int(self.samples.shape[0])

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels of the picture that these latents decode to."""
        return int(self.samples.shape[2]) * LATENT_SCALE, int(self.samples.shape[3]) * LATENT_SCALE
