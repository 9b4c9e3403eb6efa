"""What a second run computes: only what changed, counted from the events."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import nodes as builtin
from nodeflow.backends.fake import FakeBackend
from nodeflow.cache import ResultCache
from nodeflow.document.edit import with_input
from nodeflow.document.files import load_workflow
from nodeflow.document.model import Workflow
from nodeflow.execution import events
from nodeflow.execution.plan import Plan
from nodeflow.execution.runner import Job, ThreadRunner
from nodeflow.files import Digests
from nodeflow.folders import BUNDLED_MODELS, Folders
from nodeflow.keys import Keyer, KnownDigests, key_of
from nodeflow.node import Node, node
from nodeflow.node.registry import Registry

Ran = Callable[..., list[str]]


@pytest.fixture
def new_runner(registry: Registry, folders: Folders) -> Callable[..., ThreadRunner]:
    """A runner as a new process would make it: nothing in memory, the same cache folder."""

    def make(*nodes: Node[..., Any]) -> ThreadRunner:
        known = Registry([*nodes, *registry])
        known.add_module(builtin)
        cache = ResultCache(folders.cache / "results", memory_bytes=10**8, disk_bytes=10**9)
        return ThreadRunner(known, folders, FakeBackend(), cache)

    return make


@pytest.fixture
def ran(new_runner: Callable[..., ThreadRunner]) -> Ran:
    """Run a workflow as a new process would, and name the nodes that were computed."""

    def run(workflow: Workflow, *nodes: Node[..., Any], targets: tuple[str, ...] = ()) -> list[str]:
        started: list[str] = []
        job = Job(workflow, targets)
        result = (
            new_runner(*nodes)
            .start(job)
            .watch(
                lambda event: started.append(event.node) if isinstance(event, events.NodeStarted) else None
            )
        )
        assert not result.errors
        return sorted(started)

    return run


@pytest.fixture
def picture() -> Workflow:
    return load_workflow("text_to_image")


EVERYTHING = ["decode", "latent", "negative", "prompt", "sampler", "save"]


def test_a_second_run_in_a_new_process_only_delivers(ran: Ran, picture: Workflow) -> None:
    assert ran(picture) == EVERYTHING
    assert ran(picture) == ["save"]


def test_a_new_seed_never_encodes_text(ran: Ran, picture: Workflow) -> None:
    ran(picture)
    assert ran(with_input(picture, "sampler.seed", 8)) == ["decode", "sampler", "save"]


def test_saying_a_default_changes_nothing(ran: Ran, picture: Workflow) -> None:
    ran(picture)
    assert ran(with_input(picture, "sampler.denoise", 1)) == ["save"]


def test_names_and_grouping_change_nothing(ran: Ran, picture: Workflow) -> None:
    ran(picture)
    body = picture.model_dump(mode="json", by_alias=True, exclude={"layout", "seeds", "extra", "models"})
    renamed = Workflow.model_validate(
        {
            **body,
            "nodes": {
                "all": {"type": "Subgraph", "subgraph": "group", "inputs": {}},
                "keep": {"type": "SaveImage", "inputs": {"image": {"from": "all.image"}}},
            },
            "subgraphs": {
                "group": {
                    "inputs": {},
                    "outputs": {"image": {"from": "decode.image"}},
                    "nodes": {k: v for k, v in body["nodes"].items() if k != "save"},
                }
            },
        }
    )
    assert ran(renamed) == ["keep"]


def lora(workflow: Workflow, **weights: float) -> Workflow:
    """The workflow with a LoRA that holds weights for the UNet alone, used everywhere but in the VAE."""
    nodes = workflow.model_dump(mode="json", by_alias=True)["nodes"]
    nodes["style"] = {
        "type": "LoRALoader",
        "inputs": {"model": {"from": "checkpoint.model"}, "lora": "flat", **weights},
    }
    for name in ("prompt", "negative", "sampler"):
        nodes[name]["inputs"]["model"] = {"from": "style.model"}
    return Workflow.model_validate({"nodes": nodes})


def test_a_lora_on_the_unet_never_encodes_text(ran: Ran, picture: Workflow) -> None:
    ran(picture)
    assert ran(lora(picture)) == ["decode", "sampler", "save"]
    assert ran(lora(picture, unet_weight=0.5)) == ["decode", "sampler", "save"]
    assert ran(lora(picture, text_encoder_weight=0.5, unet_weight=0.5)) == ["save"]


@pytest.fixture
def own_model(folders: Folders, picture: Workflow) -> tuple[Path, Workflow]:
    """A copy of pocket in the user's models folder, and the workflow with it."""
    folder = folders.models[0] / "checkpoints" / "mine"
    shutil.copytree(BUNDLED_MODELS / "checkpoints" / "pocket", folder)
    return folder, with_input(picture, "checkpoint.checkpoint", "mine")


def test_the_same_model_under_another_name_computes_nothing(
    ran: Ran, picture: Workflow, own_model: tuple[Path, Workflow]
) -> None:
    ran(picture)
    assert ran(own_model[1]) == ["save"]


def test_touching_a_model_computes_nothing(ran: Ran, own_model: tuple[Path, Workflow]) -> None:
    folder, workflow = own_model
    ran(workflow)
    for file in folder.rglob("*.safetensors"):
        os.utime(file)
    assert ran(workflow) == ["save"]


def test_another_vae_decodes_again_and_no_more(ran: Ran, own_model: tuple[Path, Workflow]) -> None:
    folder, workflow = own_model
    ran(workflow)
    weights = next((folder / "vae").glob("*.safetensors"))
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    assert ran(workflow) == ["decode", "save"]


def test_a_replaced_picture_counts_and_its_name_does_not(ran: Ran, tmp_path: Path) -> None:
    sketch = load_workflow("image_to_image")
    file = tmp_path / "output" / "sketch.png"
    file.parent.mkdir(exist_ok=True)
    assert sketch.path is not None
    shutil.copy(sketch.path.with_name("sketch.png"), file)
    moved = sketch.at(tmp_path / "w.json")
    assert "sketch" in ran(moved)
    file.rename(file.with_name("renamed.png"))
    assert ran(with_input(moved, "sketch.file", "renamed.png")) == ["save"]
    shutil.copy(Path(__file__).parents[2] / "docs/pictures/text_to_image.png", file)
    assert "sketch" in ran(moved)


def test_equal_nodes_of_one_run_are_computed_once(ran: Ran, make_workflow: Callable[..., Workflow]) -> None:
    calls: list[int] = []

    @node("Slow", category="test", output="number")
    def slow(value: int) -> int:
        """Count calls."""
        calls.append(value)
        return value

    workflow = make_workflow(
        {
            "a": ("Slow", {"value": 1}),
            "b": ("Slow", {"value": 1}),
            "sum": ("Total", {"numbers": ["@a.number", "@b.number"]}),
            "show": ("Show", {"value": "@sum.number"}),
        }
    )
    assert ran(workflow, slow) == ["a", "show", "sum"]
    assert calls == [1]


def test_what_is_gone_since_planning_is_computed_with_all_it_needs(
    new_runner: Callable[..., ThreadRunner], ran: Ran, picture: Workflow, folders: Folders
) -> None:
    ran(picture)
    runner, job = new_runner(), Job(picture, ("decode",))
    plan = runner.plan(job)
    assert plan.order == ("decode",)
    shutil.rmtree(folders.cache / "results")
    result = runner.execute(plan, job).wait(120)
    assert not result.errors
    assert result["decode.image"].size == (128, 128)


def test_planning_reads_no_model(new_runner: Callable[..., ThreadRunner], picture: Workflow) -> None:
    plan: Plan = new_runner().plan(Job(picture))
    assert plan.keyer is not None
    assert plan.keyer.unread
    assert plan.keyer.reasons["decode"].startswith(("not yet read", "needs"))
    assert plan.keyer.keys["latent"] is not None


def test_a_key_is_that_of_its_recipe(folders: Folders, make_graph: Callable[..., Any]) -> None:
    graph = make_graph({"a": ("Add", {"a": 1}), "b": ("Add", {"a": "@a.number", "b": 2})})
    keyer = Keyer(KnownDigests(Digests(folders.cache)), {})
    for name in ("a", "b"):
        keyer.add(graph.nodes[name], {})
    assert keyer.recipes["b"]["inputs"] == {"a": {"result": keyer.keys["a"], "output": "number"}, "b": 2}
    assert keyer.keys["b"] == key_of(keyer.recipes["b"])
