import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.numpy import save_file

from nodeflow.errors import MissingFile
from nodeflow.files import FileAccess
from nodeflow.folders import BUNDLED_MODELS, Folders
from nodeflow.models import Catalogue, ModelKind

LORA = "unet.down_blocks.1.attentions.0.attn2.to_k.lora_A.weight"
FOREIGN = "something"


def save(path: Path, tensor: str = FOREIGN) -> Path:
    """Write a safetensors file with one tensor."""
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({tensor: np.zeros((8, 2048), np.uint8)}, path)
    return path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "models"


@pytest.fixture
def at(tmp_path: Path) -> Callable[..., Catalogue]:
    """A catalogue of some models folders."""

    def catalogue(*roots: Path, access: FileAccess | None = None) -> Catalogue:
        other = tmp_path / "cache"
        folders = Folders(config=other, data=other, cache=other, output=other, pictures=other, models=roots)
        return Catalogue(folders, access)

    return catalogue


At = Callable[..., Catalogue]


def test_the_bundled_models_are_listed_and_whole(at: At) -> None:
    catalogue = at(BUNDLED_MODELS)
    listed = [(entry.kind, entry.name, entry.architecture) for entry in catalogue.entries()]
    assert listed == [
        ("checkpoint", "pocket", "sdxl"),
        ("checkpoint", "pocket-inpaint", "sdxl"),
        ("embedding", "pocket-friend", "sdxl"),
        ("lora", "dusk", "sdxl"),
        ("lora", "flat", "sdxl"),
        ("lora", "high-contrast", "sdxl"),
        ("refiner", "pocket-refiner", "sdxl-refiner"),
    ]
    assert all(catalogue.find(entry.name, entry.kind) == entry for entry in catalogue.entries())
    assert all(entry.bundled for entry in catalogue.entries())


def test_an_entry_becomes_json(at: At) -> None:
    entry = at(BUNDLED_MODELS).find("flat", ModelKind.LORA)
    assert json.loads(json.dumps(entry.to_json("sha256:0"))) == {
        "name": "flat",
        "kind": "lora",
        "architecture": "sdxl",
        "path": str(BUNDLED_MODELS / "loras" / "flat.safetensors"),
        "size_bytes": entry.path.stat().st_size,
        "bundled": True,
        "digest": "sha256:0",
    }


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("checkpoints/x.safetensors", "checkpoint"),
        ("models/Stable-diffusion/x.safetensors", "checkpoint"),
        ("models/Stable-diffusion/x.CKPT", "checkpoint"),
        ("Lora/x.safetensors", "lora"),
        ("models/VAE/x.pt", "vae"),
        ("embeddings/x.pt", "embedding"),
        ("ControlNet/x.pth", "controlnet"),
        ("models/ESRGAN/x.pth", "upscaler"),
        ("upscale_models/x.safetensors", "upscaler"),
        ("vae_approx/x.safetensors", "preview"),
        ("models/VAE-approx/x.pt", "preview"),
    ],
)
def test_the_folders_of_other_programs_are_known(at: At, root: Path, path: str, kind: str) -> None:
    save(root / path)
    [entry] = at(root).entries()
    assert (entry.name, entry.kind) == ("x", kind)


def test_other_files_hidden_files_and_unknown_folders_are_left_out(at: At, root: Path) -> None:
    for path in ("loras/x.png", "loras/.x.safetensors", "loras/.trash/x.safetensors", "other/x.safetensors"):
        save(root / path)
    assert at(root).entries() == []


def test_a_model_in_the_wrong_folder_is_listed_as_what_it_is(at: At, root: Path) -> None:
    save(root / "checkpoints" / "ink.safetensors", LORA)
    catalogue = at(root)
    assert catalogue.entries(ModelKind.CHECKPOINT) == []
    assert catalogue.find("ink", ModelKind.LORA).architecture == "sdxl"
    with pytest.raises(MissingFile, match="'ink' is a LoRA, not a checkpoint"):
        catalogue.find("ink", ModelKind.CHECKPOINT)


@pytest.mark.parametrize("name", ["styles/ink", "styles/ink.safetensors", "styles\\ink.safetensors"])
def test_names_use_slashes_and_may_carry_their_suffix(at: At, root: Path, name: str) -> None:
    path = save(root / "loras" / "styles" / "ink.safetensors")
    entry = at(root).find(name, ModelKind.LORA)
    assert (entry.name, entry.path) == ("styles/ink", path)


def test_dots_in_names_survive(at: At, root: Path) -> None:
    path = save(root / "loras" / "ink v1.5.safetensors")
    assert at(root).find("ink v1.5", ModelKind.LORA).path == path


def test_earlier_folders_win_and_kinds_do_not_get_into_each_others_way(at: At, tmp_path: Path) -> None:
    first = save(tmp_path / "a" / "loras" / "ink.safetensors")
    save(tmp_path / "b" / "loras" / "ink.safetensors")
    vae = save(tmp_path / "a" / "vae" / "ink.safetensors")
    catalogue = at(tmp_path / "a", tmp_path / "b")
    assert [entry.path for entry in catalogue.entries()] == [first, vae]
    assert catalogue.find("ink", ModelKind.LORA).path == first
    assert catalogue.find("ink", ModelKind.VAE).path == vae


def test_a_missing_model_is_told_with_the_folders_and_what_is_alike(
    at: At, root: Path, tmp_path: Path
) -> None:
    save(root / "loras" / "watercolour.safetensors")
    save(root / "checkpoints" / "watercolours.safetensors")
    with pytest.raises(MissingFile) as caught:
        at(root, tmp_path / "b").find("Watercolor", ModelKind.LORA, input="lora")
    assert caught.value.input == "lora"
    assert str(root / "loras") in caught.value.message
    assert str(tmp_path / "b" / "loras") in caught.value.message
    assert caught.value.advice == "Did you mean 'watercolour'?"


def test_a_missing_file_name_is_told_with_what_is_alike(at: At, root: Path) -> None:
    save(root / "loras" / "watercolour.safetensors")
    with pytest.raises(MissingFile, match="Did you mean 'watercolour'"):
        at(root).find("watercolor.safetensors", ModelKind.LORA)


def test_a_damaged_file_is_listed_but_not_found(at: At, root: Path) -> None:
    path = save(root / "checkpoints" / "x.safetensors")
    os.truncate(path, path.stat().st_size - 1)
    catalogue = at(root)
    assert [entry.name for entry in catalogue.entries(ModelKind.CHECKPOINT)] == ["x"]
    with pytest.raises(MissingFile, match="truncated"):
        catalogue.find("x", ModelKind.CHECKPOINT)


def test_a_damaged_folder_is_listed_but_not_found(at: At, root: Path) -> None:
    (root / "checkpoints" / "x").mkdir(parents=True)
    (root / "checkpoints" / "x" / "model_index.json").write_text('{"vae": ["diffusers", "AutoencoderKL"]}')
    (root / "checkpoints" / "y").mkdir()
    (root / "checkpoints" / "y" / "model_index.json").write_text("nonsense")
    catalogue = at(root)
    assert [entry.name for entry in catalogue.entries()] == ["x", "y"]
    with pytest.raises(MissingFile, match="has no vae"):
        catalogue.find("x", ModelKind.CHECKPOINT)
    with pytest.raises(MissingFile, match="damaged"):
        catalogue.find("y", ModelKind.CHECKPOINT)


def test_the_content_of_pickles_tells_too(at: At, root: Path) -> None:
    """Their names and shapes, which are read without running anything."""
    path = root / "checkpoints" / "old.ckpt"
    path.parent.mkdir(parents=True)
    torch.save({LORA: torch.zeros(8, 2048)}, path)
    entry = at(root).find("old.ckpt", ModelKind.LORA)
    assert (entry.path, entry.kind, entry.architecture) == (path, ModelKind.LORA, "sdxl")


def test_a_pickle_that_would_run_is_listed_and_refused(at: At, root: Path) -> None:
    path = root / "checkpoints" / "old.ckpt"
    path.parent.mkdir(parents=True)
    torch.save({"state_dict": Path.touch}, path)
    (entry,) = (entry for entry in at(root).entries() if entry.path == path)
    assert (entry.kind, entry.architecture) == (ModelKind.CHECKPOINT, "unknown")
    with pytest.raises(MissingFile, match="holds more than weights"):
        at(root).find("old.ckpt", ModelKind.CHECKPOINT)


def test_a_path_is_found_through_the_allowed_folders(at: At, root: Path, tmp_path: Path) -> None:
    path = save(tmp_path / "workflow" / "own.safetensors", LORA)
    access = FileAccess([tmp_path / "workflow"])
    for name in ("own.safetensors", str(path), "./own.safetensors"):
        assert at(root, access=access).find(name, ModelKind.LORA).path == path
    with pytest.raises(MissingFile, match="outside the folders"):
        at(root).find(str(path), ModelKind.LORA)
    with pytest.raises(MissingFile, match="is a LoRA, not a VAE"):
        at(root, access=access).find("own.safetensors", ModelKind.VAE)


def test_a_path_to_something_else_is_refused(at: At, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "cat.png").write_bytes(b"")
    for name in ("sub/cat.png", "./sub"):
        with pytest.raises(MissingFile, match="is not a model"):
            at(tmp_path).find(name, ModelKind.LORA)


def test_links_are_followed_but_not_in_circles(at: At, root: Path, tmp_path: Path) -> None:
    save(tmp_path / "disk" / "ink.safetensors")
    (root / "loras").mkdir(parents=True)
    (root / "loras" / "more").symlink_to(tmp_path / "disk")
    (tmp_path / "disk" / "back").symlink_to(root / "loras")
    (tmp_path / "disk" / "self.safetensors").symlink_to("self.safetensors")
    assert [entry.name for entry in at(root).entries()] == ["more/ink"]


def test_folders_nobody_may_read_are_skipped(at: At, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(root / "loras" / "ink.safetensors")
    save(root / "loras" / "locked" / "x.safetensors")
    scandir = os.scandir

    def guarded(path: Path) -> object:
        if path.name == "locked":
            raise PermissionError(path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", guarded)
    assert [entry.name for entry in at(root).entries()] == ["ink"]


def test_models_that_come_and_go_are_noticed(at: At, root: Path) -> None:
    catalogue = at(root)
    path = save(root / "loras" / "ink.safetensors")
    assert catalogue.find("ink", ModelKind.LORA).path == path
    path.unlink()
    with pytest.raises(MissingFile):
        catalogue.find("ink", ModelKind.LORA)


def test_a_file_is_looked_into_once_until_it_changes(
    at: At, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save(root / "checkpoints" / "ink.safetensors", LORA)
    os.utime(path, (1e9, 1e9))
    entries = at(root).entries()
    with monkeypatch.context() as patch:
        patch.setattr("nodeflow.models.recogniser.read_shapes", lambda path: pytest.fail("read again"))
        assert at(root).entries() == entries
    save(path)
    assert at(root).find("ink", ModelKind.CHECKPOINT).path == path


def test_a_thousand_models_are_listed_fast(at: At, root: Path) -> None:
    template = save(root / "template.safetensors", LORA).read_bytes()
    for index in range(1_000):
        path = root / "loras" / f"style {index % 10}" / f"{index:04}.safetensors"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(template)
    started = time.process_time()
    assert len(at(root).entries(ModelKind.LORA)) == 1_000
    assert time.process_time() - started < 2


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(
    name=st.text()
    | st.sampled_from(["../secret.safetensors", "loras/../../secret.safetensors", "l/secret.safetensors"])
)
def test_whatever_the_name_the_model_lies_inside_or_is_refused(
    at: At, root: Path, tmp_path: Path, name: str
) -> None:
    save(tmp_path / "secret.safetensors", LORA)
    save(root / "loras" / "ink.safetensors", LORA)
    if not (root / "l").is_symlink():
        (root / "l").symlink_to(tmp_path)
    with pytest.raises(MissingFile):
        at(root).find(name, ModelKind.LORA)
