"""Compiling a UNet's repeated blocks with torch, where that is possible and wanted."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from nodeflow.backends.protocol import Monitor
from nodeflow.backends.torch.device import placement

_COMPILED = "_nodeflow_compiled"
"""Where a UNet keeps its compiled blocks between runs; it dies with the UNet."""


def can_compile(device: torch.device) -> bool:
    """Whether what torch needs to compile for a device is installed."""
    if device.type == "cpu":
        compilers = (os.environ.get("CXX"), "g++", "clang++", "c++", "cl")
        return any(shutil.which(compiler) for compiler in compilers if compiler)
    return importlib.util.find_spec("triton") is not None


@contextmanager
def compiled_blocks(unet: Any, monitor: Monitor) -> Iterator[None]:
    """Evaluate the UNet's repeated blocks compiled inside; plainly, with a warning, where that is impossible.

    torch compiles at the first evaluation, and again when the size of the picture or the LoRAs change.
    diffusers' `compile_repeated_blocks` would compile the hooks that cancel a run along with the blocks, and
    those of a later run would never be asked; also, the same UNet serves runs that want exact arithmetic.

    Args:
        unet: A diffusers model, used by this thread alone.
        monitor: Gets the warning.
    """
    if not can_compile(placement(unet)[0]):
        monitor.warn("the UNet is not compiled: that needs a C++ compiler on a CPU, and triton elsewhere")
        yield
        return
    blocks = [block for block in unet.modules() if type(block).__name__ in unet._repeated_blocks]
    if not hasattr(unet, _COMPILED):
        setattr(unet, _COMPILED, [torch.compile(block.forward) for block in blocks])
    try:
        for block, forward in zip(blocks, getattr(unet, _COMPILED), strict=True):
            block.forward = forward
        yield
    finally:
        for block in blocks:
            vars(block).pop("forward", None)
