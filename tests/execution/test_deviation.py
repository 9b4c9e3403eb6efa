"""What was really done is what a result is stored under, and all that follows from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from nodeflow.backends import Monitor
from nodeflow.backends.fake import FakeBackend
from nodeflow.cache import ResultCache
from nodeflow.document.model import Workflow
from nodeflow.execution import events
from nodeflow.execution.events import Event
from nodeflow.execution.plan import Plan
from nodeflow.execution.runner import Job, ThreadRunner
from nodeflow.folders import Folders
from nodeflow.keys import key_of
from nodeflow.values import Image, Latent, ModelPart, ModelRecipe

MakeRunner = Callable[..., ThreadRunner]


class Tight(FakeBackend):
    """Runs out of memory when it decodes, if it is told to, and goes on in tiles."""

    tight = True

    def decode(self, model: ModelRecipe, latent: Latent, monitor: Monitor) -> Image:
        if self.tight:
            monitor.deviate(ModelPart.VAE, tile="512")
        return super().decode(model, latent, monitor)


@pytest.fixture
def backend() -> Tight:
    return Tight()


@pytest.fixture
def runner(make_runner: MakeRunner, folders: Folders) -> ThreadRunner:
    runner = make_runner()
    runner.cache = ResultCache(folders.cache / "results", memory_bytes=10**8, disk_bytes=10**9)
    return runner


@pytest.fixture
def job(make_workflow: Callable[..., Workflow]) -> Job:
    """Decoded, encoded and decoded again; the prompt stands apart."""
    model = "@checkpoint.model"
    nodes: dict[str, Any] = {
        "checkpoint": ("CheckpointLoader", {"checkpoint": "pocket"}),
        "latent": ("EmptyLatent", {"width": 64, "height": 64}),
        "prompt": ("TextEncode", {"model": model, "text": "a pear"}),
        "decode": ("VAEDecode", {"model": model, "latent": "@latent.latent"}),
        "encode": ("VAEEncode", {"model": model, "image": "@decode.image"}),
        "twin": ("VAEEncode", {"model": model, "image": "@decode.image"}),
        "prompt end": ("Show", {"value": "@prompt.conditioning"}),
        "end": ("Show", {"value": "@encode.latent"}),
        "twin end": ("Show", {"value": "@twin.latent"}),
    }
    return Job(make_workflow(nodes))


def performed(runner: ThreadRunner, job: Job) -> tuple[Plan, list[Event]]:
    stream: list[Event] = []
    result = runner.start(job).watch(stream.append)
    assert not result.errors
    return runner.plan(job), stream


def started(stream: list[Event]) -> list[str]:
    return [e.node for e in stream if isinstance(e, events.NodeStarted)]


def test_a_deviating_node_and_all_after_it_are_kept_under_other_keys(runner: ThreadRunner, job: Job) -> None:
    plan, _ = performed(runner, job)
    assert runner.cache is not None
    assert plan.keyer is not None
    assert set(plan.cached) == {"prompt", "latent"}
    recipe = plan.keyer.recipes["decode"]
    tiled = key_of({**recipe, "settings": {**recipe["settings"], "tile": "512"}})
    after = plan.keyer.recipes["encode"]
    linked = {**after["inputs"], "image": {"result": tiled, "output": "image"}}
    assert runner.cache.where(tiled) is not None
    assert runner.cache.recipe(tiled) == {**recipe, "settings": {**recipe["settings"], "tile": "512"}}
    assert runner.cache.where(key_of({**after, "inputs": linked})) is not None


def test_what_follows_is_found_again_when_it_deviates_again(runner: ThreadRunner, job: Job) -> None:
    performed(runner, job)
    _, stream = performed(runner, job)
    assert set(started(stream)) == {"decode", "prompt end", "end", "twin end"}
    assert {e.node for e in stream if isinstance(e, events.NodeCached)} == {
        "prompt",
        "latent",
        "encode",
        "twin",
    }


def test_a_run_that_does_as_planned_takes_nothing_from_one_that_did_not(
    runner: ThreadRunner, job: Job, backend: Tight
) -> None:
    performed(runner, job)
    backend.tight = False
    _, stream = performed(runner, job)
    assert {"decode", "encode"} <= set(started(stream))
    assert {"decode", "encode", "twin"} <= set(
        runner.plan(Job(job.workflow, ("decode", "encode", "twin"))).cached
    )


def test_a_plan_that_was_performed_can_be_performed_again(runner: ThreadRunner, job: Job) -> None:
    plan = runner.plan(job)
    assert plan.keyer is not None
    before = dict(plan.keyer.keys), dict(plan.keyer.recipes)
    runner.execute(plan, job).wait(120)
    assert (plan.keyer.keys, plan.keyer.recipes) == before
