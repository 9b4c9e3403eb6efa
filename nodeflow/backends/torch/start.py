"""What the first step of a sampling run takes: noise, a noised picture, or what another run left."""

from __future__ import annotations

from typing import Any

import torch
from diffusers.utils.torch_utils import randn_tensor

from nodeflow.backends.protocol import SampleRequest
from nodeflow.backends.torch.device import placement
from nodeflow.backends.torch.span import Span, Start


def start_latents(
    unet: Any, scheduler: Any, request: SampleRequest, span: Span, generators: list[torch.Generator]
) -> torch.Tensor:
    """The latents that the first step takes, on the UNet's device; tells the scheduler where to begin.

    Args:
        unet: The UNet, whose device and precision they get.
        scheduler: A diffusers scheduler, set up.
        request: The latent to start from.
        span: How.
        generators: One per item; noise is drawn from them.
    """
    first = span.start * scheduler.order
    if hasattr(scheduler, "set_begin_index"):
        scheduler.set_begin_index(first)
    given = torch.from_numpy(request.latent.samples.copy()).to(*placement(unet))

    def noise() -> torch.Tensor:
        return randn_tensor(given.shape, generators, given.device, given.dtype)  # type: ignore[no-any-return]

    if span.how is Start.NOISE:
        return noise() * float(scheduler.init_noise_sigma)
    if span.how is Start.ADD_NOISE:
        timesteps = scheduler.timesteps[first : first + 1].repeat(len(generators))
        noised: torch.Tensor = scheduler.add_noise(given, noise(), timesteps)
        return noised
    # The run before drew this much from the same seed: the start, and once a step if its scheduler is
    # stochastic. Drawn again, the noise would repeat what the picture was made from; skipped, it goes on.
    for _ in range(1 + span.start):
        noise()
    return given
