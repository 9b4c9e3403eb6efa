"""Where the noise of a picture comes from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class NoiseSource(StrEnum):
    """What draws random numbers."""

    CPU = "cpu"
    """The processor: the same picture on every device."""
    DEVICE = "device"
    """The device that samples: each kind draws other numbers."""


class NoiseBatch(StrEnum):
    """How a batch shares its noise."""

    PER_IMAGE = "per_image"
    """Picture i has the noise of seed + i: it is the picture of that seed alone."""
    WHOLE_BATCH = "whole_batch"
    """One draw over the whole batch, as in ComfyUI: only the first picture can be had alone."""


@dataclass(frozen=True)
class Noise:
    """What a sampler does differently from noise that each picture's seed draws on the CPU.

    Attributes:
        source: What draws.
        batch: How a batch shares a draw.
        variation_seed: Another seed, whose noise is mixed in: picture i mixes that of seed with that of
            variation_seed + i, so that all vary one picture; None: no variation.
        variation_strength: How far the noise is turned from the seed's (0) to the variation seed's (1).
    """

    __socket__ = "Noise"
    source: NoiseSource = NoiseSource.CPU
    batch: NoiseBatch = NoiseBatch.PER_IMAGE
    variation_seed: int | None = None
    variation_strength: float = 0.0
