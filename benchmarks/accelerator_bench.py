"""How `benchmarks.accelerator` makes pictures: whole runs of a workflow, as `nodeflow run` makes them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch

import nodes
from nodeflow.backends.torch import TorchBackend
from nodeflow.document.edit import with_input
from nodeflow.document.files import load_workflow
from nodeflow.execution.run import RunResult
from nodeflow.execution.runner import Job, ThreadRunner
from nodeflow.folders import Folders
from nodeflow.hardware import Arrangement, HardwareProfile, Placement, Request, Wishes
from nodeflow.node.registry import Registry
from nodeflow.values import ModelRecipe

PROMPT, NEGATIVE, SEED, GUIDANCE = "a panda", "blurry, low quality", 7, 2.0
TINY, FULL = "tiny", "full"

Pixels = np.ndarray[Any, np.dtype[np.float32]]


@dataclass(frozen=True)
class Wanted:
    """A picture to make.

    Attributes:
        model: A checkpoint's name.
        size: Of its sides, in pixels.
        steps: Of sampling.
        scheduler: The solver's name.
    """

    model: str = TINY
    size: int = 128
    steps: int = 4
    scheduler: str = "euler"


class Made(NamedTuple):
    """A finished run, the seconds that it took, and what it had to say."""

    result: RunResult
    seconds: float

    @property
    def pixels(self) -> Pixels:
        """The picture, 0…255, shape (height, width, 3)."""
        pixels: Pixels = self.result["decode.image"].pixels[0] * 255
        return pixels


@dataclass(frozen=True)
class Bench:
    """What pictures are made with.

    Attributes:
        models: The folder of models.
        device: What is measured, as torch calls it.
        full: The checkpoint that stands for the one of full size.
        full_size: Sides of its pictures, in pixels.
    """

    models: Path
    device: str
    full: str = FULL
    full_size: int = 1024

    @property
    def on_cuda(self) -> bool:
        """Whether that is a card of which memory can be capped and measured."""
        return self.device.startswith("cuda")

    def recipe(self, name: str) -> ModelRecipe:
        """A model by its name."""
        return ModelRecipe(name, self.models / "checkpoints" / name)

    def make(
        self,
        wanted: Wanted,
        wishes: Wishes,
        backend: TorchBackend,
        *,
        profile: HardwareProfile | None = None,
        target: str = "decode",
    ) -> Made:
        """Make a picture.

        Args:
            wanted: What.
            wishes: How.
            backend: Keeps the model in memory between pictures.
            profile: The machine; None: this one, with the memory that is free now.
            target: The node to run to.

        Raises:
            NodeflowError: If a node fails.
        """
        folders = replace(Folders.from_environment(), models=(self.models,))
        runner = ThreadRunner(_registry(), folders, backend, None, wishes, profile)
        began = time.perf_counter()
        run = runner.start(Job(_workflow(wanted), targets=(target,)))
        try:
            for _ in run:
                pass
        finally:
            run.cancel()  # only counts where this was cut short
        result = run.wait()
        if result.errors:
            raise result.errors[0]
        return Made(result, time.perf_counter() - began)

    def placement(self, wanted: Wanted, wishes: Wishes, profile: HardwareProfile) -> Placement:
        """Where and how the parts of a picture's model are placed."""
        request = Request(wanted.size, wanted.size)
        return Arrangement(profile, wishes, request).placement(self.recipe(wanted.model))


@cache
def _registry() -> Registry:
    """The installed nodes; in a source tree that is not installed, those of the program."""
    registry = Registry.installed()
    if registry.get("CheckpointLoader") is None:
        registry.add_module(nodes)
    return registry


def _workflow(wanted: Wanted) -> Any:
    workflow = load_workflow("text_to_image")
    values: Mapping[str, Any] = {
        "checkpoint.checkpoint": wanted.model,
        "prompt.text": PROMPT,
        "negative.text": NEGATIVE,
        "latent.width": wanted.size,
        "latent.height": wanted.size,
        "sampler.seed": SEED,
        "sampler.steps": wanted.steps,
        "sampler.guidance_scale": GUIDANCE,
        "sampler.scheduler": wanted.scheduler,
    }
    for path, value in values.items():
        workflow = with_input(workflow, path, value)
    return workflow


def difference(pixels: Pixels, reference: Pixels) -> tuple[str, str]:
    """The largest and the mean difference, of 255; or that there are values that are no numbers."""
    if not np.isfinite(pixels).all():
        return "not finite", "not finite"
    error = np.abs(pixels - reference)
    return f"{error.max():.2f}", f"{error.mean():.4f}"


def synchronize(device: str) -> None:
    """Wait until a device has done what it was given."""
    if device != "cpu":
        torch.get_device_module(device).synchronize()
