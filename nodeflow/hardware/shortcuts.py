"""Which shortcuts the UNet's evaluation takes for a quality. What they cost and gain: docs/performance.md."""

from __future__ import annotations

from collections.abc import Iterable

from nodeflow.hardware.assign import Placed
from nodeflow.hardware.profile import Dtype
from nodeflow.hardware.request import Quality, Request
from nodeflow.hardware.sizes import Part

COMPILE_FROM = 1_000_000_000
"""Parameters of a UNet from which compiling its blocks, a minute's work, pays within a few pictures."""


def reuse_every(placed: Iterable[Placed], request: Request) -> int:
    """Every how-manieth evaluation of the UNet computes its deep layers.

    Balanced takes this shortcut only where it cannot take that of computing in 16 bits.
    """
    if request.quality is Quality.FAST:
        return 3
    dtypes = {part.dtype for part in placed if part.size.part is Part.UNET}
    return 2 if request.quality is Quality.BALANCED and dtypes == {Dtype.FP32} else 1


def compiles(placed: Iterable[Placed], request: Request) -> bool:
    """Whether the UNets' repeated blocks are compiled."""
    unets = [part.size.parameters for part in placed if part.size.part is Part.UNET]
    return request.quality is not Quality.EXACT and min(unets, default=0) >= COMPILE_FROM
