"""What ONNX Runtime can compute on here. Only `available` imports it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nodeflow.errors import UsageError


@dataclass(frozen=True)
class Provider:
    """An execution provider of ONNX Runtime.

    Attributes:
        device: What `--device` calls it.
        name: What ONNX Runtime calls it.
        label: What people call it.
        numbered: Whether there can be several of its kind, told apart as `cuda:1`.
    """

    device: str
    name: str
    label: str
    numbered: bool = False


PROVIDERS = (
    Provider("cuda", "CUDAExecutionProvider", "NVIDIA's cards (CUDA)", numbered=True),
    Provider("directml", "DmlExecutionProvider", "any card on Windows (DirectML)", numbered=True),
    Provider("coreml", "CoreMLExecutionProvider", "Apple's processors (CoreML)"),
    Provider("openvino", "OpenVINOExecutionProvider", "Intel's processors and cards (OpenVINO)"),
    Provider("cpu", "CPUExecutionProvider", "the CPU"),
)
"""Those that nodeflow knows, the fastest first. Nobody has tried others than the CPU yet."""

_ALIASES = {"mps": "coreml"}


@dataclass(frozen=True)
class Chosen:
    """A provider to compute on.

    Attributes:
        provider: The provider.
        index: Which device of its kind.
    """

    provider: Provider
    index: int = 0

    @property
    def address(self) -> str:
        """The device as people write it: `cuda:0`, `cpu`."""
        return f"{self.provider.device}:{self.index}" if self.provider.numbered else self.provider.device

    @property
    def arguments(self) -> list[tuple[str, dict[str, str]]]:
        """What a session takes; what the provider cannot compute, the CPU does."""
        options = {"device_id": str(self.index)} if self.provider.numbered else {}
        found: list[tuple[str, dict[str, str]]] = [(self.provider.name, options)]
        return found if self.provider == PROVIDERS[-1] else [*found, (PROVIDERS[-1].name, {})]


def known(names: Sequence[str]) -> tuple[Provider, ...]:
    """The providers among names that ONNX Runtime gave, the fastest first."""
    return tuple(provider for provider in PROVIDERS if provider.name in names)


def choose(names: Sequence[str], device: str | None = None) -> Chosen:
    """Choose a provider.

    Args:
        names: Those that are at hand, by ONNX Runtime's names.
        device: Use only this: `cpu`, `cuda`, `cuda:1`, `directml`, `coreml` …; None: the fastest.

    Raises:
        UsageError: If it is not at hand.
    """
    at_hand = known(names)
    if device is None:
        return Chosen(at_hand[0])
    kind, _, number = device.partition(":")
    kind = _ALIASES.get(kind, kind)
    found = next((provider for provider in at_hand if provider.device == kind), None)
    if found is None or (number and not (found.numbered and number.isdecimal())):
        there = ", ".join(provider.device for provider in at_hand)
        raise UsageError(f"ONNX Runtime has no device '{device}' here", advice=f"There are: {there}")
    return Chosen(found, int(number or 0))


def available() -> tuple[str, ...]:
    """The names of the providers that this machine's ONNX Runtime has; imports it.

    Raises:
        ImportError: If it is not installed.
    """
    import onnxruntime

    return tuple(onnxruntime.get_available_providers())
