"""Folders exported to ONNX: their manifests, and how catalogue, sizes, keys and plans take them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nodeflow.backends import Backend
from nodeflow.backends.by_model import ByModel
from nodeflow.backends.fake import FakeBackend
from nodeflow.backends.silent import SilentMonitor
from nodeflow.document.model import Workflow
from nodeflow.errors import InvalidWorkflow, MissingFile, NodeFailed
from nodeflow.execution.runner import Job, ThreadRunner
from nodeflow.folders import Folders
from nodeflow.hardware import Part, component_sizes
from nodeflow.models import Architecture, Catalogue, ExportedModel, ModelKind, is_exported, model_files
from nodeflow.models.exported import (
    MANIFEST,
    ExportedNetwork,
    ExportedText,
    ExportedTokenizer,
    ExportedUnet,
    ExportedVae,
    Network,
)
from nodeflow.values import Image, ModelRecipe

PICTURE = Image(np.zeros((1, 64, 64, 3), np.float32))


def network(file: str) -> ExportedNetwork:
    return ExportedNetwork(file, {file: "0" * 64}, 7)


def export(path: Path, kind: str = "base") -> ExportedModel:
    """An exported model whose networks are empty files."""
    refines = kind == "refiner"
    names = [name for name in Network if not (refines and name is Network.TEXT_ENCODER)]
    model = ExportedModel(
        path,
        path.name,
        kind,
        "fp32",
        int8=False,
        merged=["LoRA 'flat'"],
        networks={
            name: ExportedNetwork(f"{name}/model.onnx", {f"{name}/model.onnx": "0" * 64}, 7) for name in names
        },
        tokenizers={Network.TEXT_ENCODER_2: ExportedTokenizer("tokenizer_2", 1, 2, 0)},
        texts={Network.TEXT_ENCODER_2: ExportedText(3, 8)},
        unet=ExportedUnet(4, 8, 16, 2, aesthetics=refines),
        vae=ExportedVae(4, 8, 0.13),
        scheduler={"beta_schedule": "scaled_linear"},
        made_with={"nodeflow": "1"},
    )
    for file in model.files().values():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    (path / MANIFEST).write_text(model.dump(), "utf-8")
    return model


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders.from_environment(
        {"NODEFLOW_MODELS_DIR": str(tmp_path), "NODEFLOW_CACHE_DIR": str(tmp_path / "cache")}
    )


@pytest.fixture
def exported(tmp_path: Path) -> ExportedModel:
    return export(tmp_path / "checkpoints" / "small")


def test_a_manifest_is_read_back_as_it_was_written(exported: ExportedModel) -> None:
    assert ExportedModel.read(exported.path) == exported
    assert is_exported(exported.path)
    assert not is_exported(exported.path.parent)


def test_a_manifest_of_the_first_format_is_read(exported: ExportedModel) -> None:
    file = exported.path / MANIFEST
    file.write_text(json.dumps({**json.loads(file.read_text("utf-8")), "format": 1}), "utf-8")
    assert ExportedModel.read(exported.path) == exported


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda found: found.update(format=99), "of format 99, which this version does not know"),
        (lambda found: found.pop("unet"), "is damaged"),
        (lambda found: found["networks"].update(brain={}), "is damaged"),
        (
            lambda found: found["networks"]["unet"].update(digests={"../../secret": ""}),
            "outside of its folder",
        ),
        (lambda found: found["networks"]["unet"].update(digests={"/secret": ""}), "outside of its folder"),
    ],
)
def test_a_wrong_manifest_is_refused(
    exported: ExportedModel, change: Callable[[dict[str, Any]], Any], said: str
) -> None:
    file = exported.path / MANIFEST
    document = json.loads(file.read_text("utf-8"))
    change(document)
    file.write_text(json.dumps(document), "utf-8")
    with pytest.raises(MissingFile, match=said) as caught:
        ExportedModel.read(exported.path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "[]", "{", "null", '{"format": 1}', "9" * 2_000_000])
def test_what_is_no_manifest_is_refused(exported: ExportedModel, text: str) -> None:
    (exported.path / MANIFEST).write_text(text, "utf-8")
    with pytest.raises(MissingFile, match="is damaged"):
        ExportedModel.read(exported.path)


def test_the_catalogue_lists_it_by_what_the_manifest_says(folders: Folders, tmp_path: Path) -> None:
    export(tmp_path / "checkpoints" / "small")
    export(tmp_path / "checkpoints" / "finer", "refiner")
    found = {entry.name: entry for entry in Catalogue(folders).entries() if not entry.bundled}
    assert (found["small"].kind, found["small"].architecture) == (ModelKind.CHECKPOINT, Architecture.SDXL)
    assert found["finer"].kind is ModelKind.REFINER


def test_a_missing_file_is_named(folders: Folders, exported: ExportedModel) -> None:
    (exported.path / "unet" / "model.onnx").unlink()
    with pytest.raises(MissingFile, match=r"has no unet/model\.onnx\. Export it again"):
        Catalogue(folders).find("small", ModelKind.CHECKPOINT)


def test_its_files_and_sizes_are_known_without_reading_weights(exported: ExportedModel) -> None:
    assert {"unet/model.onnx", "tokenizer_2/vocab.json", MANIFEST} <= set(model_files(exported.path))
    sizes = {size.part: size.parameters for size in component_sizes(exported.path)}
    assert sizes == {Part.TEXT_ENCODER: 7, Part.TEXT_ENCODER_2: 7, Part.UNET: 7, Part.VAE: 14}


def workflow(**sampler: Any) -> Workflow:
    def wire(name: str) -> dict[str, str]:
        return {"from": name}

    model = wire("loader.model")
    nodes = {
        "loader": ("CheckpointLoader", {"checkpoint": "small"}),
        "lora": ("LoRALoader", {"model": model, "lora": "flat"}),
        "prompt": ("TextEncode", {"model": model, "text": "a cat"}),
        "empty": ("EmptyLatent", {}),
        "sampler": (
            "Sampler",
            {
                "model": model,
                "positive": wire("prompt.conditioning"),
                "latent": wire("empty.latent"),
                **sampler,
            },
        ),
    }
    written = {name: {"type": type_, "inputs": inputs} for name, (type_, inputs) in nodes.items()}
    return Workflow.model_validate({"nodes": written})


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"scheduler": "heun"}, r"^sampler\.scheduler: the scheduler 'heun' cannot be had"),
        ({"model": {"from": "lora.model"}}, r"^sampler\.model: the LoRA 'flat' cannot be applied"),
    ],
)
def test_what_it_cannot_do_is_said_while_planning(
    folders: Folders, exported: ExportedModel, changed: dict[str, Any], said: str
) -> None:
    runner = ThreadRunner(folders=folders, backend=FakeBackend())
    with pytest.raises(InvalidWorkflow) as caught:
        runner.plan(Job(workflow(**changed), ("sampler",)))
    (problem,) = caught.value.problems
    assert re.search(said, str(problem))


def test_a_plan_says_that_onnx_runtime_computes(folders: Folders, exported: ExportedModel) -> None:
    runner = ThreadRunner.standard()
    runner.folders = folders
    plan = runner.plan(Job(workflow(), ("sampler",)), lambda *_: None)
    assert plan.keyer is not None
    settings = plan.keyer.recipes["sampler"]["settings"]
    assert (settings["backend"], settings["device"]) == ("onnx", "cpu")
    runner.close()


def test_each_call_goes_to_the_backend_of_its_model(exported: ExportedModel, tmp_path: Path) -> None:
    backends: dict[str, FakeBackend] = {}

    def load(name: str) -> Backend:
        return backends.setdefault(name, FakeBackend())

    both = ByModel("usual", load)
    latent = FakeBackend().encode_image(ModelRecipe("x", tmp_path), PICTURE, SilentMonitor())
    both.decode(ModelRecipe("small", exported.path), latent, SilentMonitor())
    assert set(backends) == {"onnx"}
    both.decode(ModelRecipe("other", tmp_path), latent, SilentMonitor())
    assert [backend.calls for backend in backends.values()] == [["decode"], ["decode"]]
    both.close()
    assert [backend.closed for backend in backends.values()] == [1, 1]


def test_without_torch_other_models_are_refused_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nodeflow.backends.by_model.find_spec", lambda _: None)
    with pytest.raises(NodeFailed, match=r"'pocket' needs torch, .*pip install.*convert --to onnx") as caught:
        ByModel("torch", lambda _: FakeBackend()).encode_image(
            ModelRecipe("pocket", tmp_path), PICTURE, SilentMonitor()
        )
    assert caught.value.input == "model"
