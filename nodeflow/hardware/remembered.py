"""The machine's profile without importing torch: worked out where there is only a CPU, else remembered.

Planning must be quick, and `detect()` takes as long as importing torch. What accelerators there are changes
rarely, so it is written down after a look at them in a process of its own; free memory is always asked anew.
Accelerators' parts are untried.
"""

from __future__ import annotations

import contextlib
import json
import platform
import subprocess
import sys
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from nodeflow.errors import NodeflowError
from nodeflow.files.atomic import write_replacing
from nodeflow.hardware.detection import cpu_device, detect
from nodeflow.hardware.profile import Device, DeviceKind, HardwareProfile
from nodeflow.hardware.ram import cores, ram
from nodeflow.standalone import command_for

_PATIENCE_SECONDS = 120.0
_SMI_SECONDS = 5.0
_SMI = ("nvidia-smi", "--query-gpu=memory.free", "--format=csv,noheader,nounits")


def machine(folder: Path) -> HardwareProfile:
    """This machine, with the memory that is free now.

    Args:
        folder: Where to remember what was found; made when needed.
    """
    if "torch" in sys.modules:
        return detect()  # costs nothing more, and knows best
    build = _torch_build()
    if build is None or build.endswith("+cpu"):
        return HardwareProfile((cpu_device(bfloat16=build is not None and _cpu_has_bfloat16()),), cores())
    file = folder / "hardware-1.json"
    identity = f"{build} {platform.node()} {platform.release()}"  # a new kernel may mean new drivers
    profile = _read(file, identity)
    if profile is None:
        profile = _look()
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            text = json.dumps({"identity": identity, "profile": json.loads(profile.to_json())})
            write_replacing(file, text.encode())
    return _with_free_memory(profile)


def _torch_build() -> str | None:
    try:
        return version("torch")
    except PackageNotFoundError:
        return None


def _cpu_has_bfloat16() -> bool:
    """What oneDNN asks for, and with it torch: AVX-512 with BW, VL and DQ, or Arm's bf16."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return False
    flags = next((set(line.split()) for line in lines if line.startswith(("flags", "Features"))), set())
    return "bf16" in flags or flags >= {"avx512bw", "avx512vl", "avx512dq"}


def _read(file: Path, identity: str) -> HardwareProfile | None:
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError, NodeflowError):
        document = json.loads(file.read_text("utf-8"))
        if document["identity"] == identity:
            return HardwareProfile.from_json(json.dumps(document["profile"]))
    return None


def _look() -> HardwareProfile:
    """Let another process import torch and look."""
    command = command_for("nodeflow.hardware.detection:tell")
    with contextlib.suppress(OSError, subprocess.SubprocessError, NodeflowError):
        done = subprocess.run(  # noqa: S603 - our own program
            command, capture_output=True, timeout=_PATIENCE_SECONDS, check=True
        )
        return HardwareProfile.from_json(done.stdout.decode())
    return HardwareProfile((cpu_device(bfloat16=False),), cores(), ("the accelerators could not be asked",))


def _with_free_memory(profile: HardwareProfile) -> HardwareProfile:
    memory = ram()
    cuda = _cuda_free()

    def refreshed(device: Device) -> Device:
        if device.unified:
            return replace(device, free=min(memory.available, device.total))
        if device.kind is DeviceKind.CUDA and device.index < len(cuda):
            return replace(device, free=min(cuda[device.index], device.total))
        return device

    return replace(profile, devices=tuple(map(refreshed, profile.devices)))


def _cuda_free() -> list[int]:
    """Free memory of NVIDIA's cards in bytes, in the driver's order; empty where nobody tells."""
    with contextlib.suppress(OSError, subprocess.SubprocessError, ValueError):
        done = subprocess.run(  # noqa: S603 - a fixed command
            _SMI, capture_output=True, timeout=_SMI_SECONDS, check=True
        )
        return [int(line) * 2**20 for line in done.stdout.decode().split()]
    return []
