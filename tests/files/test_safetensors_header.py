import io
import json
import os
import pickle
import resource
import time
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from nodeflow.errors import MissingFile
from nodeflow.files import Header, read_header, read_shapes

WHOLE = save(
    {"a": np.zeros((2, 3), np.float16), "b": np.ones(4, np.float32), "c": np.zeros((0, 5), np.int64)},
    {"author": "someone"},
)
LENGTH = int.from_bytes(WHOLE[:8], "little")


def encoded(header: Any, data: bytes = b"") -> bytes:
    """A file with any header."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


def tensor(begin: int, end: int, **other: Any) -> dict[str, Any]:
    """A header's entry for bytes."""
    return {"dtype": "U8", "shape": [end - begin], "data_offsets": [begin, end]} | other


def zipped() -> bytes:
    """The beginning of what torch.save writes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("archive/data.pkl", b"x")
    return buffer.getvalue()


def test_names_shapes_types_and_metadata_are_read(tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    path.write_bytes(WHOLE)
    header = read_header(path)
    assert {name: (t.dtype, t.shape, t.nbytes) for name, t in header.tensors.items()} == {
        "a": ("F16", (2, 3), 12),
        "b": ("F32", (4,), 16),
        "c": ("I64", (0, 5), 0),
    }
    assert header.metadata == {"author": "someone"}
    assert header.nbytes == 28
    assert read_shapes(path) == {"a": (2, 3), "b": (4,), "c": (0, 5)}


BAD = {
    "empty": (b"", "is empty"),
    "one byte": (b"\0", "not a safetensors file"),
    "header cut off": (WHOLE[:60], "is truncated"),
    "data cut off": (WHOLE[:-5], "truncated, 5 bytes are missing"),
    "data too long": (WHOLE + b"more", "4 bytes too many"),
    "LFS pointer": (
        b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 7\n",
        "Git LFS pointer",
    ),
    "web page": (b"\n<!DOCTYPE html><html><body>Log in</body></html>", "web page"),
    "pickle": (pickle.dumps({"state_dict": [1.0] * 99}), "pickle"),
    "torch zip": (zipped(), "pickle"),
    "GGUF": (b"GGUF" + bytes(99), "GGUF"),
    "text": (b"hello " * 99, "not a safetensors file"),
    "endless header": (b"\xff" * 7 + b"\x7f{" + bytes(99), "not a safetensors file"),
    "not JSON": (encoded(b"{nonsense}"), "header cannot be read"),
    "not UTF-8": (encoded(b'{"\xff": 1}'), "header cannot be read"),
    "lone surrogate": (encoded(b'{"\\ud800": 1}'), "header cannot be read"),
    "deep": (encoded(b'{"a":' + b"[" * 100_000), "header cannot be read"),
    "long number": (encoded(b'{"a":' + b"9" * 5_000 + b"}"), "header cannot be read"),
    "overlap": (encoded({"a": tensor(0, 4), "b": tensor(2, 6)}, bytes(6)), "overlap"),
    "gap": (encoded({"a": tensor(0, 4), "b": tensor(5, 6)}, bytes(6)), "gaps"),
    "backwards": (encoded({"a": tensor(4, 0, shape=[4])}, bytes(4)), "does not fit its shape"),
    "negative": (encoded({"a": tensor(0, 4, shape=[-2, -2])}, bytes(4)), "shape of a is wrong"),
    "wrong shape": (encoded({"a": tensor(0, 4, shape=[5])}, bytes(4)), "does not fit its shape"),
    "unknown type": (encoded({"a": tensor(0, 4, dtype="U9")}, bytes(4)), "a has an unknown type"),
    "no shape": (encoded({"a": {"dtype": "U8", "data_offsets": [0, 4]}}, bytes(4)), "does not describe a"),
    "many dimensions": (encoded({"a": tensor(0, 1, shape=[1] * 99)}, bytes(1)), "shape of a is wrong"),
    "true is no number": (encoded({"a": tensor(0, 1, shape=[True])}, bytes(1)), "shape of a is wrong"),
    "true is no place": (encoded({"a": tensor(0, 1, data_offsets=[0, True])}, bytes(1)), "does not fit"),
    "one offset": (encoded({"a": tensor(0, 1, data_offsets=[0])}, bytes(1)), "no place"),
    "not an object": (encoded({"a": 7}), "does not describe a"),
    "metadata": (encoded({"__metadata__": {"a": 1}}), "metadata is not text"),
}


@pytest.mark.parametrize(("content", "message"), BAD.values(), ids=BAD)
def test_a_damaged_file_is_refused_in_one_sentence_with_advice(
    tmp_path: Path, content: bytes, message: str
) -> None:
    path = tmp_path / "x.safetensors"
    path.write_bytes(content)
    with pytest.raises(MissingFile, match=message) as caught:
        read_header(path)
    assert str(path) in caught.value.message
    assert caught.value.advice


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(MissingFile, match="No such file"):
        read_header(tmp_path / "x.safetensors")
    with pytest.raises(MissingFile, match="directory"):
        read_header(tmp_path)


def test_a_file_of_7_gigabytes_is_read_at_once(tmp_path: Path) -> None:
    size = 7 * 10**9
    path = tmp_path / "large.safetensors"
    path.write_bytes(encoded({"weights": tensor(0, size)}))
    os.truncate(path, path.stat().st_size + size)
    started = time.process_time()
    assert read_header(path).nbytes == size
    assert time.process_time() - started < 1


def test_a_header_made_to_eat_memory_does_not(tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    path.write_bytes(encoded(b'{"a":[' + b"[]," * (5 * 2**20) + b"0]}"))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(MissingFile):
        read_header(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 500_000


def by_library(path: Path) -> dict[str, tuple[int, ...]] | None:
    """The shapes as the safetensors library sees them, or None where it refuses the file."""
    try:
        with safe_open(path, "np") as file:
            return {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, UnicodeDecodeError):
        return None


def by_us(path: Path) -> Header | None:
    try:
        return read_header(path)
    except MissingFile:
        return None


@settings(
    max_examples=3 * settings().max_examples,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)
@given(
    changes=st.dictionaries(
        st.integers(0, LENGTH + 7), st.integers(0, 255) | st.sampled_from(b'0123456789{}[],:"'), max_size=3
    ),
    cut=st.sampled_from([0, 0, 0, 1, 7]),
)
def test_whatever_happens_to_a_header_we_accept_only_what_the_library_accepts(
    tmp_path: Path, changes: dict[int, int], cut: int
) -> None:
    content = bytearray(WHOLE[: len(WHOLE) - cut])
    for position, byte in changes.items():
        content[position] = byte
    path = tmp_path / "x.safetensors"
    path.write_bytes(content)
    header = by_us(path)
    if header is not None:
        assert by_library(path) == {name: info.shape for name, info in header.tensors.items()}
