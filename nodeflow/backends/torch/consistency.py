"""Telling a UNet the guidance scale; see `nodeflow.backends.consistency`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from nodeflow.backends.consistency import told_scale, without_guidance
from nodeflow.backends.protocol import SampleRequest
from nodeflow.backends.torch.device import placement

_SCALE = 1000.0
_SLOWEST = 10_000.0


@contextmanager
def told_guidance(unet: Any, request: SampleRequest) -> Iterator[SampleRequest]:
    """Let a UNet that takes the guidance scale have it for as long as it is used; others stay as they are.

    Args:
        unet: A diffusers `UNet2DConditionModel`, used by this thread alone.
        request: What is asked for.

    Yields:
        The request, without guidance if the UNet takes its scale.
    """
    width = unet.config.time_cond_proj_dim
    if width is None:
        yield request
        return
    device, dtype = placement(unet)
    told = guidance_embedding(told_scale(request), width).to(device, dtype)

    def tell(_: Any, arguments: tuple[Any, ...], options: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        return arguments, {**options, "timestep_cond": told.expand(len(arguments[0]), -1)}

    hook = unet.register_forward_pre_hook(tell, with_kwargs=True)
    try:
        yield without_guidance(request)
    finally:
        hook.remove()


def guidance_embedding(scale: float | torch.Tensor, width: int) -> torch.Tensor:
    """A guidance scale as sines and cosines, as consistency models were trained with, shape (1, width).

    Args:
        scale: The scale, or a tensor of it alone.
        width: Of what the UNet takes.
    """
    half = width // 2
    step = torch.tensor(_SLOWEST).log() / (half - 1)
    angles = (scale - 1) * _SCALE * torch.exp(torch.arange(half, dtype=torch.float32) * -step)
    waves = torch.cat([angles.sin(), angles.cos()])[None]
    return torch.nn.functional.pad(waves, (0, width % 2))
