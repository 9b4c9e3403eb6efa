"""The noise of a run: who draws it, from which seeds, and variations of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from diffusers.schedulers.scheduling_dpmsolver_sde import BrownianTreeNoiseSampler
from diffusers.utils.torch_utils import randn_tensor
from torch.overrides import TorchFunctionMode

from nodeflow.backends.protocol import SampleRequest
from nodeflow.backends.seeds import drawn_seeds, seeds_of
from nodeflow.values import Noise, NoiseBatch, NoiseSource

_DIGITS = 6
"""To which torchsde rounds the ends of a Brownian path whose tolerance is 1e-6, as diffusers sets it."""


class EqualNoise(TorchFunctionMode):
    """Has noise drawn within it in float32 and rounded, so that a seed means one picture in any precision.

    Before 2.13, torch draws other and coarser numbers where it is asked for 16 bits on the CPU.
    """

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        dtype = kwargs.get("dtype")
        if func is torch.randn and dtype in (torch.float16, torch.bfloat16):
            return func(*args, **{**kwargs, "dtype": torch.float32}).to(dtype)
        return func(*args, **kwargs)


@dataclass(frozen=True, eq=False)
class Dice:
    """Draws the noise of a batch.

    Attributes:
        generators: One for each item, or one for the whole batch; schedulers draw from them too.
        variations: As many, for the noise that is mixed in; empty: none is.
        strength: How much of that, 0…1.
    """

    generators: list[torch.Generator]
    variations: list[torch.Generator]
    strength: float = 0.0

    @classmethod
    def of(cls, request: SampleRequest, device: torch.device) -> Dice:
        """Generators for a request, with nothing drawn.

        Args:
            request: Seeds and kind of noise.
            device: Where the UNet is.
        """
        where = generator_device(request.noise, device)
        rolled = [
            [torch.Generator(where).manual_seed(seed) for seed in some] for some in drawn_seeds(request)
        ]
        return cls(rolled[0], rolled[1], request.noise.variation_strength)

    def start(self, shape: Any, like: torch.Tensor) -> torch.Tensor:
        """Draw the noise that a picture begins with, on the device and in the precision of `like`."""
        noise = self.draw(shape, like)
        if not self.variations:
            return noise
        return slerp(noise, _drawn(shape, self.variations, like), self.strength)

    def draw(self, shape: Any, like: torch.Tensor) -> torch.Tensor:
        """Draw noise from the seeds alone."""
        return _drawn(shape, self.generators, like)


def _drawn(shape: Any, generators: list[torch.Generator], like: torch.Tensor) -> torch.Tensor:
    with EqualNoise():
        noise: torch.Tensor = randn_tensor(shape, generators, like.device, like.dtype)
    return noise


def set_brownian(scheduler: Any, request: SampleRequest, device: torch.device, dtype: torch.dtype) -> None:
    """Give a scheduler that draws noise itself, as DPM-Solver's SDE does, the request's noise.

    Args:
        scheduler: A diffusers scheduler, set up; others are left alone.
        request: Seeds and kind of noise.
        device: Where the UNet is.
        dtype: Its precision.
    """
    if not hasattr(scheduler, "noise_sampler"):
        return
    whole = request.noise.batch is NoiseBatch.WHOLE_BATCH
    seeds: Any = request.seed if whole else list(seeds_of(request))
    where = generator_device(request.noise, device)
    canvas = torch.empty(request.latent.samples.shape, device=where)
    levels = scheduler.sigmas[scheduler.sigmas > 0]
    low, high = levels.min().item(), levels.max().item()
    path = BrownianTreeNoiseSampler(canvas, low, high, seeds).tree
    # The path's ends are rounded, and it warns of what lies beyond.
    low, high = round(low, _DIGITS), round(high, _DIGITS)

    def between(start: torch.Tensor, end: torch.Tensor) -> torch.Tensor:
        change: torch.Tensor = path(*(min(max(float(level), low), high) for level in (start, end)))
        return (change / (end - start).abs().sqrt()).to(device, dtype)

    scheduler.noise_sampler = between


def generator_device(noise: Noise, device: torch.device) -> torch.device:
    """Where random numbers are drawn for a UNet on `device`."""
    return device if noise.source is NoiseSource.DEVICE else torch.device("cpu")


def slerp(low: torch.Tensor, high: torch.Tensor, share: float) -> torch.Tensor:
    """Turn each item of `low` towards `high`'s along the sphere (Shoemake 1985), which keeps noise noise.

    Args:
        low: Shape (batch, …); the result where `share` is 0.
        high: Of the same shape; the result where it is 1.
        share: 0…1.
    """
    a, b = low.flatten(1).double(), high.flatten(1).double()
    cosine = torch.nn.functional.cosine_similarity(a, b, dim=1).clamp(-1, 1)
    angle = cosine.arccos().clamp(min=1e-6)  # of equal noise, any mixture is that noise
    weights = [torch.sin((1 - share) * angle) / torch.sin(angle), torch.sin(share * angle) / torch.sin(angle)]
    mixed = weights[0][:, None] * a + weights[1][:, None] * b
    return mixed.to(low.dtype).reshape(low.shape)
