"""Two branches with LoRA stacks of their own: one UNet; one is finished while the next is sampled."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch

import nodes as builtin
from nodeflow.backends.torch import TorchBackend
from nodeflow.backends.torch.store import ModelStore
from nodeflow.document.model import Workflow
from nodeflow.execution import events
from nodeflow.execution.run import RunResult
from nodeflow.execution.runner import Job, ThreadRunner
from nodeflow.folders import Folders
from nodeflow.hardware import Part
from nodeflow.node.registry import Registry

torch.set_num_threads(1)  # these models are tiny: threads would only wait for each other on a busy machine


@pytest.fixture
def store() -> ModelStore:
    return ModelStore()


@pytest.fixture
def runner(store: ModelStore, folders: Folders) -> Iterator[ThreadRunner]:
    registry = Registry()
    registry.add_module(builtin)
    runner = ThreadRunner(registry, folders, TorchBackend("cpu", store))
    yield runner
    runner.close()


def link(source: str) -> dict[str, str]:
    return {"from": source}


def branch(name: str, lora: str, seed: int) -> dict[str, Any]:
    """A picture with a LoRA of its own."""
    sampling = {"model": link(f"{name}_style.model"), "positive": link("prompt.conditioning"), "seed": seed}
    decoding = {"model": link("checkpoint.model"), "latent": link(f"{name}_sampler.latent")}
    style = {"model": link("checkpoint.model"), "lora": lora}
    return {
        f"{name}_style": {"type": "LoRALoader", "inputs": style},
        f"{name}_sampler": {
            "type": "Sampler",
            "inputs": {**sampling, "latent": link("latent.latent"), "steps": 8},
        },
        f"{name}_decode": {"type": "VAEDecode", "inputs": decoding},
        f"{name}_save": {"type": "SaveImage", "inputs": {"image": link(f"{name}_decode.image")}},
    }


BRANCHES = {"one": branch("one", "flat", 1), "two": branch("two", "high-contrast", 2)}


def workflow(*names: str) -> Workflow:
    shared = {
        "checkpoint": {"type": "CheckpointLoader", "inputs": {"checkpoint": "pocket"}},
        "prompt": {
            "type": "TextEncode",
            "inputs": {"model": link("checkpoint.model"), "text": "a red apple"},
        },
        "latent": {"type": "EmptyLatent", "inputs": {"width": 128, "height": 128}},
    }
    branches = {name: node for each in names for name, node in BRANCHES[each].items()}
    return Workflow.model_validate({"nodes": shared | branches})


def run(runner: ThreadRunner, *names: str) -> tuple[RunResult, dict[str, tuple[float, float]]]:
    """Run branches; also when each node began and ended."""
    spans: dict[str, tuple[float, float]] = {}

    def note(event: events.Event) -> None:
        now = time.monotonic()
        if isinstance(event, events.NodeStarted):
            spans[event.node] = now, now
        elif isinstance(event, events.NodeFinished):
            spans[event.node] = spans[event.node][0], now

    targets = tuple(f"{name}_{node}" for name in names for node in ("decode", "save"))
    result = runner.start(Job(workflow(*names), targets)).watch(note)
    assert not result.errors
    return result, spans


def test_branches_share_a_unet_overlap_and_equal_separate_runs(
    runner: ThreadRunner, store: ModelStore
) -> None:
    alone = {name: run(runner, name)[0] for name in BRANCHES}
    both, spans = run(runner, *BRANCHES)
    for name, single in alone.items():
        picture = f"{name}_decode.image"
        assert np.array_equal(both[picture].pixels, single[picture].pixels)
    assert not np.array_equal(both["one_decode.image"].pixels, both["two_decode.image"].pixels)

    sampling = spans["two_sampler"]
    for name in ("one_decode", "one_save"):
        began, ended = spans[name]
        assert sampling[0] < ended, f"{name} was over before the second picture was begun"
        assert began < sampling[1], f"{name} waited for the second picture"
    assert [need.part for need in store.held()].count(Part.UNET) == 1
