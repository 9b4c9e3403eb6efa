"""The ONNX Runtime backend: SDXL from exported files, without torch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nodeflow.backends.onnx.backend import OnnxBackend

__all__ = ["OnnxBackend"]


def __getattr__(name: str) -> Any:
    """Import ONNX Runtime only for the backend itself: what is planned with needs none."""
    if name == "OnnxBackend":
        from nodeflow.backends.onnx.backend import OnnxBackend

        return OnnxBackend
    raise AttributeError(name)
