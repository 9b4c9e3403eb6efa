"""Finds out what this machine offers. torch is asked where it is installed; without it there is a CPU.

The CPU's part has been run, and CUDA's on one card; those of others are untried: they follow the
documentation of the libraries.
"""

from __future__ import annotations

import platform
import re
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from nodeflow.hardware.profile import Device, DeviceKind, Dtype, HardwareProfile
from nodeflow.hardware.ram import cores, ram

_HALVES = (Dtype.BF16, Dtype.FP16)
_ALL = (*_HALVES, Dtype.FP32)
# AMD's architectures with bfloat16 matrix units: CDNA 2 and later, RDNA 3 and later.
_ROCM_BFLOAT16 = ("gfx90a", "gfx94", "gfx95", "gfx11", "gfx12")
# Intel's names for graphics with memory of their own; all others share the CPU's.
_XPU_CARD = re.compile(r"\b[AB]\d{2,3}M?\b|\bFlex\b|\bMax\b")
_METAL_SHARE = 2 / 3  # of the memory; what macOS recommends at most on machines of common size


def detect() -> HardwareProfile:
    """Look at this machine. Takes as long as importing torch."""
    try:
        torch = import_module("torch")  # by name, so that nothing in the core depends on it
    except ImportError:
        note = (
            "torch is not installed, so only the CPU is seen; install it with: pip install 'nodeflow[torch]'"
        )
        return HardwareProfile((cpu_device(bfloat16=False),), cores(), (note,))
    devices = (*_cuda(torch), *_xpu(torch), *_metal(torch), cpu_device(bfloat16=_cpu_bfloat16(torch)))
    return HardwareProfile(devices, cores(), _notes(torch, devices))


def tell() -> None:
    """Look, and write down for whoever started this process what there is."""
    sys.stdout.write(detect().to_json())


def cpu_device(*, bfloat16: bool) -> Device:
    """The CPU, with the memory that this process may use."""
    total, available = ram()
    # float16 is emulated on CPUs, 20 to 40 times slower: it is never offered.
    dtypes = (Dtype.BF16, Dtype.FP32) if bfloat16 else (Dtype.FP32,)
    return Device(DeviceKind.CPU, _cpu_name(), total, available, dtypes, dtypes, unified=True)


def _cpu_name() -> str:
    """What its maker calls the CPU; only Linux tells more than the architecture."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "") or platform.processor() or platform.machine() or "CPU"


def _cpu_bfloat16(torch: Any) -> bool:
    """Whether the CPU has instructions for bfloat16, by torch's own test; private, so it may be missing."""
    try:
        return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
    except (AttributeError, RuntimeError):
        return False


def _cuda(torch: Any) -> Iterator[Device]:
    """NVIDIA's devices, and AMD's, which use the same functions."""
    if not torch.cuda.is_available():
        return
    kind = DeviceKind.ROCM if torch.version.hip else DeviceKind.CUDA
    for index in range(torch.cuda.device_count()):
        properties = torch.cuda.get_device_properties(index)
        free, total = card_memory(torch.cuda, index)
        fast, safe = _rocm_dtypes(properties) if torch.version.hip else _cuda_dtypes(properties)
        unified = bool(getattr(properties, "is_integrated", False))
        yield Device(kind, properties.name, total, free, fast, safe, index, unified)


def card_memory(module: Any, device: Any) -> tuple[int, int]:
    """What is free of a card's memory, and all of it, in bytes.

    torch may be kept from taking all that is free (`torch.cuda.set_per_process_memory_fraction`, or
    `per_process_memory_fraction` in `PYTORCH_CUDA_ALLOC_CONF`); then only what it may still take counts.

    Args:
        module: torch's for the kind of device, such as `torch.cuda`.
        device: Which one, as that module takes it.
    """
    free, total = module.mem_get_info(device)
    share = getattr(module, "get_per_process_memory_fraction", None)  # not in every version of torch
    if share is not None:
        free = min(free, max(int(total * share(device)) - module.memory_reserved(device), 0))
    return free, total


def _cuda_dtypes(properties: Any) -> tuple[tuple[Dtype, ...], tuple[Dtype, ...]]:
    """Fast and safe precisions, by compute capability (CUDA C++ Programming Guide, arithmetic throughput)."""
    if properties.major >= 8:
        return _HALVES, _ALL
    if "GTX 16" in properties.name:
        return (), (Dtype.FP32,)  # widely reported to give black pictures in float16
    return ((Dtype.FP16,) if properties.major == 7 else ()), (Dtype.FP16, Dtype.FP32)


def _rocm_dtypes(properties: Any) -> tuple[tuple[Dtype, ...], tuple[Dtype, ...]]:
    bfloat16 = getattr(properties, "gcnArchName", "").startswith(_ROCM_BFLOAT16)
    return (_HALVES, _ALL) if bfloat16 else ((Dtype.FP16,), (Dtype.FP16, Dtype.FP32))


def _xpu(torch: Any) -> Iterator[Device]:
    """Intel's graphics."""
    if not (hasattr(torch, "xpu") and torch.xpu.is_available()):
        return
    for index in range(torch.xpu.device_count()):
        properties = torch.xpu.get_device_properties(index)
        total = properties.total_memory
        try:
            free = torch.xpu.mem_get_info(index)[0]
        except (AttributeError, RuntimeError):  # not in every version of torch, nor on every driver
            free = total - torch.xpu.memory_reserved(index)
        unified = not _XPU_CARD.search(properties.name)
        yield Device(DeviceKind.XPU, properties.name, total, free, _HALVES, _ALL, index, unified)


def _metal(torch: Any) -> Iterator[Device]:
    """Apple's graphics, which share the CPU's memory."""
    if not (hasattr(torch, "backends") and torch.backends.mps.is_available()):
        return
    memory = ram()
    try:
        total = torch.mps.recommended_max_memory()
    except (AttributeError, RuntimeError):
        total = int(memory.total * _METAL_SHARE)
    free = min(total - torch.mps.driver_allocated_memory(), memory.available)
    # bfloat16 exists on Metal from macOS 14, and is not faster than float16.
    safe = (Dtype.FP16, Dtype.FP32)
    yield Device(DeviceKind.METAL, "Apple GPU", total, max(free, 0), (Dtype.FP16,), safe, unified=True)


def _notes(torch: Any, devices: tuple[Device, ...]) -> tuple[str, ...]:
    if len(devices) == 1:
        return (f"torch {torch.__version__} sees no accelerator, only the CPU",)
    return ()
