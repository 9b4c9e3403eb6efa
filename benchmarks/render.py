"""Rendering with nodeflow against the plain diffusers pipeline: same process, same weights, same picture.

    python -m benchmarks.render [--rounds 15] [--steps 20] [--threads 1]

The two take turns, so that whatever else the machine does meets both, and use the very same modules: where
in memory the weights happen to lie makes one copy of a pipeline up to 8 % slower than another. Prints the
median of each and the ratio of the medians, by the clock and in processor time, and fails if the pictures
differ. On a busy machine only processor time with one thread says anything.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

import diffusers
import numpy as np
import torch

from nodeflow.backends.torch import TorchBackend
from nodeflow.document.edit import with_input
from nodeflow.document.files import load_workflow
from nodeflow.execution.runner import Job, ThreadRunner
from nodeflow.folders import BUNDLED_MODELS
from nodeflow.hardware import Part
from nodeflow.values import ModelRecipe

CHECKPOINT: Path = BUNDLED_MODELS / "checkpoints" / "pocket"
PROMPT, NEGATIVE, SIZE, SEED, GUIDANCE = "a panda", "blurry, low quality", 128, 7, 5.0

Pixels = np.ndarray[Any, np.dtype[np.uint8]]


def make_nodeflow(backend: TorchBackend, steps: int) -> Callable[[], Pixels]:
    """A whole run of a workflow, from the document to 8-bit pixels: graph, plan, events and all; no cache."""
    runner = ThreadRunner(backend=backend, cache=None)
    workflow = load_workflow("text_to_image")
    values = {
        "prompt.text": PROMPT,
        "negative.text": NEGATIVE,
        "latent.width": SIZE,
        "latent.height": SIZE,
        "sampler.seed": SEED,
        "sampler.steps": steps,
        "sampler.guidance_scale": GUIDANCE,
        "sampler.scheduler": "euler",
    }
    for path, value in values.items():
        workflow = with_input(workflow, path, value)

    def render() -> Pixels:
        run = runner.start(Job(workflow, targets=("decode",)))
        for _ in run:
            pass
        result = run.wait()
        if result.errors:
            raise result.errors[0]
        pixels: Pixels = (result["decode.image"].pixels[0] * 255).round().astype(np.uint8)
        return pixels

    return render


def make_diffusers(backend: TorchBackend, steps: int) -> Callable[[], Pixels]:
    """The same picture as a user of diffusers would make it, with the modules that the backend holds."""
    with backend.lease(ModelRecipe("pocket", CHECKPOINT), *Part) as lease:
        modules = {part.value: component.module for part, component in lease.items()}
    pipeline = diffusers.StableDiffusionXLPipeline.from_pretrained(CHECKPOINT, **modules)
    pipeline.set_progress_bar_config(disable=True)

    def render() -> Pixels:
        pictures = pipeline(
            PROMPT,
            negative_prompt=NEGATIVE,
            height=SIZE,
            width=SIZE,
            num_inference_steps=steps,
            guidance_scale=GUIDANCE,
            generator=torch.Generator("cpu").manual_seed(SEED),
        ).images
        pixels: Pixels = np.asarray(pictures[0])
        return pixels

    return render


class Sample(NamedTuple):
    """One picture and what it took, in seconds."""

    wall: float
    processor: float
    pixels: Pixels


def timed(render: Callable[[], Pixels]) -> Sample:
    """Make one picture.

    Both run on a thread of their own, nodeflow's executor and the pipeline: OpenMP waits in another way on
    the main thread, which made the same pipeline up to ten times slower there while another program was busy.
    Garbage is collected before, so that neither pays for the other's.
    """
    gc.collect()
    with ThreadPoolExecutor(1) as thread:
        wall, processor = time.perf_counter(), time.process_time()
        pixels = thread.submit(render).result()
        return Sample(time.perf_counter() - wall, time.process_time() - processor, pixels)


def main() -> None:
    """Measure both in turns and print the ratio of the medians."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=15, help="pictures of each")
    parser.add_argument("--steps", type=int, default=20, help="sampling steps of each picture")
    parser.add_argument("--threads", type=int, help="torch's threads; by default as many as it likes")
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)

    backend = TorchBackend("cpu")
    renderers = {
        "nodeflow": make_nodeflow(backend, options.steps),
        "diffusers": make_diffusers(backend, options.steps),
    }
    samples: dict[str, list[Sample]] = {name: [] for name in renderers}
    for turn in range(options.rounds + 1):
        order = list(renderers)[:: 1 if turn % 2 else -1]
        taken = {name: timed(renderers[name]) for name in order}
        if not np.array_equal(taken["nodeflow"].pixels, taken["diffusers"].pixels):
            raise SystemExit("the pictures differ")
        if turn:  # the first turn loads and warms up
            for name, sample in taken.items():
                samples[name].append(sample)
    report(samples)


def report(samples: Mapping[str, Sequence[Sample]]) -> None:
    """Print medians and their ratios."""
    by_unit = {
        "seconds by the clock": attrgetter("wall"),
        "seconds of processor time": attrgetter("processor"),
    }
    for unit, seconds in by_unit.items():
        medians = {name: statistics.median(map(seconds, found)) for name, found in samples.items()}
        shown = "   ".join(f"{name} {median:.4f}" for name, median in medians.items())
        print(f"{unit:27}{shown}   ratio {medians['nodeflow'] / medians['diffusers']:.3f}")
    print(f"{len(samples['nodeflow'])} pictures of each, all equal")


if __name__ == "__main__":
    main()
