import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from nodeflow.errors import MissingFile
from nodeflow.files import Digests
from nodeflow.folders import BUNDLED_MODELS
from nodeflow.models import DiffusersFolder, known_model_digest, model_digest, model_files

PIPELINE = "StableDiffusionXLPipeline"


def make(path: Path, components: str, shared: dict[str, Any] | None = None, **index: Any) -> Path:
    """A checkpoint folder with these components."""
    path.mkdir(parents=True)
    for name in components.split():
        (path / name).mkdir()
        (path / name / "config.json").write_text("{}")
        save_file({"x": np.zeros(1)}, path / name / "model.safetensors")
    entries: dict[str, Any] = {name: ["diffusers", "X"] for name in [*components.split(), *(shared or {})]}
    (path / "model_index.json").write_text(json.dumps({"_class_name": PIPELINE} | entries | index))
    if shared is not None:
        (path / "shared.json").write_text(json.dumps(shared))
    return path


@pytest.fixture
def checkpoints(tmp_path: Path) -> Path:
    return tmp_path / "models" / "checkpoints"


@pytest.mark.parametrize(
    ("components", "index", "expected"),
    [
        ("unet text_encoder text_encoder_2", {}, ("checkpoint", "sdxl")),
        ("unet text_encoder_2", {}, ("refiner", "sdxl-refiner")),
        ("unet text_encoder_2", {"text_encoder": [None, None]}, ("refiner", "sdxl-refiner")),
        (
            "unet text_encoder text_encoder_2",
            {"requires_aesthetics_score": True},
            ("refiner", "sdxl-refiner"),
        ),
        ("unet", {"_class_name": "StableDiffusionPipeline"}, ("checkpoint", "unknown")),
        ("unet", {"_class_name": "StableDiffusion3Pipeline"}, ("checkpoint", "sd3")),
        ("transformer", {"_class_name": "FluxPipeline"}, ("checkpoint", "flux")),
        ("transformer", {"_class_name": "PixArtSigmaPipeline"}, ("checkpoint", "unknown")),
        ("unet", {"_class_name": None}, ("checkpoint", "unknown")),
    ],
)
def test_the_index_tells_base_model_and_refiner_apart(
    checkpoints: Path, components: str, index: dict[str, Any], expected: tuple[str, str]
) -> None:
    seen = DiffusersFolder.read(make(checkpoints / "x", components, **index)).recognise()
    assert (seen.kind, seen.architecture) == expected


@pytest.mark.parametrize(("width", "architecture"), [(768, "sd1"), (1024, "sd2"), ([1], "unknown")])
def test_the_unet_tells_older_models_apart(checkpoints: Path, width: object, architecture: str) -> None:
    path = make(checkpoints / "x", "unet", _class_name="StableDiffusionPipeline")
    (path / "unet" / "config.json").write_text(json.dumps({"cross_attention_dim": width}))
    assert DiffusersFolder.read(path).recognise().architecture == architecture


def test_a_component_without_files_or_weights_is_missing(checkpoints: Path) -> None:
    path = make(checkpoints / "x", "unet vae")
    DiffusersFolder.read(path).check()
    (path / "vae" / "model.safetensors").unlink()
    with pytest.raises(MissingFile, match=r"has no vae.*put the missing files into .*vae"):
        DiffusersFolder.read(path).check()
    shutil.rmtree(path / "vae")
    with pytest.raises(MissingFile, match="has no vae"):
        DiffusersFolder.read(path).check()


def test_pickles_are_no_weights(checkpoints: Path) -> None:
    path = make(checkpoints / "x", "unet vae")
    (path / "vae" / "model.safetensors").rename(path / "vae" / "model.bin")
    with pytest.raises(MissingFile, match=r"vae holds pickles, which are not opened\. Get the \.safetensors"):
        DiffusersFolder.read(path).check()


def test_damaged_weights_are_found(checkpoints: Path) -> None:
    path = make(checkpoints / "x", "unet vae")
    (path / "vae" / "model.safetensors").write_bytes(b"")
    with pytest.raises(MissingFile, match=r"vae/model.safetensors is empty"):
        DiffusersFolder.read(path).check()


@pytest.mark.parametrize("text", ["", "[]", "nonsense", "[" * 100_000, "9" * 5_000, " " * 2**21])
def test_a_damaged_index_is_refused(checkpoints: Path, text: str) -> None:
    path = make(checkpoints / "x", "unet")
    (path / "model_index.json").write_text(text)
    with pytest.raises(MissingFile, match=r"model_index.json is damaged"):
        DiffusersFolder.read(path)


def test_names_in_the_index_that_are_paths_are_no_components(checkpoints: Path) -> None:
    outside: dict[str, Any] = {"../secret": ["diffusers", "X"], "..": ["diffusers", "X"]}
    path = make(checkpoints / "x", "unet", None, **outside)
    assert DiffusersFolder.read(path).components == {"unet": path / "unet"}


def test_a_shared_component_is_taken_from_the_other_folder(checkpoints: Path) -> None:
    make(checkpoints / "base", "unet vae")
    refiner = DiffusersFolder.read(make(checkpoints / "refiner", "unet", shared={"vae": "../base/vae"}))
    refiner.check()
    assert refiner.components["vae"].samefile(checkpoints / "base" / "vae")
    shutil.rmtree(checkpoints / "base")
    with pytest.raises(MissingFile, match="has no vae"):
        DiffusersFolder.read(refiner.path).check()


def test_a_shared_component_may_lie_in_another_folder_of_the_models(checkpoints: Path) -> None:
    make(checkpoints.parent / "vae" / "fixed", "x")
    path = make(checkpoints / "deep" / "er", "unet", shared={"vae": "../../../vae/fixed/x"})
    DiffusersFolder.read(path).check()


@pytest.mark.parametrize(
    "target", ["../../..", "../../../secret", "/etc", "../link", "//server/x", "C:\\x", "a\0b", "", 7, None]
)
def test_a_shared_component_outside_the_models_folder_is_refused(checkpoints: Path, target: object) -> None:
    (checkpoints.parent.parent / "secret").mkdir()
    path = make(checkpoints / "x", "unet", shared={"vae": target})
    (checkpoints / "link").symlink_to(checkpoints.parent.parent / "secret")
    with pytest.raises(MissingFile):
        DiffusersFolder.read(path)


def test_outside_a_models_folder_only_neighbours_are_shared(tmp_path: Path) -> None:
    make(tmp_path / "a" / "base", "vae")
    make(tmp_path / "other", "vae")
    DiffusersFolder.read(make(tmp_path / "a" / "x", "unet", shared={"vae": "../base/vae"})).check()
    with pytest.raises(MissingFile, match="leads outside"):
        DiffusersFolder.read(make(tmp_path / "a" / "y", "unet", shared={"vae": "../../other/vae"}))


def test_the_digest_covers_shared_components_and_nothing_beside_the_components(
    checkpoints: Path, tmp_path: Path
) -> None:
    base = make(checkpoints / "base", "unet vae")
    path = make(checkpoints / "x", "unet", shared={"vae": "../base/vae"})
    digests = Digests(tmp_path / "cache")
    before = model_digest(path, digests)
    (path / "README.md").write_text("read me")
    assert model_digest(path, digests) == before
    (base / "vae" / "config.json").write_text('{"changed": true}')
    assert model_digest(path, digests) != before


def test_sharing_or_copying_makes_no_difference_to_the_digest(checkpoints: Path, tmp_path: Path) -> None:
    base = make(checkpoints / "base", "unet vae")
    shared = make(checkpoints / "shared", "unet", shared={"vae": "../base/vae"})
    copied = shutil.copytree(shared, checkpoints / "copied")
    (copied / "shared.json").unlink()
    shutil.copytree(base / "vae", copied / "vae")
    digests = Digests(tmp_path / "cache")
    assert model_digest(shared, digests) == model_digest(copied, digests)


def test_the_digest_of_a_single_file_is_the_files(tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    save_file({"x": np.zeros(1)}, path)
    digests = Digests(tmp_path / "cache")
    assert known_model_digest(path, digests) is None
    assert model_digest(path, digests) == digests.of(path)


def test_the_bundled_refiner_takes_its_vae_from_the_bundled_base_model() -> None:
    files = model_files(BUNDLED_MODELS / "checkpoints" / "pocket-refiner")
    base = BUNDLED_MODELS / "checkpoints" / "pocket"
    assert files["vae/config.json"].samefile(base / "vae" / "config.json")
