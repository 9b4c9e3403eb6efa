"""The one decision where and in which precision models run, and what running out of memory there means."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch

from nodeflow.errors import OutOfMemory, UsageError

_CPU_ALLOCATION_FAILED = "DefaultCPUAllocator"
"""What torch's CPU allocator calls itself when it raises a plain RuntimeError for want of memory."""


@dataclass(frozen=True)
class Device:
    """Where models run.

    Attributes:
        device: The torch device.
        dtype: Precision of UNet and text encoders.
        vae_dtype: Precision of the VAE; SDXL's overflows in float16 (`force_upcast` in its config).
    """

    device: torch.device
    dtype: torch.dtype
    vae_dtype: torch.dtype

    @classmethod
    def choose(cls, name: str | None = None) -> Device:
        """Decide on device and precision.

        The CPU computes in float32: float16 is emulated there and many times slower. Accelerators take
        bfloat16 where they have it, else float16, and keep the VAE in float32.

        Args:
            name: A torch device such as `cpu` or `cuda:1`; None: what `NODEFLOW_DEVICE` says, or `cpu`.

        Raises:
            UsageError: If the device does not exist here.
        """
        name = name or os.environ.get("NODEFLOW_DEVICE") or "cpu"
        try:
            device = torch.device(name)
            torch.empty(1, device=device)
        except (RuntimeError, AssertionError, NotImplementedError) as error:
            raise UsageError(
                f"the device '{name}' cannot be used here", advice="Set NODEFLOW_DEVICE to 'cpu' or 'cuda'."
            ) from error
        if device.type == "cpu":
            return cls(device, torch.float32, torch.float32)
        bfloat16 = device.type == "cuda" and torch.cuda.is_bf16_supported()
        return cls(device, torch.bfloat16 if bfloat16 else torch.float16, torch.float32)


def placement(module: torch.nn.Module) -> tuple[torch.device, torch.dtype]:
    """Where a module lies and in which precision, by its first weight: all of it is loaded alike.

    diffusers' own `device` and `dtype` go through the whole module each time, for milliseconds.
    """
    first = next(module.parameters())
    return first.device, first.dtype


@contextmanager
def memory_errors_named() -> Iterator[None]:
    """Turn torch's out-of-memory errors into ours.

    Raises:
        OutOfMemory: In place of torch's error.
    """
    try:
        yield
    except RuntimeError as error:
        if isinstance(error, torch.OutOfMemoryError) or _CPU_ALLOCATION_FAILED in str(error):
            raise OutOfMemory(
                "the device has too little memory for this",
                advice="Make the picture or the batch smaller, or close other programs that use the device.",
            ) from error
        raise
