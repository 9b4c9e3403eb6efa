"""What torch calls the devices and precisions of an arrangement, and where a module computes."""

from __future__ import annotations

import os

import torch

from nodeflow.errors import UsageError
from nodeflow.hardware import Arrangement, Dtype, Wishes, detect

_DTYPES = {
    Dtype.FP32: torch.float32,
    Dtype.FP16: torch.float16,
    Dtype.BF16: torch.bfloat16,
    Dtype.FP8: torch.float8_e4m3fn,
}
_MARK = "nodeflow_placement"


def torch_dtype(dtype: Dtype) -> torch.dtype:
    """What torch calls a precision; 8 bits are those with 4 for the exponent, as for weights."""
    return _DTYPES[dtype]


def usual_arrangement(device: str | None = None) -> Arrangement:
    """What is best on this machine, for those who bring no arrangement of their own.

    Args:
        device: Use only this one, such as `cpu` or `cuda:1`; None: what `NODEFLOW_DEVICE` says, or decide.

    Raises:
        UsageError: If the device does not exist here.
    """
    name = device or os.environ.get("NODEFLOW_DEVICE") or None
    arrangement = Arrangement(detect(), Wishes(device=name))
    known = [found.address for found in arrangement.profile.devices]
    if arrangement.request.device not in (None, *known):
        raise UsageError(
            f"the device '{name}' cannot be used here", advice=f"Set NODEFLOW_DEVICE to {' or '.join(known)}"
        )
    return arrangement


def mark(module: torch.nn.Module, device: torch.device, dtype: torch.dtype) -> None:
    """Say where a module computes and in which precision, for `placement`."""
    setattr(module, _MARK, (device, dtype))


def placement(module: torch.nn.Module) -> tuple[torch.device, torch.dtype]:
    """Where a module computes and in which precision, which is how its inputs must come.

    What the store said of it, since its weights may wait elsewhere or in fewer bits; for any other module by
    its first weight. diffusers' own `device` and `dtype` go through the whole module each time, for
    milliseconds.
    """
    marked: tuple[torch.device, torch.dtype] | None = getattr(module, _MARK, None)
    if marked is not None:
        return marked
    first = next(module.parameters())
    return first.device, first.dtype
