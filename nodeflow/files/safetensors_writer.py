"""Writes safetensors files tensor by tensor, so that only one is in memory. The format: `safetensors_header`.

The library itself writes what it holds as a whole; checkpoints are larger than many machines' memory.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from nodeflow.files.atomic import replacing
from nodeflow.files.safetensors_header import BITS

Progress = Callable[[int, int], object]
"""Told the bytes written so far and in all; may raise to stop."""


@dataclass(frozen=True)
class TensorToWrite:
    """A tensor that is asked for when its turn has come.

    Attributes:
        dtype: As the format names it: `F32`, `F16`, `BF16` …
        shape: Its dimensions.
        data: Gives its bytes, little-endian, the last dimension first.
    """

    dtype: str
    shape: tuple[int, ...]
    data: Callable[[], bytes | memoryview]

    @property
    def nbytes(self) -> int:
        """Its size in the file, in bytes."""
        count = 1
        for side in self.shape:
            count *= side
        return count * BITS[self.dtype] // 8


def write_safetensors(
    path: Path,
    tensors: Mapping[str, TensorToWrite],
    metadata: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> None:
    """Write a file that appears when it is whole, over an older one if there is one.

    Args:
        path: The file.
        tensors: By name. The widest come first, as the library has them, so that each is aligned.
        metadata: Free text about them.
        progress: Told what was written.

    Raises:
        OSError: If it cannot be written; an older file is untouched.
    """
    ordered = sorted(tensors.items(), key=lambda item: (-BITS[item[1].dtype], item[1].dtype, item[0]))
    total = sum(tensor.nbytes for tensor in tensors.values())
    with replacing(path) as file:
        file.write(_header(dict(ordered), metadata or {}))
        done = 0
        for name, tensor in ordered:
            data = memoryview(tensor.data()).cast("B")
            if len(data) != tensor.nbytes:
                raise ValueError(f"{name} has {len(data)} bytes, not {tensor.nbytes}")
            file.write(data)
            done += tensor.nbytes
            if progress is not None:
                progress(done, total)


def _header(tensors: Mapping[str, TensorToWrite], metadata: Mapping[str, str]) -> bytes:
    """The length and the JSON, padded so that the tensors begin at a multiple of 8."""
    document: dict[str, object] = {"__metadata__": dict(metadata)} if metadata else {}
    position = 0
    for name, tensor in tensors.items():
        end = position + tensor.nbytes
        document[name] = {"dtype": tensor.dtype, "shape": list(tensor.shape), "data_offsets": [position, end]}
        position = end
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text
