"""How much memory is free, how to free what nothing holds any more, and what running out of it looks like."""

from __future__ import annotations

import gc

import torch

from nodeflow.hardware.decide import USABLE
from nodeflow.hardware.detection import card_memory
from nodeflow.hardware.ram import ram

_SIGNS = ("DefaultCPUAllocator", "out of memory", "ALLOC_FAILED")
"""How torch's CPU allocator, the drivers and cuBLAS say it in errors that are plain RuntimeErrors."""


def is_memory_error(error: BaseException) -> bool:
    """Whether an error says that memory ran out."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and any(sign in str(error) for sign in _SIGNS)


def free_bytes(address: str) -> int:
    """What can be had of a device's memory now, in bytes, with some left for other programs.

    Args:
        address: The device as torch addresses it; `cpu` means RAM.
    """
    device = torch.device(address)
    if device.type == "mps":
        free = torch.mps.recommended_max_memory() - torch.mps.current_allocated_memory()
        free = min(free, ram().available)
    elif device.type in ("cuda", "xpu"):
        module = torch.get_device_module(device.type)
        # What torch keeps for itself without using it is free for us, though not for the driver.
        kept = module.memory_reserved(device) - module.memory_allocated(device)
        try:
            free = card_memory(module, device)[0] + kept
        except (AttributeError, RuntimeError):  # not on every driver of XPU
            free = module.get_device_properties(device).total_memory - module.memory_allocated(device)
    else:
        free = ram().available
    return int(free * USABLE)


def release(address: str) -> None:
    """Give memory back that nothing refers to any more: hooks and modules refer to each other in circles."""
    gc.collect()
    kind = torch.device(address).type
    if kind != "cpu":
        torch.get_device_module(kind).empty_cache()
