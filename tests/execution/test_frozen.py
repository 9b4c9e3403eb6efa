"""Frozen nodes give the result they keep, or fail: never another one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import nodes as builtin
from nodeflow.backends.fake import FakeBackend
from nodeflow.cache import ResultCache
from nodeflow.document.edit import with_input, with_next_seeds
from nodeflow.document.files import dump_workflow, load_workflow, parse_workflow
from nodeflow.document.model import SeedMode, Workflow
from nodeflow.errors import InvalidWorkflow
from nodeflow.execution import events
from nodeflow.execution.run import RunResult
from nodeflow.execution.runner import Job, ThreadRunner
from nodeflow.folders import Folders
from nodeflow.node.registry import Registry
from ui.document import edits


@pytest.fixture
def new_runner(folders: Folders) -> Iterator[Callable[..., ThreadRunner]]:
    """A runner as a new process on a machine would make it."""

    made: list[ThreadRunner] = []

    def make(cache: Path | None = None) -> ThreadRunner:
        known = Registry()
        known.add_module(builtin)
        kept = ResultCache(cache or folders.cache / "results", memory_bytes=10**8, disk_bytes=10**9)
        made.append(ThreadRunner(known, folders, FakeBackend(), kept))
        return made[-1]

    yield make
    for runner in made:
        runner.close()


Ran = tuple[RunResult, list[str]]


def run(runner: ThreadRunner, workflow: Workflow, *targets: str) -> Ran:
    """The result, and the nodes that began."""
    begun: list[str] = []

    def note(event: events.Event) -> None:
        if isinstance(event, events.NodeStarted):
            begun.append(event.node)

    return runner.start(Job(workflow, targets)).watch(note), begun


@pytest.fixture
def picture() -> Workflow:
    return load_workflow("text_to_image")


@pytest.fixture
def frozen(picture: Workflow, new_runner: Callable[..., ThreadRunner]) -> Workflow:
    """Its sampler is frozen."""
    runner = new_runner()
    run(runner, picture)
    (key,) = runner.freeze(Job(picture), ["sampler"]).result(20).values()
    return edits.set_frozen(picture, {"sampler": key})


def test_a_frozen_result_is_used_whatever_changes_before_it(
    frozen: Workflow, new_runner: Callable[..., ThreadRunner]
) -> None:
    changed = with_input(with_input(frozen, "prompt.text", "a pear"), "sampler.seed", 99)
    result, begun = run(new_runner(), changed)
    assert not result.errors
    assert begun == ["save"]
    told = new_runner().forecast(Job(changed, ("decode",))).result(20)
    assert told.runs == ()


def test_what_follows_it_is_computed_from_it(
    frozen: Workflow, new_runner: Callable[..., ThreadRunner], picture: Workflow
) -> None:
    before = run(new_runner(), picture, "decode")[0]["decode.image"].pixels
    other = with_input(with_input(frozen, "sampler.steps", 3), "negative.text", "blurred")
    again = run(new_runner(), other, "decode")[0]["decode.image"].pixels
    assert (before == again).all()


def test_upstream_may_even_be_broken(frozen: Workflow, new_runner: Callable[..., ThreadRunner]) -> None:
    cut = edits.remove_nodes(frozen, ["prompt", "latent"], specs={}, reconnect=False)
    missing = with_input(cut, "negative.text", "x")
    result, begun = run(new_runner(), missing)
    assert not result.errors
    assert begun == ["save"]


def test_elsewhere_it_is_computed_where_that_gives_the_same(
    frozen: Workflow, new_runner: Callable[..., ThreadRunner], tmp_path: Path
) -> None:
    result, begun = run(new_runner(tmp_path / "elsewhere"), frozen)
    assert not result.errors
    assert "sampler" in begun


def test_elsewhere_it_fails_where_it_would_be_another_picture(
    frozen: Workflow, new_runner: Callable[..., ThreadRunner], tmp_path: Path
) -> None:
    elsewhere = new_runner(tmp_path / "elsewhere")
    changed = with_input(frozen, "prompt.text", "a pear")
    told = elsewhere.forecast(Job(changed))
    (result, _) = run(elsewhere, changed)
    (error,) = result.errors
    assert (error.node, error.input) == ("sampler", None)
    assert error.message.startswith("its frozen result is not at hand")
    assert error.advice is not None
    assert error.advice.startswith("Thaw the node")
    assert result.files == ()
    assert {n.node: n.action for n in told.result(20).nodes}["sampler"] in ("fail", "run")
    known = {n.node: n.action for n in elsewhere.forecast(Job(changed)).result(20).nodes}
    assert known["sampler"] == "fail", "files are read by now"


def test_without_a_cache_nothing_can_be_vouched_for(
    frozen: Workflow, new_runner: Callable[..., ThreadRunner]
) -> None:
    runner = new_runner()
    runner.cache = None
    (error,) = run(runner, frozen)[0].errors
    assert error.node == "sampler"


def test_a_key_of_something_else_fails(frozen: Workflow, new_runner: Callable[..., ThreadRunner]) -> None:
    key = frozen.nodes["sampler"].frozen
    wrong = edits.set_frozen(frozen, {"sampler": None, "decode": key})
    (error,) = run(new_runner(), wrong)[0].errors
    assert (error.node, error.message) == ("decode", "is frozen with a result that is none of VAEDecode")


@pytest.mark.parametrize("name", ["save", "checkpoint"])
def test_what_is_never_kept_cannot_be_frozen(
    name: str, frozen: Workflow, new_runner: Callable[..., ThreadRunner]
) -> None:
    wrong = edits.set_frozen(frozen, {name: frozen.nodes["sampler"].frozen})
    with pytest.raises(InvalidWorkflow, match=r"is frozen, but what .* gives is never kept"):
        new_runner().start(Job(wrong))


def test_only_what_lies_on_disk_is_frozen(picture: Workflow, new_runner: Callable[..., ThreadRunner]) -> None:
    assert new_runner().freeze(Job(picture), ["sampler"]).result(20) == {}
    assert new_runner().freeze(Job(picture), ["checkpoint"]).result(20) == {}


def test_making_room_leaves_frozen_results(
    picture: Workflow, frozen: Workflow, new_runner: Callable[..., ThreadRunner]
) -> None:
    runner = new_runner()
    run(runner, with_input(picture, "sampler.seed", 5))
    assert runner.cache is not None
    before = runner.cache.info().disk_files
    runner.cache.prune(6_000)
    assert runner.cache.info().disk_files < before
    changed = with_input(frozen, "prompt.text", "a pear")
    assert run(new_runner(), changed)[0].errors == ()


def test_its_seed_is_not_drawn_any_more(frozen: Workflow) -> None:
    drawn = frozen.model_copy(update={"seeds": {"sampler.seed": SeedMode.RANDOMIZE}})
    assert with_next_seeds(drawn).nodes["sampler"] == frozen.nodes["sampler"]
    thawed = edits.set_frozen(drawn, {"sampler": None})
    assert with_next_seeds(thawed).nodes["sampler"] != thawed.nodes["sampler"]


def test_the_file_says_it_in_one_word(frozen: Workflow, picture: Workflow) -> None:
    text = dump_workflow(frozen)
    assert f'"frozen": "{frozen.nodes["sampler"].frozen}"' in text
    assert parse_workflow(text).nodes == frozen.nodes
    assert dump_workflow(edits.set_frozen(frozen, {"sampler": None})) == dump_workflow(picture)


def test_another_type_is_not_frozen(frozen: Workflow, new_runner: Callable[..., ThreadRunner]) -> None:
    specs: dict[str, Any] = {node.spec.type: node.spec for node in new_runner().registry}
    other = edits.replace_node(frozen, specs, "sampler", specs["Refiner"])
    assert other.nodes["sampler"].frozen is None


def test_why_says_that_it_is_frozen_and_when_it_was_thawed(
    frozen: Workflow, new_runner: Callable[..., ThreadRunner]
) -> None:
    runner = new_runner()
    changed = with_input(frozen, "sampler.steps", 3)
    told = {n.node: n for n in runner.forecast(Job(changed, ("sampler",))).result(20).nodes}
    assert told["sampler"].why == "it is frozen: its result lies on disk"
    run(runner, changed, "sampler")
    thawed = edits.set_frozen(changed, {"sampler": None})
    told = {n.node: n for n in runner.forecast(Job(thawed, ("sampler",))).result(20).nodes}
    assert told["sampler"].why == "sampler was thawed"
