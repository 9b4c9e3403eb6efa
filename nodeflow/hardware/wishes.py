"""What the user wants of speed, device and memory: from settings, from a workflow, from the command line."""

from __future__ import annotations

from dataclasses import dataclass, fields

from nodeflow.hardware.profile import Dtype
from nodeflow.hardware.request import Mode, Quality


@dataclass(frozen=True)
class Wishes:
    """What the user insists on; everything left out is decided for him.

    Attributes:
        quality: How far arithmetic may depart from the reference. None: `exact` on a CPU, else `balanced`.
        device: Use only this one: `cpu`, `mps`, `cuda:1`; `cuda` is short for `cuda:0`.
        dtype: Compute UNet and text encoders in this.
        eight_bit: Keep the UNet's weights in 8 bits.
        mode: Use only this memory mode for the UNet.
    """

    quality: Quality | None = None
    device: str | None = None
    dtype: Dtype | None = None
    eight_bit: bool | None = None
    mode: Mode | None = None

    def over(self, weaker: Wishes) -> Wishes:
        """These wishes, and for what they leave out those of `weaker`."""
        chosen = {}
        for field in fields(self):
            own = getattr(self, field.name)
            chosen[field.name] = getattr(weaker, field.name) if own is None else own
        return Wishes(**chosen)
