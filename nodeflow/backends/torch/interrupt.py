"""Cancelling inside a call: a large model's single step takes seconds to minutes on a slow machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from diffusers.models.attention import BasicTransformerBlock
from diffusers.models.resnet import ResnetBlock2D

from nodeflow.backends.protocol import Monitor

_CHECKPOINTS = (BasicTransformerBlock, ResnetBlock2D)
"""The repeated building blocks of UNet and VAE: fine enough to stop soon, coarse enough to cost nothing."""


@contextmanager
def interruptible(module: torch.nn.Module, monitor: Monitor) -> Iterator[None]:
    """Ask the monitor before each block of `module` whether to go on; the module stays usable either way.

    Args:
        module: A UNet or VAE, used by this thread alone meanwhile.
        monitor: Its `raise_if_cancelled` ends the forward pass.
    """

    def check(_module: torch.nn.Module, _inputs: Any) -> None:
        monitor.raise_if_cancelled()

    hooks = [
        block.register_forward_pre_hook(check)
        for block in module.modules()
        if isinstance(block, _CHECKPOINTS)
    ]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()
