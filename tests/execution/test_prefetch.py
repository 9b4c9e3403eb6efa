"""Loading ahead: what later nodes need is asked for while a node samples."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from nodeflow.backends.fake import FakeBackend
from nodeflow.document.model import Workflow
from nodeflow.execution.run import RunResult
from nodeflow.execution.runner import Job, ThreadRunner
from nodeflow.values import ModelPart, ModelRecipe

REFINED: dict[str, Any] = {
    "base": ("CheckpointLoader", {"checkpoint": "pocket"}),
    "style": ("LoRALoader", {"model": "@base.model", "lora": "flat"}),
    "prompt": ("TextEncode", {"model": "@base.model", "text": "a pear"}),
    "latent": ("EmptyLatent", {"width": 64, "height": 64}),
    "first": (
        "Sampler",
        {"model": "@base.model", "positive": "@prompt.conditioning", "latent": "@latent.latent", "steps": 2},
    ),
    "second": (
        "Sampler",
        {"model": "@style.model", "positive": "@prompt.conditioning", "latent": "@first.latent", "steps": 2},
    ),
    "decode": ("VAEDecode", {"model": "@base.model", "latent": "@second.latent"}),
}


def test_what_comes_next_is_prepared_and_what_runs_now_is_not(
    run_nodes: Callable[..., RunResult], backend: FakeBackend
) -> None:
    assert run_nodes(REFINED).errors == ()
    assert backend.prepared[:2] == [("pocket", ModelPart.UNET), ("pocket", ModelPart.VAE)]
    assert set(backend.prepared) == {("pocket", ModelPart.UNET), ("pocket", ModelPart.VAE)}


def test_nothing_is_prepared_for_nodes_that_do_not_sample(
    run_nodes: Callable[..., RunResult], backend: FakeBackend
) -> None:
    nodes = {name: REFINED[name] for name in ("base", "prompt")}
    nodes["other"] = ("TextEncode", {"model": "@base.model", "text": "an apple"})
    run_nodes(nodes)
    assert backend.prepared == []


class Slow(FakeBackend):
    """Loads ahead only once everything else is over, and then fails."""

    sampled = threading.Event()

    def sample(self, *args: Any) -> Any:
        found = super().sample(*args)
        if self.calls.count("sample") == 2:
            self.sampled.set()
        return found

    def prepare(self, model: ModelRecipe, part: ModelPart) -> None:
        assert self.sampled.wait(120), "the run waited for what is loaded ahead"
        raise RuntimeError("no room")


@pytest.mark.parametrize("backend", [Slow()])
def test_loading_ahead_holds_nothing_up_and_fails_nothing(
    make_runner: Callable[..., ThreadRunner], make_workflow: Callable[..., Workflow], backend: FakeBackend
) -> None:
    assert make_runner().start(Job(make_workflow(REFINED))).wait(120).errors == ()
