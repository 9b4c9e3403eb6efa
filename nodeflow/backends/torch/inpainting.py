"""Inpainting: what stays outside a mask at every step, and what a 9-channel UNet sees beside the latents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from nodeflow.backends.checks import check_channels
from nodeflow.backends.inpainting import original_of
from nodeflow.backends.span import Span, Start
from nodeflow.backends.torch.course import Course
from nodeflow.backends.torch.device import placement
from nodeflow.values import Latent

_TOLERANCE = 1e-6
"""Below the rounding of a mask's values."""


@dataclass(frozen=True, eq=False)
class Kept:
    """Puts back what lies outside a mask, with the noise of the step at hand.

    As in diffusers' StableDiffusionXLInpaintPipeline; between 0 and 1 a mask mixes (arXiv:2206.02779).

    Attributes:
        mask: 0 (keep) … 1 (change), shape (1 or batch, 1, height / 8, width / 8).
        original: What stays, shaped as the latents.
        noise: The noise that the run began with, of the same shape.
        scheduler: A diffusers scheduler, set up.
        steps: Steps of the whole schedule.
        differential: Whether a value of the mask says when a place begins to change (arXiv:2306.00950).
        begun: The step with which the picture began to change, counted from 0.
    """

    mask: torch.Tensor
    original: torch.Tensor
    noise: torch.Tensor
    scheduler: Any
    steps: int
    differential: bool = False
    begun: int = 0

    def share(self, step: int) -> torch.Tensor:
        """How much of what the solver made counts, shaped as the mask, before a step is taken."""
        if not self.differential:
            return self.mask
        left = 1 - (step - self.begun) / (self.steps - self.begun)
        return (self.mask > left - _TOLERANCE).to(self.mask)

    def outside(self, latents: torch.Tensor, place: int, step: int) -> torch.Tensor:
        """The latents, with what lies outside the mask as it would be there.

        Args:
            latents: What the solver made.
            place: Of the evaluation to come, in the scheduler's timesteps; behind the last one nothing is
                done, as `finished` puts back exactly what was there.
            step: The whole step that this leads to.
        """
        timesteps = self.scheduler.timesteps[place : place + 1]
        if not len(timesteps):
            return latents
        there = self.scheduler.add_noise(self.original, self.noise, timesteps.repeat(len(latents)))
        return torch.lerp(there.to(latents.dtype), latents, self.share(step).to(latents.dtype))


def kept(latent: Latent, start_noise: Callable[[], torch.Tensor], course: Course, span: Span) -> Kept | None:
    """What a run must keep; None: all of the latents may change.

    Args:
        latent: What the run begins with.
        start_noise: Draws the noise that a run with these seeds begins with, on the UNet's device.
        course: The steps of the schedule.
        span: Those that run.
    """
    inpainting = latent.inpainting
    if inpainting is None or not inpainting.keep:
        return None
    noise = start_noise()
    arrays = inpainting.mask[:, None], original_of(latent, inpainting)
    mask, original = (torch.tensor(array).to(noise) for array in arrays)
    begun = inpainting.begun if span.how is Start.CONTINUE else span.start
    steps = len(course.firsts)
    return Kept(mask, original, noise, course.scheduler, steps, inpainting.differential, begun)


def beside(unet: Any, latent: Latent) -> torch.Tensor | None:
    """What a UNet for inpainting sees beside the latents, shape (batch, 5, height / 8, width / 8).

    Args:
        unet: The UNet; one that is not for inpainting sees nothing.
        latent: What the run begins with.

    Raises:
        NodeFailed: If the latent does not carry what such a UNet needs, or no such UNet is known.
    """
    inpainting = latent.inpainting
    if not check_channels(unet.config.in_channels, latent) or inpainting is None:
        return None
    surroundings = torch.tensor(inpainting.surroundings)
    # It was trained on masks that are 0 or 1.
    mask = torch.tensor(inpainting.mask)[:, None].ge(0.5).float().expand(len(surroundings), -1, -1, -1)
    return torch.cat([mask, surroundings], dim=1).to(*placement(unet))
