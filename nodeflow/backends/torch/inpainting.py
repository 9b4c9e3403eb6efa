"""Inpainting in torch: what stays outside a mask, and what a 9-channel UNet sees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from nodeflow.backends import inpainting
from nodeflow.backends.inpainting import Kept, begun_at, kept_by, original_of
from nodeflow.backends.span import Span
from nodeflow.backends.torch.course import Course
from nodeflow.backends.torch.device import placement
from nodeflow.values import Latent


def kept(latent: Latent, start_noise: Callable[[], torch.Tensor], course: Course, span: Span) -> Kept | None:
    """What a run must keep; None: all of the latents may change.

    Args:
        latent: What the run begins with.
        start_noise: Draws the noise that a run with these seeds begins with, on the UNet's device.
        course: The steps of the schedule.
        span: Those that run.
    """
    by = kept_by(latent)
    if by is None:
        return None
    noise, scheduler = start_noise(), course.scheduler
    mask, original = (torch.tensor(array).to(noise) for array in (by.mask[:, None], original_of(latent, by)))

    def noised(place: int) -> torch.Tensor | None:
        timesteps = scheduler.timesteps[place : place + 1]
        return scheduler.add_noise(original, noise, timesteps.repeat(len(noise))) if len(timesteps) else None

    return Kept(mask, noised, len(course.firsts), by.differential, begun_at(by, span))


def beside(unet: Any, latent: Latent) -> torch.Tensor | None:
    """What a UNet sees beside the latents, on its device; see `nodeflow.backends.inpainting.beside`."""
    seen = inpainting.beside(unet.config.in_channels, latent)
    return None if seen is None else torch.tensor(seen).to(*placement(unet))
