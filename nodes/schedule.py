"""Nodes that say how a sampler steps and where its noise comes from; they compute nothing themselves."""

from __future__ import annotations

from typing import Annotated

from nodeflow.errors import NodeFailed
from nodeflow.node import Hints, Range, Seed, node
from nodeflow.node.spec import NodeKind
from nodeflow.values import (
    DenoiseSteps,
    Noise,
    NoiseBatch,
    NoiseSource,
    Schedule,
    SigmaSpacing,
    TimestepSpacing,
)

from .listed import numbers_in

Sigmas = Annotated[
    SigmaSpacing | None,
    Hints(
        karras="denser towards the end",
        exponential="each the same part of the one before",
        beta="denser at both ends",
        align_your_steps="found best for SDXL with 10 steps",
    ),
]
Timesteps = Annotated[
    TimestepSpacing | None,
    Hints(
        leading="evenly up from the first",
        linspace="evenly from the last to the first",
        trailing="evenly down from the last",
    ),
]
Denoise = Annotated[
    DenoiseSteps,
    Hints(share="that part of them, as in diffusers", all="all, closer together, as in ComfyUI"),
]
Batch = Annotated[
    NoiseBatch,
    Hints(per_image="picture i is that of seed + i alone", whole_batch="one draw for all, as in ComfyUI"),
]
Source = Annotated[
    NoiseSource, Hints(cpu="the same picture on every device", device="numbers of the device that samples")
]


@node("Schedule", category="sampling", kind=NodeKind.LIGHT)
def schedule(
    sigma_spacing: Sigmas = None,
    timestep_spacing: Timesteps = None,
    sigmas: str = "",
    denoise_steps: Denoise = DenoiseSteps.SHARE,
) -> Schedule:
    """Choose where a sampler's steps lie between noise and picture.

    Which spacings a scheduler can take, the sampler says. `ddim`, `ddpm`, `lcm`, `tcd` and `pndm` work at
    timesteps of training and have no sigma spacing; `dpmpp_2s`, `lcm` and `tcd` space those themselves.

    Args:
        sigma_spacing: How the noise levels are spaced: `karras` (arXiv:2206.00364), `exponential`, `beta`
            (arXiv:2407.12173), `align_your_steps` (arXiv:2404.14507); none: as the timesteps have it.
        timestep_spacing: Which timesteps of training are taken (arXiv:2305.08891); none: as the checkpoint
            says.
        sigmas: Noise levels of your own in place of both, falling, one a step, such as `14.6 6.3 2.2 0.9 0`;
            the last may be 0, where the last step leads anyway.
        denoise_steps: What a partial `denoise` leaves of the steps.
    """
    levels = _levels(sigmas)
    if levels and (sigma_spacing is not None or timestep_spacing is not None):
        raise NodeFailed(
            "a list leaves nothing to space", input="sigmas", advice="Clear it, or both spacings"
        )
    if sigma_spacing is SigmaSpacing.ALIGN_YOUR_STEPS and timestep_spacing is not None:
        raise NodeFailed(
            "align_your_steps leaves nothing to space", input="timestep_spacing", advice="Leave it unset"
        )
    try:
        return Schedule(sigma_spacing, timestep_spacing, levels, denoise_steps)
    except ValueError as error:
        raise NodeFailed(str(error), input="sigmas") from None


def _levels(text: str) -> tuple[float, ...]:
    """The noise levels in a text, without a last 0."""
    levels = numbers_in(text, "sigmas")
    if levels == [0]:
        raise NodeFailed("needs at least one noise level above 0", input="sigmas")
    return tuple(levels[:-1] if levels and levels[-1] == 0 else levels)


@node("Noise", category="sampling", kind=NodeKind.LIGHT)
def noise(
    variation_seed: Annotated[int | None, Seed()] = None,
    variation_strength: Annotated[float, Range(0.0, 1.0, step=0.01)] = 0.1,
    batch: Batch = NoiseBatch.PER_IMAGE,
    source: Source = NoiseSource.CPU,
) -> Noise:
    """Choose where a sampler's noise comes from, or vary the picture of a seed.

    Args:
        variation_seed: Mixes the noise of another seed into that of the sampler's: picture i of a batch gets
            that of variation_seed + i, so that all are variations of one picture; none: no variation. What
            ancestral and SDE schedulers add on the way stays that of the sampler's seed.
        variation_strength: How far the noise is turned towards the variation's: 0 is the sampler's seed, 1
            the variation seed.
        batch: Whether each picture of a batch has noise of its own, or all of them one draw from the
            sampler's seed.
        source: What draws the noise.
    """
    return Noise(source, batch, variation_seed, variation_strength)
