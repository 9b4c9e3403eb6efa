"""What a placement is asked for: the picture, how faithful it must be, and what the user insists on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from nodeflow.errors import UsageError
from nodeflow.hardware.profile import Dtype


class Quality(StrEnum):
    """How far arithmetic may depart from the reference for the sake of speed and memory."""

    EXACT = "exact"
    """float32 everywhere, pictures decoded whole."""
    BALANCED = "balanced"
    """16 bits where the device is made for them, but not in the VAE, else cached steps; tiles if need be."""
    FAST = "fast"
    """More cached steps, the VAE in 16 bits where that is safe, 8-bit weights if need be: one may see it."""


class Mode(StrEnum):
    """Where a component's weights are while it works and while it waits.

    The project has run all of them on a CPU, those that use RAM as a device's store too; full, model_offload
    and group_offload also on one NVIDIA card. Other accelerators are untried.
    """

    FULL = "full"
    """Loaded once, and stays."""
    MODEL_OFFLOAD = "model_offload"
    """Waits in RAM and is moved to the device for its turn."""
    RELOAD = "reload"
    """Read from disk for its turn and let go afterwards."""
    GROUP_OFFLOAD = "group_offload"
    """Waits in RAM; layers come to the device one by one, the next while one computes."""
    SEQUENTIAL = "sequential"
    """Waits in RAM; layers come to the device one by one, without overlap."""
    DISK = "disk"
    """Layers are read from disk one by one, at every step."""


@dataclass(frozen=True)
class Request:
    """What shall be made, and how.

    Attributes:
        width: Of the pictures, in pixels.
        height: Of the pictures, in pixels.
        batch: Pictures made at once.
        guided: Whether the UNet is evaluated for the negative prompt too, in the same batch.
        quality: How faithful the arithmetic must be.
        device: Use only this one, by its address (`cuda:1`, `mps`, `cpu`). None: decide.
        dtype: Compute UNet and text encoders in this. None: decide.
        eight_bit: Keep the UNet's weights in 8 bits, which halves them against 16; it computes as before.
        mode: Use only this mode for the UNet. None: decide.
        overlap: Whether one picture may be decoded while the next is sampled, if there is room for both.

    Raises:
        UsageError: If there is nothing to make.
    """

    width: int = 1024
    height: int = 1024
    batch: int = 1
    guided: bool = True
    quality: Quality = Quality.BALANCED
    device: str | None = None
    dtype: Dtype | None = None
    eight_bit: bool = False
    mode: Mode | None = None
    overlap: bool = False

    def __post_init__(self) -> None:
        if min(self.width, self.height, self.batch) < 1:
            raise UsageError("a picture needs a width, a height and a number of at least 1")
