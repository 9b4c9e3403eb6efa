"""Files of torch's own format, read without torch: what they hold is told, and nothing of them runs."""

from __future__ import annotations

import argparse
import io
import os
import pickle
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import pytest
import torch

from nodeflow.errors import MissingFile
from nodeflow.files.pickle_header import read_pickle

TENSORS = {
    "model.weight": torch.zeros(2, 3),
    "half": torch.ones(4).half(),
    "brain": torch.ones(2, 2, dtype=torch.bfloat16),
    "small": torch.ones(3).to(torch.float8_e4m3fn),
    "view": torch.zeros(4, 4)[:, 1],
    "count": torch.tensor(7),
    "none": torch.zeros(0),
}
EXPECTED = {name: tuple(tensor.shape) for name, tensor in TENSORS.items()}


def saved(document: Any, path: Path, *, zipped: bool = True) -> Path:
    torch.save(document, path, _use_new_zipfile_serialization=zipped)
    return path


def wrapped(kind: str) -> Any:
    plain = dict(TENSORS)
    if kind == "parameters":
        return {name: torch.nn.Parameter(t) if t.is_floating_point() else t for name, t in plain.items()}
    documents = {
        "plain": plain,
        "ordered": OrderedDict(plain),
        "lightning": {"state_dict": plain, "epoch": 3, "global_step": 10, "loss": 0.5, "name": "x"},
    }
    return documents[kind]


@pytest.mark.parametrize("kind", ["plain", "ordered", "lightning", "parameters"])
@pytest.mark.parametrize("zipped", [True, False])
def test_names_shapes_and_types_are_read(kind: str, zipped: bool, tmp_path: Path) -> None:
    path = saved(wrapped(kind), tmp_path / "x.ckpt", zipped=zipped)
    header = read_pickle(path)
    assert {name: tensor.shape for name, tensor in header.tensors.items()} == EXPECTED
    types = {name: tensor.dtype for name, tensor in header.tensors.items()}
    assert types.items() >= {"half": "F16", "brain": "BF16", "small": "F8_E4M3", "count": "I64"}.items()
    assert header.nbytes == sum(tensor.nbytes for tensor in TENSORS.values())


def test_the_vectors_of_a_textual_inversion_are_found(tmp_path: Path) -> None:
    document = {"string_to_token": {"*": 265}, "string_to_param": {"*": torch.zeros(3, 768)}, "step": 99}
    assert read_pickle(saved(document, tmp_path / "x.pt")).tensors["*"].shape == (3, 768)


class Evil:
    """Touches a file when unpickled."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.file,)


class System:
    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, ("touch executed",)


@pytest.mark.parametrize("zipped", [True, False])
def test_what_would_run_is_refused_and_does_not(zipped: bool, tmp_path: Path) -> None:
    for evil in (Evil(tmp_path / "executed"), System()):
        path = saved({"state_dict": TENSORS, "x": evil}, tmp_path / "x.ckpt", zipped=zipped)
        with pytest.raises(MissingFile, match="holds more than weights") as caught:
            read_pickle(path)
        assert ".safetensors" in str(caught.value.advice)
    assert not (tmp_path / "executed").exists()
    assert not Path("executed").exists()


def test_a_harmless_class_is_refused_by_its_name(tmp_path: Path) -> None:
    path = saved({"state_dict": TENSORS, "hyper_parameters": argparse.Namespace(a=1)}, tmp_path / "x.ckpt")
    with pytest.raises(MissingFile, match=r"more than weights \(argparse\.Namespace\)"):
        read_pickle(path)


def zipped(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", content)
    return buffer.getvalue()


BAD = {
    "empty": (b"", "is empty"),
    "web page": (b"<!doctype html><html></html>", "web page"),
    "LFS pointer": (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "Git LFS pointer"),
    "safetensors": (b"\x02\0\0\0\0\0\0\0{}", "a safetensors file under another name"),
    "text": (b"hello " * 20, "damaged or no file of weights"),
    "cut zip": (b"PK\x03\x04 and nothing else", "damaged"),
    "zip of something else": (zipped(b"not a pickle"), "damaged"),
    "bomb": (zipped(bytes(2**27)), "damaged"),
    "endless memo": (zipped(b"\x80\x02Nr\xff\xff\xff\x7f."), None),
    "huge byte array": (zipped(b"\x80\x05\x96" + b"\xff" * 7 + b"\x00."), "damaged"),
    "extension": (zipped(b"\x80\x02\x82\x01."), "damaged"),
    "object of a class": (zipped(b"\x80\x02ccollections\nOrderedDict\n)\x81."), "damaged"),
    "old instance": (zipped(b"(ios\nsystem\n."), "damaged"),
    "attribute of a name": (
        zipped(b"\x80\x04\x8c\x02os\x8c\x06system\x93."),
        r"more than weights \(os\.system\)",
    ),
    "deep": (zipped(b"\x80\x02" + b"]" * 100 + b"a" * 99 + b"."), None),
    "cut": (zipped(pickle.dumps({"a": 1})[:-3]), "damaged"),
}


@pytest.mark.parametrize(("content", "message"), BAD.values(), ids=BAD)
def test_a_hostile_or_damaged_file_is_one_sentence(
    content: bytes, message: str | None, tmp_path: Path
) -> None:
    path = tmp_path / "x.ckpt"
    path.write_bytes(content)
    if message is None:
        assert read_pickle(path).tensors == {}
        return
    with pytest.raises(MissingFile, match=message) as caught:
        read_pickle(path)
    assert str(path) in caught.value.message
    assert caught.value.advice


def test_a_tensor_larger_than_its_storage_is_refused(tmp_path: Path) -> None:
    call = (
        b"\x80\x02}X\x01\x00\x00\x00actorch._utils\n_rebuild_tensor_v2\n("
        b"(X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x04tQ"
        b"K\x00M\xe8\x03\x85K\x01\x85\x89ccollections\nOrderedDict\n)RtRs."
    )
    path = tmp_path / "x.ckpt"
    path.write_bytes(zipped(call))
    with pytest.raises(MissingFile, match="damaged"):
        read_pickle(path)
    path.write_bytes(zipped(call.replace(b"M\xe8\x03\x85", b"K\x04\x85")))
    assert read_pickle(path).tensors["a"].shape == (4,)
