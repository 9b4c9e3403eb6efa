"""Models of the hub: found where they were downloaded, and downloaded from a hub on this machine."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from huggingface_hub import constants

from nodeflow.errors import MissingFile, UsageError
from nodeflow.folders import BUNDLED_MODELS, Folders
from nodeflow.models import Catalogue, ModelKind
from nodeflow.models.hub import all_downloaded, downloaded, hub_cache, is_hub_id
from nodeflow.models.hub_download import download, needed_files, plan_download
from tests.models.hub_server import COMMIT, Hub, serving

NAME = "somebody/small-sdxl"


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    other = tmp_path / "other"
    folders = Folders(other, other, other, other, other, models=(tmp_path / "models",))
    return Catalogue(folders)


@pytest.fixture
def in_cache() -> Path:
    """The bundled model, as the hub's programs would have left it in their cache."""
    folder = hub_cache() / "models--somebody--small-sdxl"
    (folder / "refs").mkdir(parents=True)
    (folder / "refs" / "main").write_text(COMMIT)
    return Path(shutil.copytree(BUNDLED_MODELS / "checkpoints" / "pocket", folder / "snapshots" / COMMIT))


def test_a_downloaded_model_is_found_by_its_id_without_the_network(
    catalogue: Catalogue, in_cache: Path
) -> None:
    entry = catalogue.find(NAME, ModelKind.CHECKPOINT)
    assert (entry.name, entry.path, entry.architecture) == (NAME, in_cache, "sdxl")
    assert [one.name for one in catalogue.entries(ModelKind.CHECKPOINT)] == [NAME]
    assert list(all_downloaded()) == [(NAME, in_cache)]


def test_one_that_is_not_here_says_how_to_get_it(catalogue: Catalogue) -> None:
    with pytest.raises(MissingFile) as caught:
        catalogue.find(NAME, ModelKind.CHECKPOINT)
    assert caught.value.advice == f"`nodeflow download {NAME}` gets it from the Hugging Face Hub"


def test_an_unfinished_download_is_told(catalogue: Catalogue, in_cache: Path) -> None:
    (in_cache / "vae" / "diffusion_pytorch_model.safetensors").unlink()
    with pytest.raises(MissingFile, match="has no vae"):
        catalogue.find(NAME, ModelKind.CHECKPOINT)
    (in_cache / "model_index.json").unlink()
    assert downloaded(NAME) is None


@pytest.mark.parametrize("name", ["a", "a/b/c", "../b", "a/..", "/a", "a/b.safetensors", "a b/c", "", "a/-b"])
def test_what_is_no_id_is_not_looked_for(name: str) -> None:
    assert not is_hub_id(name)
    assert downloaded(name) is None


def test_a_reference_that_leads_elsewhere_is_not_followed(in_cache: Path) -> None:
    (in_cache.parents[1] / "refs" / "main").write_text("../../../../etc")
    assert downloaded(NAME) is None


def test_the_cache_is_where_the_hubs_programs_have_it(tmp_path: Path) -> None:
    assert hub_cache({"HF_HUB_CACHE": str(tmp_path), "HF_HOME": "/no"}) == tmp_path
    assert hub_cache({"HF_HOME": str(tmp_path)}) == tmp_path / "hub"
    assert hub_cache({"XDG_CACHE_HOME": str(tmp_path)}) == tmp_path / "huggingface" / "hub"


FILES = [
    *("model_index.json", "README.md", "sd_xl.safetensors", "unet/config.json", "unet/model.onnx"),
    *("unet/diffusion_pytorch_model.safetensors", "unet/diffusion_pytorch_model.fp16.safetensors"),
    *("unet/diffusion_pytorch_model.bin", "vae/config.json", "vae/diffusion_pytorch_model.safetensors"),
    *("tokenizer/vocab.json", "tokenizer/merges.txt", "safety_checker/model.safetensors", "vae_1_0/x/y.json"),
]


def test_only_what_is_loaded_is_downloaded() -> None:
    weights = "unet/diffusion_pytorch_model{}.safetensors"
    rest = {"model_index.json", "unet/config.json", "vae/config.json", "tokenizer/merges.txt"}
    rest |= {"tokenizer/vocab.json", "vae/diffusion_pytorch_model.safetensors"}
    assert set(needed_files(NAME, FILES)) == {*rest, weights.format("")}
    assert set(needed_files(NAME, FILES, "fp16")) == {*rest, weights.format(".fp16")}


def test_pickles_are_not_downloaded() -> None:
    without = [file for file in FILES if not file.startswith("unet/diff") or file.endswith(".bin")]
    with pytest.raises(MissingFile, match="has the unet only as a pickle"):
        needed_files(NAME, without)
    with pytest.raises(MissingFile, match="not in diffusers' layout"):
        needed_files(NAME, ["sd_xl.safetensors"])


@pytest.fixture
def online(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let huggingface_hub ask, and keep what it gets in the test's cache."""
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(hub_cache()))


@pytest.fixture
def hub() -> Iterator[Hub]:
    files = {
        "model_index.json": json.dumps({"_class_name": "StableDiffusionXLPipeline"}).encode(),
        "unet/config.json": b"{}",
        "unet/diffusion_pytorch_model.safetensors": os.urandom(21 * 2**20),
        "unet/diffusion_pytorch_model.bin": b"pickle",
    }
    with serving(NAME, files) as server:
        yield server


@pytest.mark.usefixtures("online")
def test_its_size_is_told_before_and_what_was_cut_off_goes_on(hub: Hub) -> None:
    wanted = plan_download(NAME, endpoint=hub.address)
    total = sum(len(data) for name, data in hub.files.items() if not name.endswith(".bin"))
    assert (wanted.nbytes, wanted.missing) == (total, total)
    assert hub.served == 0
    hub.breaks_after = 12 * 2**20
    told: list[tuple[int, int]] = []
    folder = download(wanted, lambda *step: told.append(step), endpoint=hub.address)
    assert hub.ranges == ["bytes=10485760-"]
    assert hub.served < 1.2 * total
    assert told == sorted(told)
    assert told[-1] == (total, total)
    name = "unet/diffusion_pytorch_model.safetensors"
    assert (folder / name).read_bytes() == hub.files[name]
    assert not (folder / "unet/diffusion_pytorch_model.bin").exists()
    assert downloaded(NAME) == folder
    assert plan_download(NAME, endpoint=hub.address).missing == 0


@pytest.mark.usefixtures("online")
def test_what_would_fill_the_disk_is_refused_before(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = plan_download(NAME, endpoint=hub.address)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=10**6))
    with pytest.raises(MissingFile, match=r"takes 0\.0 GB, and only 0\.0 GB are free"):
        download(wanted, lambda *_: None, endpoint=hub.address)
    assert hub.served == 0


@pytest.mark.usefixtures("online")
def test_what_fails_is_one_line(hub: Hub) -> None:
    with pytest.raises(MissingFile, match="the hub has no model nobody/nothing"):
        plan_download("nobody/nothing", endpoint=hub.address)
    with pytest.raises(MissingFile, match="could not be downloaded") as caught:
        plan_download(NAME, endpoint="http://127.0.0.1:9")
    assert "try again" in str(caught.value.advice)


def test_nothing_is_asked_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(UsageError, match="HF_HUB_OFFLINE is set"):
        plan_download(NAME, endpoint="http://127.0.0.1:9")
    with pytest.raises(UsageError, match="no model of the hub"):
        plan_download("nonsense")
