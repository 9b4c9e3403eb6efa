"""What a second run computes when real pictures are rendered: counted from the events."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch

import nodes as builtin
from nodeflow.backends import Backend
from nodeflow.cache import ResultCache
from nodeflow.document.edit import with_input
from nodeflow.document.files import load_workflow, save_workflow
from nodeflow.document.model import Workflow
from nodeflow.execution import events
from nodeflow.execution.runner import Job, ThreadRunner, load_backend
from nodeflow.folders import BUNDLED_MODELS, Folders
from nodeflow.node.registry import Registry

torch.set_num_threads(1)  # these models are tiny: threads would only wait for each other on a busy machine

Rendered = Callable[[Workflow], list[str]]
EVERYTHING = ["decode", "latent", "negative", "prompt", "sampler", "save"]


@pytest.fixture(scope="module")
def torch_backend() -> Iterator[Backend]:
    backend = load_backend("torch")
    yield backend
    backend.close()


@pytest.fixture
def render(torch_backend: Backend, folders: Folders) -> Rendered:
    """Render a workflow with a cache of its own that outlives the runner, and name what was computed."""
    registry = Registry()
    registry.add_module(builtin)

    def run(workflow: Workflow) -> list[str]:
        cache = ResultCache(folders.cache / "results", memory_bytes=0, disk_bytes=10**9)
        started: list[str] = []

        def note(event: events.Event) -> None:
            if isinstance(event, events.NodeStarted):
                started.append(event.node)

        result = ThreadRunner(registry, folders, torch_backend, cache).start(Job(workflow)).watch(note)
        assert not result.errors
        assert all(path.stat().st_size for path in result.files)
        return sorted(started)

    return run


@pytest.fixture
def picture() -> Workflow:
    """The first example, smaller."""
    workflow = load_workflow("text_to_image")
    for name, value in (("latent.width", 64), ("latent.height", 64), ("sampler.steps", 2)):
        workflow = with_input(workflow, name, value)
    return workflow


def test_a_run_in_a_new_process_computes_nothing_again(
    render: Rendered, picture: Workflow, folders: Folders, tmp_path: Path
) -> None:
    assert render(picture) == EVERYTHING
    file, out = tmp_path / "picture.json", tmp_path / "new"
    save_workflow(picture, file)
    command = [sys.executable, "-m", "nodeflow.cli.main", "run", str(file), "--json", "--out", str(out)]
    own = {**os.environ, "NODEFLOW_CACHE_DIR": str(folders.cache), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=own)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [event["node"] for event in found if event["event"] == "node_started"] == ["save"]
    (first,), (second,) = (folder.rglob("*.png") for folder in (folders.output, out))
    assert first.read_bytes() == second.read_bytes()


def test_changing_the_last_node_runs_only_it(render: Rendered, picture: Workflow) -> None:
    assert render(picture) == EVERYTHING
    assert render(with_input(picture, "save.filename", "other_{counter}")) == ["save"]


def test_a_new_seed_never_encodes_text(render: Rendered, picture: Workflow) -> None:
    render(picture)
    assert render(with_input(picture, "sampler.seed", 8)) == ["decode", "sampler", "save"]


def test_swapping_the_vae_decodes_again_and_no_more(
    render: Rendered, picture: Workflow, folders: Folders
) -> None:
    render(picture)
    own, vae = BUNDLED_MODELS / "checkpoints" / "pocket" / "vae", folders.models[0] / "vae"
    (vae / "soft").mkdir(parents=True)
    shutil.copy(own / "config.json", vae / "soft")
    data = bytearray((own / "diffusion_pytorch_model.safetensors").read_bytes())
    data[-2] ^= 1  # the last weight, by the smallest step
    (vae / "soft.safetensors").write_bytes(data)
    document = picture.model_dump(mode="json", by_alias=True, exclude_unset=True)
    inputs = {"model": {"from": "checkpoint.model"}, "vae": "soft"}
    document["nodes"]["vae"] = {"type": "VAELoader", "inputs": inputs}
    document["nodes"]["decode"]["inputs"]["model"] = {"from": "vae.model"}
    assert render(Workflow.model_validate(document)) == ["decode", "save"]


def test_a_lora_weight_for_the_unet_never_encodes_text(render: Rendered, picture: Workflow) -> None:
    document = picture.model_dump(mode="json", by_alias=True, exclude_unset=True)
    inputs = {"model": {"from": "checkpoint.model"}, "lora": "flat", "unet_weight": 0.5}
    document["nodes"]["style"] = {"type": "LoRALoader", "inputs": inputs}
    for name in ("prompt", "negative", "sampler"):
        document["nodes"][name]["inputs"]["model"] = {"from": "style.model"}
    workflow = Workflow.model_validate(document)
    assert render(workflow) == EVERYTHING
    assert render(with_input(workflow, "style.unet_weight", 1.0)) == ["decode", "sampler", "save"]


@pytest.fixture
def own_model(folders: Folders, picture: Workflow) -> tuple[Path, Workflow]:
    """A copy of pocket in the user's models folder, and the picture with it."""
    folder = folders.models[0] / "checkpoints" / "mine"
    shutil.copytree(BUNDLED_MODELS / "checkpoints" / "pocket", folder)
    return folder, with_input(picture, "checkpoint.checkpoint", "mine")


def test_touching_a_model_runs_nothing(render: Rendered, own_model: tuple[Path, Workflow]) -> None:
    folder, workflow = own_model
    render(workflow)
    for file in folder.rglob("*.safetensors"):
        os.utime(file)
    assert render(workflow) == ["save"]


def test_replacing_a_unet_runs_what_depends_on_it(render: Rendered, own_model: tuple[Path, Workflow]) -> None:
    folder, workflow = own_model
    render(workflow)
    weights = next((folder / "unet").glob("*.safetensors"))
    data = bytearray(weights.read_bytes())
    data[-2] ^= 1  # the last weight, by the smallest step
    replacement = weights.with_name("new")
    replacement.write_bytes(data)
    replacement.replace(weights)
    assert render(workflow) == ["decode", "sampler", "save"]


def test_renaming_and_grouping_nodes_runs_nothing(render: Rendered, picture: Workflow) -> None:
    render(picture)
    document = picture.model_dump(mode="json", by_alias=True, exclude_unset=True, exclude={"layout", "seeds"})
    inner = {name: node for name, node in document["nodes"].items() if name != "save"}
    group = {"inputs": {}, "outputs": {"image": {"from": "decode.image"}}, "nodes": inner}
    keep = {"type": "SaveImage", "inputs": {"image": {"from": "all.image"}}}
    grouped = {"all": {"type": "Subgraph", "subgraph": "group", "inputs": {}}, "keep": keep}
    assert render(Workflow.model_validate({"nodes": grouped, "subgraphs": {"group": group}})) == ["keep"]
