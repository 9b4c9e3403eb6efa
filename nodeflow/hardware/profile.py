"""What a machine offers: its devices, their memory and precisions. Plain values that can be written down."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from nodeflow.errors import MissingFile, UsageError, one_line


class Dtype(StrEnum):
    """A precision in which weights are kept or arithmetic is done."""

    FP32 = "fp32"
    FP16 = "fp16"
    BF16 = "bf16"
    FP8 = "fp8"

    @property
    def size(self) -> int:
        """Bytes of one number."""
        return {Dtype.FP32: 4, Dtype.FP16: 2, Dtype.BF16: 2, Dtype.FP8: 1}[self]


class DeviceKind(StrEnum):
    """A family of devices."""

    CUDA = "cuda"
    ROCM = "rocm"
    XPU = "xpu"
    METAL = "metal"
    CPU = "cpu"

    @property
    def torch_name(self) -> str:
        """What torch calls it: ROCm answers to CUDA's name."""
        return {DeviceKind.ROCM: "cuda", DeviceKind.METAL: "mps"}.get(self, self.value)

    @property
    def has_streams(self) -> bool:
        """Whether weights can be copied to it while it computes."""
        return self in (DeviceKind.CUDA, DeviceKind.ROCM, DeviceKind.XPU)

    @property
    def has_fused_attention(self) -> bool:
        """Whether attention runs without writing out the matrix of all pairs of tokens."""
        return self is not DeviceKind.METAL

    @property
    def has_fp8(self) -> bool:
        """Whether weights can be kept in 8 bits and widened layer by layer; Metal knows no such type."""
        return self is not DeviceKind.METAL


@dataclass(frozen=True)
class Device:
    """A device that can run models.

    Attributes:
        kind: Its family.
        name: As its maker calls it.
        total: Its memory, in bytes; the CPU's is the machine's RAM, or what a container may use of it.
        free: What is free of it now, in bytes.
        fast: Precisions it computes fast in, the preferred first.
        safe: Precisions that give right pictures; includes `fast`.
        index: Its number among devices of its kind.
        unified: Whether its memory is the CPU's.
    """

    kind: DeviceKind
    name: str
    total: int
    free: int
    fast: tuple[Dtype, ...]
    safe: tuple[Dtype, ...]
    index: int = 0
    unified: bool = False

    @property
    def address(self) -> str:
        """The device as torch addresses it: `cuda:0`, `mps`, `cpu`."""
        numbered = self.kind.has_streams
        return f"{self.kind.torch_name}:{self.index}" if numbered else self.kind.torch_name


@dataclass(frozen=True)
class HardwareProfile:
    """A machine.

    Attributes:
        devices: Its devices; exactly one is a CPU.
        cores: CPU cores that this process may use.
        notes: What the user should know about how it was found.
    """

    devices: tuple[Device, ...]
    cores: int
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse machines that cannot be, so that nothing later needs to doubt.

        Raises:
            UsageError: If there is not exactly one CPU, or two devices have the same address.
        """
        addresses = [device.address for device in self.devices]
        if addresses.count("cpu") != 1 or len(set(addresses)) < len(addresses):
            raise UsageError("a hardware profile needs exactly one CPU, and devices that differ in number")

    @property
    def cpu(self) -> Device:
        """The CPU; its memory is the RAM."""
        return next(device for device in self.devices if device.kind is DeviceKind.CPU)

    @property
    def accelerators(self) -> tuple[Device, ...]:
        """Everything but the CPU."""
        return tuple(device for device in self.devices if device.kind is not DeviceKind.CPU)

    def to_json(self) -> str:
        """The profile as text, for `HardwareProfile.from_json` on any machine."""
        return json.dumps(asdict(self), indent=2)

    @classmethod
    def from_json(cls, text: str) -> HardwareProfile:
        """Read a profile back, also from all that `nodeflow doctor --json` prints.

        Raises:
            UsageError: If the text describes no machine.
        """
        from pydantic import TypeAdapter, ValidationError  # here, as importing it takes time

        try:
            document = TypeAdapter(dict[str, Any]).validate_json(text)
            return TypeAdapter(cls).validate_python(document.get("profile", document))
        except ValidationError as error:
            fault = error.errors()[0]
            where = ".".join(map(str, fault["loc"])) or "the text"
            message = f"this is no hardware profile: {where}: {one_line(fault['msg'])}"
            raise UsageError(message, advice="`nodeflow doctor --json` prints one") from error


def read_profile(path: Path) -> HardwareProfile:
    """Read a profile file.

    Raises:
        MissingFile: If it cannot be read.
        UsageError: If it describes no machine.
    """
    try:
        return HardwareProfile.from_json(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise MissingFile(f"the hardware profile {path} cannot be read") from error
