"""What ONNX Runtime has to offer on this machine, for `doctor`."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from nodeflow.backends.onnx.providers import available, choose, known


def offered() -> dict[str, Any] | None:
    """Its version and its devices, the fastest first, as JSON values; None if it is not installed."""
    try:
        names = available()
    except ImportError:
        return None
    try:
        installed = version("onnxruntime")
    except PackageNotFoundError:  # builds for other devices have names of their own
        installed = ""
    devices = [{"device": provider.device, "for": provider.label} for provider in known(names)]
    return {"version": installed, "devices": devices, "chosen": choose(names).address}


def lines() -> Iterator[str]:
    """The same as text; nothing if it is not installed."""
    found = offered()
    if found is None:
        return
    yield ""
    yield f"ONNX Runtime {found['version']}, for exported models"
    for device in found["devices"]:
        first = found["chosen"].startswith(device["device"])
        chosen = "  (unless --device says otherwise)" if first else ""
        yield f"  {device['device']:8} {device['for']}{chosen}"
