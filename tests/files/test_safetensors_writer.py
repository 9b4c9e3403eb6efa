from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save

from nodeflow.files import read_header
from nodeflow.files.safetensors_writer import TensorToWrite, write_safetensors

ARRAYS: dict[str, Any] = {
    "half": np.arange(6, dtype=np.float16).reshape(2, 3),
    "float": np.ones(5, np.float32),
    "none": np.zeros((0, 3), np.float32),
    "one": np.array(7, np.int64),
    "byte": np.arange(3, dtype=np.uint8),
}
TYPES = {"float16": "F16", "float32": "F32", "int64": "I64", "uint8": "U8"}


def to_write(array: Any) -> TensorToWrite:
    return TensorToWrite(TYPES[array.dtype.name], array.shape, lambda: array.reshape(-1).view(np.uint8).data)


def test_the_library_reads_what_was_written(tmp_path: Path) -> None:
    path, told = tmp_path / "x.safetensors", []
    tensors = {name: to_write(array) for name, array in ARRAYS.items()}
    write_safetensors(path, tensors, {"author": "someone"}, lambda *step: told.append(step))
    for name, array in load_file(path).items():
        np.testing.assert_array_equal(array, ARRAYS[name])
        assert array.dtype == ARRAYS[name].dtype
    assert read_header(path).metadata == {"author": "someone"}
    total = sum(array.nbytes for array in ARRAYS.values())
    assert told[-1] == (total, total)
    assert path.stat().st_size == len(save(ARRAYS, {"author": "someone"}))


@pytest.mark.parametrize("fault", [OSError("disk full"), KeyboardInterrupt()])
def test_what_breaks_off_leaves_the_older_file(tmp_path: Path, fault: BaseException) -> None:
    path = tmp_path / "x.safetensors"
    path.write_bytes(b"older")

    def fail() -> bytes:
        raise fault

    tensors = {"a": to_write(ARRAYS["float"]), "b": TensorToWrite("F32", (2,), fail)}
    with pytest.raises(type(fault)):
        write_safetensors(path, tensors)
    assert path.read_bytes() == b"older"
    assert list(tmp_path.iterdir()) == [path]


def test_bytes_that_do_not_fit_the_shape_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="a has 3 bytes, not 8"):
        write_safetensors(tmp_path / "x.safetensors", {"a": TensorToWrite("F32", (2,), lambda: b"abc")})
    assert not list(tmp_path.iterdir())
