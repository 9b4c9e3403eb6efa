"""What the first step of a sampling run takes: noise, a noised picture, or what another run left."""

from __future__ import annotations

from typing import Any

import torch

from nodeflow.backends.protocol import SampleRequest
from nodeflow.backends.span import Span, Start
from nodeflow.backends.torch.course import Course
from nodeflow.backends.torch.device import placement
from nodeflow.backends.torch.noise import Dice


def start_latents(unet: Any, course: Course, request: SampleRequest, span: Span, dice: Dice) -> torch.Tensor:
    """The latents that the first step takes, on the UNet's device; tells the scheduler where to begin.

    Args:
        unet: The UNet, whose device and precision they get.
        course: The scheduler's steps.
        request: The latent to start from.
        span: How.
        dice: Noise is drawn from it.
    """
    scheduler, first = course.scheduler, course.firsts[span.start]
    if hasattr(scheduler, "set_begin_index"):
        scheduler.set_begin_index(first)
    given = torch.from_numpy(request.latent.samples.copy()).to(*placement(unet))
    if span.how is Start.NOISE:
        return dice.start(given.shape, given) * float(scheduler.init_noise_sigma)
    if span.how is Start.ADD_NOISE:
        timesteps = scheduler.timesteps[first : first + 1].repeat(len(given))
        noised: torch.Tensor = scheduler.add_noise(given, dice.start(given.shape, given), timesteps)
        return noised
    # The run before drew this much from the same seed: the start, and once a step if its scheduler is
    # stochastic. Drawn again, the noise would repeat what the picture was made from; skipped, it goes on.
    for _ in range(1 + span.start):
        dice.draw(given.shape, given)
    return given


def start_noise(unet: Any, request: SampleRequest) -> torch.Tensor:
    """The noise that a run of this request begins with, drawn anew, on the UNet's device."""
    device, dtype = placement(unet)
    like = torch.empty(request.latent.samples.shape, device=device, dtype=dtype)
    return Dice.of(request, device).start(like.shape, like)
