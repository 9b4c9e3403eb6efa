"""Pictures and models that are missing, broken or out of bounds: one line, and exit code 4."""

from __future__ import annotations

import argparse
import io
import json
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 6938078334\n"


def write_workflow(kind: str, name: str, value: object) -> None:
    node = {"type": kind, "inputs": {name: value}}
    Path("bad.json").write_text(json.dumps({"format": 1, "nodes": {"it": node}}))


def empty_png(width: int, height: int) -> bytes:
    """A PNG that promises a size and has no pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = (b"IHDR" + header, b"IDAT", b"IEND")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk)) for chunk in chunks
    )


def truncated_png(path: Path) -> None:
    Image.effect_noise((64, 64), 90).save(path)
    path.write_bytes(path.read_bytes()[:2000])


NAMES = {
    "missing": "none.png",
    "escape": "../secret.png",
    "deep escape": "a/../../secret.png",
    "absolute": "/etc/passwd",
    "backslashes": "..\\secret.png",
    "another machine": "//server/share/a.png",
    "drive": "C:\\a.png",
    "nul": "a\x00.png",
    "device": "CON",
    "empty": "",
    "too long": "a" * 5000,
    "folder": ".",
    "link out": "link.png",
}


@pytest.mark.parametrize("fault", NAMES)
def test_a_picture_that_may_not_or_cannot_be_found(fault: str, nodeflow: Callable[..., Any]) -> None:
    Path("../secret.png").write_text("secret")
    Path("link.png").symlink_to("../secret.png")
    write_workflow("LoadImage", "file", NAMES[fault])
    for command in ("validate", "run"):
        answer = nodeflow(command, "bad.json")
        assert (answer.code, answer.out) == (4, "")
        (line,) = answer.errors
        assert line.startswith("error: it.file: The picture ") or line.startswith(
            "error: it.file: There is no"
        )
        assert ". " in line.removeprefix("error: it.file: "), "it says what to do"


PICTURES: dict[str, tuple[Callable[[Path], object], str]] = {
    "empty": (lambda path: path.touch(), "a.png is empty. Use PNG, JPEG or WebP"),
    "text": (lambda path: path.write_text("apple"), "a.png is not a picture. Use PNG, JPEG or WebP"),
    "web page": (lambda path: path.write_text("<!DOCTYPE html>"), "a.png is not a picture"),
    "truncated": (truncated_png, "a.png is damaged"),
    "bomb": (lambda path: path.write_bytes(empty_png(60_000, 60_000)), "more than 64 megapixels"),
    "no pixels": (lambda path: path.write_bytes(empty_png(0, 0)), "a.png is"),
}


@pytest.mark.parametrize("fault", PICTURES)
def test_a_broken_picture_fails_its_node(fault: str, nodeflow: Callable[..., Any]) -> None:
    make, message = PICTURES[fault]
    make(Path("a.png"))
    write_workflow("LoadImage", "file", "a.png")
    answer = nodeflow("run", "bad.json")
    assert (answer.code, answer.out) == (4, "")
    (line,) = answer.errors
    assert line.startswith("error: it.file: ")
    assert message in line


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "I;16"])
def test_unusual_pictures_are_read(mode: str, nodeflow: Callable[..., Any]) -> None:
    Image.new(mode, (8, 8)).save("a.png")
    write_workflow("LoadImage", "file", "a.png")
    assert nodeflow("run", "bad.json").code == 0


def safetensors(header: bytes, data: bytes = b"") -> bytes:
    return struct.pack("<Q", len(header)) + header + data


MODELS = {
    "empty": b"",
    "truncated": safetensors(b'{"a": {"dtype": "F32", "shape": [8], "data_offsets": [0, 32]}}', b"\0" * 8),
    "truncated header": safetensors(b'{"a": {')[:10],
    "no tensors": safetensors(b"{}"),
    "giant header": struct.pack("<Q", 2**60) + b"{}",
    "text": b"this is not a model at all, only a text that somebody renamed",
    "lfs pointer": LFS.encode(),
    "web page": b"<!DOCTYPE html><html><body>Please log in</body></html>",
    "renamed pickle": b"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00\x8c\x02os\x94.",
    "overlapping": safetensors(
        b'{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]},'
        b' "b": {"dtype": "F32", "shape": [2], "data_offsets": [4, 12]}}',
        b"\0" * 12,
    ),
}


@pytest.mark.parametrize("fault", MODELS)
def test_a_broken_model_is_found_before_the_run(
    fault: str, nodeflow: Callable[..., Any], tmp_path: Path
) -> None:
    folder = tmp_path / "models" / "checkpoints"
    folder.mkdir(parents=True)
    (folder / "mine.safetensors").write_bytes(MODELS[fault])
    write_workflow("CheckpointLoader", "checkpoint", "mine")
    answer = nodeflow("validate", "bad.json")
    assert (answer.code, answer.out) == (4, "")
    (line,) = answer.errors
    assert line.startswith("error: it.checkpoint: ")
    assert "mine" in line


class Evil:
    """Touches a file when unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (Path("executed"),)


def pickled(content: object) -> bytes:
    return saved({"state_dict": {"model.diffusion_model.x": torch.ones(99)}, "more": content})


def saved(content: object) -> bytes:
    buffer = io.BytesIO()
    torch.save(content, buffer)
    return buffer.getvalue()


PICKLES = {
    "evil": (pickled(Evil()), "holds more than weights"),
    "harmless": (
        pickled(argparse.Namespace()),
        "holds more than weights (argparse.Namespace) and might run code, so it is not opened",
    ),
    "no tensors": (saved([1, "weights", 3.0]), "holds no weights"),
    "truncated": (pickled(1)[:-40], "is damaged or no file of weights"),
    "empty": (b"", "is empty"),
    "lfs pointer": (LFS.encode(), "is a Git LFS pointer"),
    "web page": (MODELS["web page"], "is a web page"),
    "safetensors": (safetensors(b"{}"), "is a safetensors file under another name"),
}


@pytest.mark.parametrize("suffix", [".ckpt", ".pt"])
@pytest.mark.parametrize("fault", PICKLES)
def test_a_pickle_that_cannot_be_used_is_found_before_the_run(
    fault: str, suffix: str, nodeflow: Callable[..., Any], tmp_path: Path
) -> None:
    content, message = PICKLES[fault]
    folder = tmp_path / "models" / "checkpoints"
    folder.mkdir(parents=True)
    (folder / f"mine{suffix}").write_bytes(content)
    write_workflow("CheckpointLoader", "checkpoint", "mine")
    answer = nodeflow("validate", "bad.json")
    assert (answer.code, answer.out) == (4, "")
    (line,) = answer.errors
    assert line.startswith("error: it.checkpoint: ")
    assert message in line
    assert ". " in line.partition(message)[2], "it says what to do"
    assert not Path("executed").exists()


@pytest.mark.parametrize(
    ("tensors", "message"),
    [
        ({"cond_stage_model.x": (1,), "model.diffusion_model.input_blocks.1.1.x": (1,)}, "made for SD 1"),
        (
            {"cond_stage_model.model.x": (1,), "model.diffusion_model.y.attn2.to_k.weight": (1, 1024)},
            "made for SD 2",
        ),
        ({"model.diffusion_model.joint_blocks.0.x": (1,), "first_stage_model.y": (1,)}, "made for SD 3"),
        ({"double_blocks.0.img_attn.qkv.weight": (4, 4)}, "made for Flux"),
        ({"blocks.0.x": (4, 4)}, "'mine' is not an SDXL checkpoint"),
        ({"lora_unet_x.lora_down.weight": (4, 768)}, "is a LoRA, not a checkpoint"),
        ({"decoder.conv_in.weight": (4, 4)}, "is a VAE, not a checkpoint"),
    ],
)
@pytest.mark.parametrize("suffix", [".safetensors", ".ckpt"])
def test_a_model_of_another_kind_is_found_before_the_run(
    *, suffix: str, tensors: dict[str, Any], message: str, nodeflow: Callable[..., Any], tmp_path: Path
) -> None:
    folder = tmp_path / "models" / "checkpoints"
    folder.mkdir(parents=True)
    values = {name: torch.zeros(shape) for name, shape in tensors.items()}
    if suffix == ".ckpt":
        torch.save({"state_dict": values}, folder / "mine.ckpt")
    else:
        save_file(values, folder / "mine.safetensors")
    write_workflow("CheckpointLoader", "checkpoint", "mine")
    answer = nodeflow("validate", "bad.json")
    (line,) = answer.errors
    assert message in line


NOTHING = float("nan")
UNSOUND: dict[str, tuple[str, dict[str, Any], str]] = {
    "lora": (
        "loras",
        {
            "unet.mid_block.attentions.0.proj_in.lora_A.weight": torch.full((4, 192), NOTHING),
            "unet.mid_block.attentions.0.proj_in.lora_B.weight": torch.ones(192, 4),
        },
        "error: sampler.model: the UNet of 'pocket' made values that are no numbers",
    ),
    "embedding": (
        "embeddings",
        {"clip_l": torch.full((1, 64), NOTHING), "clip_g": torch.full((1, 96), NOTHING)},
        "error: prompt.model: the text encoders of 'pocket' made values that are no numbers",
    ),
}


@pytest.mark.parametrize("kind", UNSOUND)
def test_values_that_are_no_numbers_fail_their_node(
    kind: str, nodeflow: Callable[..., Any], tmp_path: Path
) -> None:
    folder, tensors, message = UNSOUND[kind]
    (tmp_path / "models" / folder).mkdir(parents=True)
    save_file(tensors, tmp_path / "models" / folder / "mine.safetensors")
    nodes: dict[str, Any] = {
        "base": {"type": "CheckpointLoader", "inputs": {"checkpoint": "pocket"}},
        "styled": {"type": "LoRALoader", "inputs": {"model": {"from": "base.model"}, "lora": "mine"}},
        "prompt": {
            "type": "TextEncode",
            "inputs": {"model": {"from": "base.model"}, "text": "embedding:mine"},
        },
        "latent": {"type": "EmptyLatent", "inputs": {"width": 64, "height": 64}},
        "sampler": {
            "type": "Sampler",
            "inputs": {
                "model": {"from": "styled.model" if kind == "lora" else "base.model"},
                "positive": {"from": "prompt.conditioning"},
                "latent": {"from": "latent.latent"},
                "steps": 1,
            },
        },
    }
    nodes["prompt"]["inputs"]["text"] = "an apple" if kind == "lora" else "embedding:mine"
    if kind != "lora":
        del nodes["styled"]
    Path("bad.json").write_text(json.dumps({"format": 1, "nodes": nodes}))
    answer = nodeflow("run", "bad.json")
    assert answer.code == 1
    (line,) = (line for line in answer.errors if line.startswith("error: "))
    assert line.startswith(message)
    assert "damaged" in line, "it says what to do"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("poket", "Did you mean 'pocket'?"),
        ("zzz", "`nodeflow models` lists what there is"),
        ("flat", "is a LoRA, not a checkpoint"),
        ("../../secret.safetensors", "outside the folders"),
        ("", "There is no checkpoint ''"),
    ],
)
def test_a_model_that_is_not_there_gets_advice(name: str, message: str, nodeflow: Callable[..., Any]) -> None:
    write_workflow("CheckpointLoader", "checkpoint", name)
    answer = nodeflow("validate", "bad.json")
    (line,) = answer.errors
    assert (answer.code, answer.out) == (4, "")
    assert line.startswith("error: it.checkpoint: ")
    assert message in line


def test_a_missing_file_beside_another_fault_is_an_invalid_workflow(nodeflow: Callable[..., Any]) -> None:
    nodes = {
        "it": {"type": "LoadImage", "inputs": {"file": "none.png"}},
        "other": {"type": "EmptyLatent", "inputs": {"width": 1}},
    }
    Path("bad.json").write_text(json.dumps({"format": 1, "nodes": nodes}))
    assert nodeflow("validate", "bad.json").code == 3


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("none.json", "the workflow 'none.json' does not exist. Give a file, or one of: "),
        (".", "the workflow '.' is a folder"),
        ("a\x00b", "the workflow 'a\\x00b'"),
        ("x" * 5000, "the workflow 'xxx"),
    ],
)
@pytest.mark.parametrize("command", ["run", "validate"])
def test_a_workflow_that_is_not_there(
    command: str, name: str, message: str, nodeflow: Callable[..., Any]
) -> None:
    answer = nodeflow(command, name)
    assert (answer.code, answer.out) == (4, "")
    (line,) = answer.errors
    assert message in line
