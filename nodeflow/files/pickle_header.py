"""What a file of torch's own format (`.ckpt`, `.pt`, `.pth`, `.bin`) holds, from its pickle alone.

A pickle is a program. This one is followed by an interpreter that knows the few instructions that files of
weights are made of, and the few names that they mention, none of which does anything here: whatever else a
file holds is refused, so nothing of it ever runs. No tensor is read, and no torch is needed.
"""

from __future__ import annotations

import io
import pickle
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, ClassVar

from nodeflow.errors import MissingFile
from nodeflow.files.safetensors_header import BITS, Header, TensorInfo, read_header, recognise_start

PICKLES = (".ckpt", ".pt", ".pth", ".bin")
"""How names of files in torch's own format end."""

_LONGEST = 64 * 2**20
"""Bytes of a pickle; those of SDXL take half a megabyte."""
_MOST_DIMENSIONS = 16
_INSTRUCTIONS = (
    *("PROTO", "FRAME", "STOP", "POP", "POP_MARK", "DUP", "MARK", "MEMOIZE", "PUT", "BINPUT", "LONG_BINPUT"),
    *("GET", "BINGET", "LONG_BINGET", "NONE", "NEWTRUE", "NEWFALSE", "INT", "BININT", "BININT1", "BININT2"),
    *("LONG", "LONG1", "FLOAT", "BINFLOAT", "STRING", "BINSTRING", "SHORT_BINSTRING", "UNICODE"),
    *("SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8", "SHORT_BINBYTES", "BINBYTES", "EMPTY_LIST", "APPEND"),
    *("APPENDS", "LIST", "EMPTY_TUPLE", "TUPLE", "TUPLE1", "TUPLE2", "TUPLE3", "EMPTY_DICT", "DICT"),
    *("SETITEM", "SETITEMS", "EMPTY_SET", "ADDITEMS", "GLOBAL", "STACK_GLOBAL", "REDUCE", "BUILD"),
    "BINPERSID",
)
_STORAGES = {
    "FloatStorage": "F32",
    "HalfStorage": "F16",
    "BFloat16Storage": "BF16",
    "DoubleStorage": "F64",
    "LongStorage": "I64",
    "IntStorage": "I32",
    "ShortStorage": "I16",
    "CharStorage": "I8",
    "ByteStorage": "U8",
    "BoolStorage": "BOOL",
    "UntypedStorage": "U8",
}
_DTYPES = {
    "float32": "F32",
    "float16": "F16",
    "bfloat16": "BF16",
    "float64": "F64",
    "float8_e4m3fn": "F8_E4M3",
    "float8_e5m2": "F8_E5M2",
    "int64": "I64",
    "int32": "I32",
    "uint8": "U8",
    "bool": "BOOL",
}
_GROUPS = ("state_dict", "string_to_param")
"""Where files keep their tensors that hold more: Lightning's checkpoints, A1111's textual inversions."""


class _Foreign(Exception):  # noqa: N818 - becomes a MissingFile that names the file
    """The name of something in a pickle that weights have no need of."""


def read_pickle(path: Path) -> Header:
    """Read what tensors a file of torch's holds; their values are neither read nor checked.

    Args:
        path: The file, of torch's zipped format or the one before torch 1.6.

    Returns:
        The tensors by name, without metadata.

    Raises:
        MissingFile: If it is missing, unreadable, damaged or something else, or holds more than weights.
    """
    try:
        with path.open("rb") as file:
            _check_start(path, file)
            document = _in_zip(file) if zipfile.is_zipfile(file) else _in_sequence(file)
    except OSError as error:
        raise MissingFile(f"{path} cannot be read: {error.strerror or error}") from error
    except _Foreign as error:
        raise more_than_weights(str(path), str(error)) from error
    except MissingFile:
        raise
    except Exception as error:  # a damaged pickle makes its interpreter raise nearly anything
        raise MissingFile(f"{path} is damaged or no file of weights", advice="Download it again") from error
    return Header(_tensors(document), {})


def read_any(path: Path) -> Header:
    """Read what a file of weights holds, by its suffix in torch's format or in safetensors'.

    Raises:
        MissingFile: If it is missing, unreadable, damaged or empty, or is a pickle of more than weights.
    """
    header = read_pickle(path) if path.suffix.lower() in PICKLES else read_header(path)
    if not header.tensors:
        raise MissingFile(f"{path} holds no weights", advice="Download it again, or choose another")
    return header


def more_than_weights(name: str, what: str = "") -> MissingFile:
    """What to tell about a pickle that is not opened.

    Args:
        name: The file, as the message names it.
        what: What of it is more than weights; empty: not known.
    """
    named = f" ({what})" if what else ""
    return MissingFile(
        f"{name} holds more than weights{named} and might run code, so it is not opened",
        advice="Get the .safetensors version of it, or have somebody you trust save its weights alone",
    )


def _check_start(path: Path, file: BinaryIO) -> None:
    start = file.read(512)
    file.seek(0)
    if not start:
        raise MissingFile(f"{path} is empty", advice="Download it again")
    if start.startswith((b"PK\x03\x04", b"\x80")):
        return
    what, advice = recognise_start(start)
    if "safetensors" in what and start[8:9] == b"{":
        what, advice = "a safetensors file under another name", "Rename it to .safetensors"
    elif "safetensors" in what:
        what = "damaged or no file of weights"
    raise MissingFile(f"{path} is {what}", advice=advice)


def _in_zip(file: BinaryIO) -> Any:
    """The pickle of a zipped file, as torch has written them since version 1.6."""
    with zipfile.ZipFile(file) as archive:
        name = next(name for name in archive.namelist() if name.rpartition("/")[2] == "data.pkl")
        if archive.getinfo(name).file_size > _LONGEST:
            raise ValueError("the pickle is too long")
        return _Interpreter(io.BytesIO(archive.read(name))).load()


def _in_sequence(file: BinaryIO) -> Any:
    """The pickle that follows three others: a mark, a version, and what the machine was like."""
    file.seek(0)
    limited = _Limited(file)
    for _ in range(3):
        _Interpreter(limited).load()
    return _Interpreter(limited).load()


class _Limited:
    """A file of which no more is read than a pickle may be long."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._left = file, _LONGEST

    def _take(self, data: bytes) -> bytes:
        self._left -= len(data)
        if self._left < 0:
            raise ValueError("the pickle is too long")
        return data

    def read(self, size: int = -1) -> bytes:
        return self._take(self._file.read(min(size, self._left + 1) if size >= 0 else self._left + 1))

    def readline(self) -> bytes:
        return self._take(self._file.readline(self._left + 1))


def _tensor(storage: tuple[str, int], _offset: int, size: tuple[int, ...], *_: object) -> TensorInfo:
    dtype, count = storage
    shape = tuple(size)
    if len(shape) > _MOST_DIMENSIONS or not set(map(type, shape)) <= {int} or min(shape, default=0) < 0:
        raise ValueError("the shape of a tensor is wrong")
    elements = 1
    for side in shape:
        elements *= side
    if elements > count > 0:
        raise ValueError("a tensor is larger than its storage")
    return TensorInfo(dtype, shape, elements * BITS[dtype] // 8)


def _tensor_of_type(_storage: object, offset: int, size: tuple[int, ...], *rest: Any) -> TensorInfo:
    """A tensor of a type that no storage has, such as 8 bits: it follows strides, gradient and hooks."""
    return _tensor((rest[3], 0), offset, size)


def _first(value: Any, *_: object) -> Any:
    return value


_NAMES: dict[tuple[str, str], Any] = {
    ("collections", "OrderedDict"): OrderedDict,
    ("torch._utils", "_rebuild_tensor"): _tensor,
    ("torch._utils", "_rebuild_tensor_v2"): _tensor,
    ("torch._utils", "_rebuild_tensor_v3"): _tensor_of_type,
    ("torch._utils", "_rebuild_parameter"): _first,
    ("torch", "Size"): tuple,
    **{("torch", name): dtype for name, dtype in (_STORAGES | _DTYPES).items()},
    ("torch.storage", "UntypedStorage"): "U8",
}


class _Interpreter(pickle._Unpickler):
    """Python's own interpreter of pickles, which keeps no array of what it met, with few instructions."""

    dispatch: ClassVar[dict[int, Callable[..., None]]] = {
        getattr(pickle, name)[0]: pickle._Unpickler.dispatch[getattr(pickle, name)[0]]
        for name in _INSTRUCTIONS
    }

    def __init__(self, file: Any) -> None:
        super().__init__(file, encoding="latin1")

    def find_class(self, module: str, name: str) -> Any:
        """What a name stands for: something that only describes."""
        try:
            return _NAMES[module, name]
        except (KeyError, TypeError):
            raise _Foreign(f"{module}.{name}") from None

    def persistent_load(self, pid: Any) -> tuple[str, int]:
        """What is told of a tensor's storage: the type and the number of its elements."""
        _, dtype, _, _, count, *_ = pid
        if dtype not in BITS or type(count) is not int:
            raise ValueError("a storage is not described")
        return dtype, count


def _tensors(document: Any) -> dict[str, TensorInfo]:
    """The tensors by name, of the group that holds them where a file holds more."""
    while isinstance(document, dict) and (group := next((g for g in _GROUPS if g in document), None)):
        document = document[group]
    if isinstance(document, TensorInfo):
        return {"": document}
    items = document.items() if isinstance(document, dict) else ()
    return {str(name): value for name, value in items if isinstance(value, TensorInfo)}
