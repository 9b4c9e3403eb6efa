"""Checkpoints that hold the same weights in different places hold them in memory once."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file, save_file

from nodeflow.backends.torch import TorchBackend, share
from nodeflow.files import Digests
from nodeflow.folders import Folders
from nodeflow.hardware import Part
from nodeflow.values import ModelRecipe

pytestmark = pytest.mark.filterwarnings("ignore:__array_:DeprecationWarning")  # diffusers with numpy 2.4

WEIGHTS = "diffusion_pytorch_model.safetensors"


@pytest.fixture
def copied(tmp_path: Path, pocket: ModelRecipe) -> ModelRecipe:
    return ModelRecipe("copied", Path(shutil.copytree(pocket.path, tmp_path / "copied")))


def module(backend: TorchBackend, model: ModelRecipe, part: Part = Part.VAE) -> Any:
    with backend.lease(model, part) as lease:
        return lease[part].module


@pytest.mark.parametrize("digested", [True, False])
def test_equal_parts_are_loaded_once(
    *, digested: bool, pocket: ModelRecipe, copied: ModelRecipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = TorchBackend("cpu")
    first = module(own, pocket)
    if digested:
        digests = Digests(Folders.from_environment().cache)
        for model in (pocket, copied):
            digests.of(model.path / "vae" / WEIGHTS)
        monkeypatch.setattr(share, "part_weights", None)  # then nothing is read again
    assert module(own, copied) is first
    assert module(own, copied) is first


@pytest.mark.parametrize("digested", [True, False])
def test_parts_of_equal_size_are_not_taken_for_equal(
    *, digested: bool, pocket: ModelRecipe, copied: ModelRecipe
) -> None:
    file = copied.path / "vae" / WEIGHTS
    weights = load_file(file)
    name = sorted(weights)[-1]
    save_file({**weights, name: weights[name] + 1}, file)
    if digested:
        digests = Digests(Folders.from_environment().cache)
        for model in (pocket, copied):
            digests.of(model.path / "vae" / WEIGHTS)
    own = TorchBackend("cpu")
    assert module(own, pocket) is not module(own, copied)


def test_another_config_is_another_part(pocket: ModelRecipe, copied: ModelRecipe) -> None:
    file = copied.path / "vae" / "config.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "scaling_factor": 0.5}))
    own = TorchBackend("cpu")
    assert module(own, pocket).config.scaling_factor != module(own, copied).config.scaling_factor


def test_single_files_share_too(tmp_path: Path, pocket: ModelRecipe) -> None:
    own, vaes = TorchBackend("cpu"), []
    weights = load_file(pocket.path / "vae" / WEIGHTS)
    for name, add in (("one", 0), ("two", 0), ("other", 1)):
        last = sorted(weights)[-1]
        save_file({**weights, last: weights[last] + add}, tmp_path / f"{name}.safetensors")
        (tmp_path / name).mkdir()
        shutil.copy(pocket.path / "vae" / "config.json", tmp_path / name)
        vaes.append(module(own, pocket.with_vae(tmp_path / f"{name}.safetensors")))
    assert vaes[0] is vaes[1]
    assert vaes[2] is not vaes[0]


def test_only_what_is_of_one_size_is_read(
    pocket: ModelRecipe, pocket_refiner: ModelRecipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nodeflow.backends.torch.store.are_equal", None)
    own = TorchBackend("cpu")
    assert module(own, pocket, Part.UNET) is not module(own, pocket_refiner, Part.UNET)
