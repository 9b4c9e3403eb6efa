"""The one place where exported networks are held in memory, each loaded once."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import onnxruntime as ort

from nodeflow.backends.onnx.providers import Chosen
from nodeflow.errors import MissingFile, OutOfMemory, one_line
from nodeflow.hardware.ram import cores, ram
from nodeflow.models.exported import ExportedModel, Network
from nodeflow.values.arrays import FloatArray

_WORK = 1.3
"""What a network takes while it works, by what its files take: its weights, and room beside them."""

Key = tuple[Path, tuple[tuple[int, int], ...], str]


@dataclass
class _Held:
    session: Any
    size: int


class Sessions:
    """Loads networks on first use. Safe to use from several threads: sessions themselves are.

    A network whose files changed on disk is loaded anew. The least recently used is let go of when another
    one needs the memory.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[Key, _Held] = {}

    def run(
        self,
        model: ExportedModel,
        network: Network,
        chosen: Chosen,
        inputs: Mapping[str, Any],
        outputs: Sequence[str],
    ) -> list[FloatArray]:
        """Evaluate a network.

        Args:
            model: The model.
            network: Which network of it.
            chosen: What computes.
            inputs: Arrays by the names of the network's inputs.
            outputs: The names of those wanted.

        Raises:
            MissingFile: If the model has no such network, or its files are damaged.
            OutOfMemory: If memory runs out.
        """
        session = self.get(model, network, chosen)
        try:
            found: list[FloatArray] = session.run(list(outputs), dict(inputs))
        except Exception as error:  # ONNX Runtime has exceptions of its own for everything
            if "memory" in str(error).lower() or "alloc" in str(error).lower():
                advice = "Make the picture smaller or close programs"
                raise OutOfMemory("memory ran out", advice=advice) from error
            raise
        return found

    def get(self, model: ExportedModel, network: Network, chosen: Chosen) -> Any:
        """A network's session, loaded if need be."""
        file, files = _files(model, network)
        stats = [path.stat() for path in files]
        key = file, tuple((stat.st_size, stat.st_mtime_ns) for stat in stats), chosen.address
        with self._lock:
            held = self._held.pop(key, None)
            if held is None:
                size = sum(stat.st_size for stat in stats)
                self._make_room(file, size)
                held = _Held(_load(file, chosen), size)
            self._held[key] = held  # last, as the most recently used
            return held.session

    def close(self) -> None:
        """Let go of everything; what is at work lives until it ends."""
        with self._lock:
            self._held.clear()

    def _make_room(self, file: Path, size: int) -> None:
        """Let go of older files of the same network, and of others until there is room."""
        for key in [key for key in self._held if key[0] == file]:
            del self._held[key]
        while self._held and ram().available < size * _WORK:
            del self._held[next(iter(self._held))]


def _files(model: ExportedModel, network: Network) -> tuple[Path, list[Path]]:
    if network not in model.networks:
        raise MissingFile(f"the exported model '{model.name}' has no {network}", input="model")
    exported = model.networks[network]
    files = [model.path / name for name in exported.digests]
    for file in files:
        if not file.is_file():
            message = f"the exported model '{model.name}' has no {file.name} for its {network}"
            raise MissingFile(message, input="model", advice="Export it again")
    return model.path / exported.file, files


def _load(file: Path, chosen: Chosen) -> Any:
    options = ort.SessionOptions()
    options.intra_op_num_threads = cores()
    options.log_severity_level = 4  # what goes wrong is raised
    try:
        return ort.InferenceSession(str(file), options, providers=chosen.arguments)
    except Exception as error:  # a damaged file makes it raise nearly anything
        message = (
            f"{file.parent.name}/{file.name} of the exported model cannot be read: {one_line(error)[:200]}"
        )
        raise MissingFile(message, input="model", advice="Export the model again") from error
