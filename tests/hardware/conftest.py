"""Machines as people have them, simulated."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from nodeflow.hardware import Device, DeviceKind, Dtype, HardwareProfile

GIB = 2**30
HALVES = (Dtype.BF16, Dtype.FP16)
ALL = (*HALVES, Dtype.FP32)


def cpu(gib: float, *, bfloat16: bool = False) -> Device:
    """A CPU; systems and browsers take 15 % of the RAM."""
    dtypes = (Dtype.BF16, Dtype.FP32) if bfloat16 else (Dtype.FP32,)
    free = int(gib * GIB * 0.85)
    return Device(DeviceKind.CPU, "a CPU", int(gib * GIB), free, dtypes, dtypes, unified=True)


def card(gib: float, kind: DeviceKind = DeviceKind.CUDA, index: int = 0) -> Device:
    """A card of which the desktop takes 0.6 GiB."""
    return Device(kind, f"a card of {gib:g} GB", int(gib * GIB), int((gib - 0.6) * GIB), HALVES, ALL, index)


def metal(gib: float) -> Device:
    """Apple's graphics: two thirds of the memory."""
    size = int(gib * GIB * 2 / 3)
    fast, safe = (Dtype.FP16,), (Dtype.FP16, Dtype.FP32)
    return Device(DeviceKind.METAL, "Apple GPU", size, size, fast, safe, unified=True)


def machine(*devices: Device) -> HardwareProfile:
    return HardwareProfile(devices, 8)


MACHINES = {
    "CUDA 4 GB, RAM 8": machine(card(4), cpu(8)),
    "CUDA 4 GB": machine(card(4), cpu(16)),
    "CUDA 6 GB": machine(card(6), cpu(16)),
    "CUDA 8 GB": machine(card(8), cpu(16)),
    "CUDA 12 GB": machine(card(12), cpu(32)),
    "CUDA 16 GB": machine(card(16), cpu(32)),
    "CUDA 24 GB": machine(card(24), cpu(32)),
    "2 x CUDA 12 GB": machine(card(12), card(12, index=1), cpu(32)),
    "ROCm 16 GB": machine(card(16, DeviceKind.ROCM), cpu(32)),
    "XPU 16 GB": machine(card(16, DeviceKind.XPU), cpu(32)),
    "Metal 8 GB": machine(metal(8), cpu(8)),
    "Metal 16 GB": machine(metal(16), cpu(16)),
    "Metal 32 GB": machine(metal(32), cpu(32)),
    "CPU 8 GB": machine(cpu(8)),
    "CPU 8 GB with bf16": machine(cpu(8, bfloat16=True)),
    "CPU 16 GB": machine(cpu(16)),
    "CPU 32 GB": machine(cpu(32)),
    "CPU 32 GB with bf16": machine(cpu(32, bfloat16=True)),
}


@pytest.fixture(scope="session")
def machines() -> Mapping[str, HardwareProfile]:
    return MACHINES


@pytest.fixture(scope="session")
def make_machine() -> Callable[..., HardwareProfile]:
    """Make a machine from the GiB of its cards and its RAM."""

    def make(*cards: float, ram: float = 32, bfloat16: bool = False) -> HardwareProfile:
        return machine(*(card(gib, index=i) for i, gib in enumerate(cards)), cpu(ram, bfloat16=bfloat16))

    return make
