"""What a safetensors file holds, from its header alone.

The file is read plainly, not mapped into memory: when somebody truncates a mapped file, the process dies.
Format: 8 bytes header length (little endian), that much JSON, then the tensors' bytes without gaps.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from nodeflow.errors import MissingFile

# The longest headers seen are below 5 MB; beyond this, parsing hostile JSON would take too much memory.
_LONGEST_HEADER = 16 * 2**20
_MOST_DIMENSIONS = 16
BITS = {
    **dict.fromkeys(("BOOL", "U8", "I8", "F8_E4M3", "F8_E5M2", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ"), 8),
    **dict.fromkeys(("U16", "I16", "F16", "BF16"), 16),
    **dict.fromkeys(("U32", "I32", "F32"), 32),
    **dict.fromkeys(("U64", "I64", "F64", "C64"), 64),
    **dict.fromkeys(("F6_E2M3", "F6_E3M2"), 6),
    "F4": 4,
}
"""How many bits a number of each type takes."""
_DOWNLOAD_AGAIN = "Download it again"


class TensorInfo(NamedTuple):
    """A tensor's type and shape.

    Attributes:
        dtype: As the format names it: `F32`, `F16`, `BF16` …
        shape: Its dimensions; empty for a single number.
        nbytes: Its size in the file, in bytes.
    """

    dtype: str
    shape: tuple[int, ...]
    nbytes: int


@dataclass(frozen=True)
class Header:
    """The header of a safetensors file.

    Attributes:
        tensors: By name.
        metadata: Free text that the author attached.
    """

    tensors: Mapping[str, TensorInfo]
    metadata: Mapping[str, str]

    @property
    def nbytes(self) -> int:
        """Size of all tensors, in bytes."""
        return sum(tensor.nbytes for tensor in self.tensors.values())


def read_header(path: Path) -> Header:
    """Read the header of a safetensors file and check that the file is whole, without reading the tensors.

    Args:
        path: The file; its size does not matter for speed.

    Raises:
        MissingFile: If it is missing, unreadable, damaged or something else than its name says.
    """
    text, data_size = _read(path)
    try:
        return _parse(text, data_size)
    except _Damaged as fault:
        raise MissingFile(f"{path} is damaged: {fault}", advice=_DOWNLOAD_AGAIN) from fault


def read_shapes(path: Path) -> dict[str, tuple[int, ...]]:
    """Read only the tensors' names and shapes, for looking into many files: takes half the time.

    Raises:
        MissingFile: If it is missing, unreadable, or its header is damaged; the rest is not checked.
    """
    text, _ = _read(path)
    try:
        document, _ = _parse_json(text)
        return {name: _shape(name, value) for name, value in document.items()}
    except _Damaged as fault:
        raise MissingFile(f"{path} is damaged: {fault}", advice=_DOWNLOAD_AGAIN) from fault


def _read(path: Path) -> tuple[bytes, int]:
    """The header's text, and the size of what follows it."""
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            start = file.read(512)
            length = int.from_bytes(start[:8], "little")
            _check_start(path, start, length, size)
            file.seek(8)
            return file.read(length), size - 8 - length
    except OSError as error:
        raise MissingFile(f"{path} cannot be read: {error.strerror or error}") from error


class _Damaged(Exception):  # noqa: N818 - becomes a MissingFile that names the file
    """What is wrong with a header."""


def _check_start(path: Path, start: bytes, length: int, size: int) -> None:
    """Refuse a file whose first bytes show that it is no whole safetensors file."""
    if size == 0:
        raise MissingFile(f"{path} is empty", advice=_DOWNLOAD_AGAIN)
    plausible = start[8:9] == b"{" and length <= _LONGEST_HEADER
    if plausible and length > size - 8:
        raise MissingFile(f"{path} is truncated", advice=_DOWNLOAD_AGAIN)
    if not plausible:
        what, advice = recognise_start(start)
        raise MissingFile(f"{path} is {what}", advice=advice)


def recognise_start(start: bytes) -> tuple[str, str]:
    """Say what a file really is, and what to do about it."""
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith(b"version https://git-lfs"):
        return "a Git LFS pointer, not the model itself", "Fetch it with `git lfs pull`, or download it again"
    if text.startswith((b"<!doctype", b"<html", b"<?xml", b"<head")):
        return "a web page, not a model", "Download it again; the site may want you to log in first"
    if start.startswith((b"PK\x03\x04", b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")):
        return "a pickle renamed to .safetensors", "Rename it to .ckpt, or get the safetensors version"
    if start.startswith(b"GGUF"):
        return "a GGUF file, which nodeflow cannot load", "Get the safetensors version"
    return "not a safetensors file, or a damaged one", _DOWNLOAD_AGAIN


def _parse(text: bytes, data_size: int) -> Header:
    """Turn the header's JSON into values, checking it against the size of the data."""
    document, metadata = _parse_json(text)
    tensors = {name: _tensor(name, value) for name, value in document.items()}
    _check_ranges([value["data_offsets"] for value in document.values()], data_size)
    return Header(tensors, metadata)


def _parse_json(text: bytes) -> tuple[dict[str, Any], dict[str, str]]:
    """Split the header's JSON into what it says of the tensors and the metadata."""
    try:
        document = json.loads(text.decode())
        "".join(document).encode()  # lone surrogates are no text
    except (ValueError, RecursionError) as error:
        raise _Damaged("its header cannot be read") from error
    metadata = document.pop("__metadata__", None) or {}
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise _Damaged("its metadata is not text")
    return document, metadata


def _shape(name: str, value: Any) -> tuple[int, ...]:
    """Read one tensor's shape."""
    try:
        shape = tuple(value["shape"])
    except (KeyError, TypeError) as error:
        raise _Damaged(f"its header does not describe {name[:60]}") from error
    # A set of types, because True is an int too.
    if len(shape) > _MOST_DIMENSIONS or not set(map(type, shape)) <= {int} or min(shape, default=0) < 0:
        raise _Damaged(f"the shape of {name[:60]} is wrong")
    return shape


def _tensor(name: str, value: Any) -> TensorInfo:
    """Read what the header says of one tensor."""
    shape = _shape(name, value)
    try:
        bits = BITS[value["dtype"]]
        begin, end = value["data_offsets"]
        fits = type(begin) is type(end) is int and math.prod(shape) * bits == (end - begin) * 8
    except (KeyError, TypeError, ValueError) as error:
        raise _Damaged(f"{name[:60]} has an unknown type or no place") from error
    if not fits:
        raise _Damaged(f"the size of {name[:60]} does not fit its shape")
    return TensorInfo(value["dtype"], shape, end - begin)


def _check_ranges(ranges: list[list[int]], data_size: int) -> None:
    """Check that the tensors fill the data without gaps or overlaps."""
    position = 0
    for begin, end in sorted(ranges):
        if begin != position:
            raise _Damaged(
                "its tensors overlap" if begin < position else "there are gaps between its tensors"
            )
        position = end
    if position > data_size:
        raise _Damaged(f"it is truncated, {position - data_size:,} bytes are missing")
    if position < data_size:
        raise _Damaged(f"it has {data_size - position:,} bytes too many")
