"""Reasons: what changed since the last run, followed to its roots, and what work of a shape takes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nodeflow.cache import ResultCache
from nodeflow.document.edit import with_input
from nodeflow.document.files import load_workflow
from nodeflow.document.model import Workflow
from nodeflow.execution.runner import Job, ThreadRunner
from nodeflow.execution.why import Reason, reasons
from nodeflow.folders import BUNDLED_MODELS, Folders
from nodeflow.node import Node, NodeKind, node

MakeRunner = Callable[..., ThreadRunner]


class Lab:
    """Runs and explains workflows, each time as a new program would."""

    def __init__(self, make_runner: MakeRunner, folders: Folders) -> None:
        self._make_runner = make_runner
        self._folders = folders

    def runner(self, *nodes: Node[..., Any]) -> ThreadRunner:
        runner = self._make_runner(*nodes)
        runner.cache = ResultCache(self._folders.cache / "results", memory_bytes=10**8, disk_bytes=10**9)
        return runner

    def run(self, workflow: Workflow, *nodes: Node[..., Any]) -> None:
        self.runner(*nodes).start(Job(workflow)).wait(120)

    def reasons(self, workflow: Workflow, *nodes: Node[..., Any]) -> dict[str, Reason]:
        runner = self.runner(*nodes)
        return reasons(runner.plan(Job(workflow)), runner.history(workflow).past())

    def texts(self, workflow: Workflow, name: str, *nodes: Node[..., Any]) -> list[str]:
        return [cause.text for cause in self.reasons(workflow, *nodes)[name].causes]


@pytest.fixture
def lab(make_runner: MakeRunner, folders: Folders) -> Lab:
    return Lab(make_runner, folders)


@pytest.fixture
def own(folders: Folders, tmp_path: Path) -> Workflow:
    """A workflow with models of its own, which a test may change."""
    models = folders.models[0]
    shutil.copytree(BUNDLED_MODELS / "checkpoints" / "pocket", models / "checkpoints" / "mine")
    (models / "loras").mkdir()
    [lora] = (BUNDLED_MODELS / "loras").glob("flat*.safetensors")
    shutil.copy(lora, models / "loras" / "own.safetensors")
    for file in models.rglob("*"):
        os.utime(file, (1e9, 1e9))  # what was written just now is never remembered as read
    document = load_workflow("text_to_image").model_dump(mode="json", by_alias=True)
    nodes = document["nodes"]
    nodes["checkpoint"]["inputs"]["checkpoint"] = "mine"
    style = {"model": {"from": "checkpoint.model"}, "lora": "own", "unet_weight": 1.0}
    nodes["style"] = {"type": "LoRALoader", "inputs": style}
    for name in ("prompt", "sampler"):
        nodes[name]["inputs"]["model"] = {"from": "style.model"}
    return Workflow.model_validate({"nodes": nodes}).at(tmp_path / "own.json")


def change_last_byte(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    os.utime(file, (1e9 + 5, 1e9 + 5))


def test_what_never_ran_says_so_and_what_ran_is_at_hand(lab: Lab, own: Workflow) -> None:
    before = lab.reasons(own)
    assert before["latent"] == Reason("run", before["latent"].causes)
    assert lab.texts(own, "latent") == ["it has not run before in this workflow"]
    assert before["checkpoint"].action == "be evaluated"
    [unread] = lab.texts(own, "prompt")
    assert unread.startswith("not yet read: ")
    [follows] = lab.texts(own, "decode")
    assert "not yet read" in follows
    lab.run(own)
    assert lab.texts(own, "decode") == ["nothing changed: its result lies on disk"]
    assert lab.texts(own, "save") == ["it delivers, every time"]


@pytest.mark.parametrize(
    ("place", "value", "node_name"),
    [
        ("sampler.seed", 99, "sampler"),
        ("sampler.seed", 99, "decode"),
        ("prompt.text", "a pear", "decode"),
        ("style.unet_weight", 0.5, "decode"),
        ("latent.width", 64, "sampler"),
        ("sampler.scheduler", "heun", "decode"),
    ],
)
def test_a_changed_literal_is_named_by_all_that_depends_on_it(
    lab: Lab, own: Workflow, place: str, value: Any, node_name: str
) -> None:
    lab.run(own)
    [text] = lab.texts(with_input(own, place, value), node_name)
    assert text.startswith(f"{place} changed: ")
    assert text.endswith(f" → {value!r}")


def test_nodes_that_do_not_depend_on_it_are_at_hand(lab: Lab, own: Workflow) -> None:
    lab.run(own)
    found = lab.reasons(with_input(own, "sampler.seed", 99))
    assert {name: reason.action for name, reason in found.items() if name not in ("checkpoint", "style")} == {
        "latent": "be fetched",
        "prompt": "be fetched",
        "negative": "be fetched",
        "sampler": "run",
        "decode": "run",
        "save": "run",
    }


def test_several_roots_are_all_named_once(lab: Lab, own: Workflow) -> None:
    lab.run(own)
    both = with_input(with_input(own, "sampler.seed", 99), "prompt.text", "b")
    found = [cause.input for cause in lab.reasons(both)["decode"].causes]
    assert sorted(map(str, found)) == ["seed", "text"]


def test_a_replaced_vae_concerns_decoding_alone(lab: Lab, own: Workflow, folders: Folders) -> None:
    lab.run(own)
    [vae] = (folders.models[0] / "checkpoints/mine/vae").glob("*.safetensors")
    change_last_byte(vae)
    [unread] = lab.texts(own, "decode")
    assert unread.startswith("not yet read: ")
    runner = lab.runner()
    plan = runner.plan(Job(own), lambda done, total: None)
    found = reasons(plan, runner.history(own).past())
    assert [c.text for c in found["decode"].causes] == ["decode.model: the files of the model were replaced"]
    assert found["sampler"].action == "be fetched"
    assert found["prompt"].action == "be skipped"


def test_a_replaced_lora_is_named(lab: Lab, own: Workflow, folders: Folders) -> None:
    lab.run(own)
    change_last_byte(folders.models[0] / "loras/own.safetensors")
    runner = lab.runner()
    plan = runner.plan(Job(own), lambda done, total: None)
    [cause] = reasons(plan, runner.history(own).past())["decode"].causes
    assert cause.text == "sampler.model: the file of a LoRA was replaced"


def test_another_link_is_named(lab: Lab, own: Workflow) -> None:
    lab.run(own)
    other = with_input(own, "sampler.positive", {"from": "negative.conditioning"})
    assert lab.texts(other, "decode") == [
        "sampler.positive is linked to negative.conditioning now, not to prompt.conditioning"
    ]


def test_a_result_that_was_removed_is_missed(lab: Lab, own: Workflow, folders: Folders) -> None:
    lab.run(own)
    shutil.rmtree(folders.cache / "results")
    assert lab.texts(own, "sampler") == ["its result is no longer in the cache"]


def test_another_setting_is_named(lab: Lab, own: Workflow) -> None:
    lab.run(own)
    runner = lab.runner()
    past = runner.history(own).past()
    old = past["decode"]
    assert old.recipe is not None
    settings = {**old.recipe["settings"], "device": "cuda"}
    past["decode"] = type(old)("decode", "computed", old.said, "other", {**old.recipe, "settings": settings})
    # As it lies on disk, ask for a plan that does not look there.
    runner.cache = ResultCache(None, memory_bytes=10**6, disk_bytes=0)
    text = reasons(runner.plan(Job(own)), past)["decode"].causes[0].text
    assert text == "decode computes with another device: 'cuda' → 'cpu'"


def counting(revision: int, *, fail: bool = False) -> Node[..., Any]:
    @node("Count", category="test", revision=revision, output="number")
    def count(value: int) -> int:
        """Give a number."""
        if fail:
            raise ValueError("no luck")
        return value

    return count


@pytest.fixture
def small(make_workflow: Callable[..., Workflow]) -> Workflow:
    return make_workflow({"c": ("Count", {"value": 1}), "end": ("Add", {"a": "@c.number"})})


def test_another_revision_is_named(lab: Lab, small: Workflow) -> None:
    lab.run(small, counting(1))
    text = "c computes otherwise since the last run: revision 1 → 2"
    assert lab.texts(small, "end", counting(2)) == [text]


def test_a_failure_is_remembered(lab: Lab, small: Workflow) -> None:
    lab.run(small, counting(1, fail=True))
    assert lab.texts(small, "c", counting(1)) == ["it failed in the last run"]
    assert lab.texts(small, "end", counting(1)) == ["the last run ended before it"]


def test_reasons_follow_a_long_chain_without_recursion(
    lab: Lab, make_workflow: Callable[..., Workflow]
) -> None:
    def chain(first: int) -> Workflow:
        nodes: dict[str, Any] = {"n0": ("Add", {"a": first})}
        nodes |= {f"n{i}": ("Add", {"a": f"@n{i - 1}.number"}) for i in range(1, 1500)}
        return make_workflow(nodes)

    lab.run(chain(1))
    assert lab.texts(chain(2), "n1499") == ["n0.a changed: 1 → 2"]


def test_sinks_that_feed_others_are_the_reason(lab: Lab, make_workflow: Callable[..., Workflow]) -> None:
    @node("Tee", category="test", kind=NodeKind.SINK, output="number")
    def tee(value: int) -> int:
        return value

    nodes = {
        "t": ("Tee", {"value": 1}),
        "a": ("Add", {"a": "@t.number"}),
        "s": ("Show", {"value": "@a.number"}),
    }
    workflow = make_workflow(nodes)
    lab.run(workflow, tee)
    assert lab.texts(workflow, "a", tee) == ["t: it delivers, every time"]


def test_times_of_another_seed_and_prompt_are_predicted(lab: Lab, own: Workflow) -> None:
    runner = lab.runner()
    assert runner.history(own).predicted_seconds(runner.plan(Job(own))) == {}
    lab.run(own)
    other = with_input(with_input(own, "sampler.seed", 99), "prompt.text", "b")
    runner = lab.runner()
    found = runner.history(other).predicted_seconds(runner.plan(Job(other)))
    assert set(found) == {"prompt", "sampler", "decode", "save"}
    assert all(0 < seconds < 5 for seconds in found.values())
    longer = runner.plan(Job(with_input(other, "sampler.steps", 50)))
    assert set(runner.history(other).predicted_seconds(longer)) == {"prompt"}


def test_without_keys_nothing_is_remembered_or_predicted(make_runner: MakeRunner, small: Workflow) -> None:
    runner = make_runner(counting(1))
    plan = runner.plan(Job(small))
    runner.execute(plan, Job(small)).wait(120)
    assert runner.history(small).past() == {}
    assert runner.history(small).predicted_seconds(plan) == {}
    [cause] = reasons(plan, {})["c"].causes
    assert cause.text == "nothing is kept or fetched in this run"
