"""Rendering with nodeflow against the plain diffusers pipeline: same process, same weights, same picture.

    python -m benchmarks.render [--rounds 15] [--steps 20]

The two take turns, so that whatever else the machine does meets both. Prints the median of each and the
ratio of the medians, and fails if the pictures differ.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from nodeflow.backends.torch import TorchBackend
from nodeflow.document.edit import with_input
from nodeflow.document.files import load_workflow
from nodeflow.execution.runner import Job, ThreadRunner
from nodeflow.folders import BUNDLED_MODELS

PROMPT, NEGATIVE, SIZE, SEED, GUIDANCE = "a panda", "blurry, low quality", 128, 7, 5.0

Pixels = np.ndarray[Any, np.dtype[np.uint8]]


def make_nodeflow(steps: int) -> Callable[[], Pixels]:
    """A whole run of a workflow, from the document to 8-bit pixels: graph, plan, events and all."""
    runner = ThreadRunner(backend=TorchBackend("cpu"))
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


def make_diffusers(steps: int) -> Callable[[], Pixels]:
    """The same picture as a user of diffusers would make it."""
    import diffusers
    import torch

    folder: Path = BUNDLED_MODELS / "checkpoints" / "pocket"
    pipeline = diffusers.StableDiffusionXLPipeline.from_pretrained(
        folder, dtype=torch.float32, use_safetensors=True
    )
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


def timed(render: Callable[[], Pixels]) -> tuple[float, Pixels]:
    """Seconds that one picture took, and the picture.

    Both run on a thread of their own, nodeflow's executor and the pipeline: OpenMP waits in another way on
    the main thread, which made the same pipeline up to ten times slower there while another program was busy.
    """
    with ThreadPoolExecutor(1) as thread:
        began = time.perf_counter()
        pixels = thread.submit(render).result()
        return time.perf_counter() - began, pixels


def main() -> None:
    """Measure both in turns and print the ratio of the medians."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=15, help="pictures of each")
    parser.add_argument("--steps", type=int, default=20, help="sampling steps of each picture")
    options = parser.parse_args()
    os.environ["HF_HUB_OFFLINE"] = "1"

    renderers = {"nodeflow": make_nodeflow(options.steps), "diffusers": make_diffusers(options.steps)}
    seconds: dict[str, list[float]] = {name: [] for name in renderers}
    for turn in range(options.rounds + 1):
        order = list(renderers)[:: 1 if turn % 2 else -1]
        taken = {name: timed(renderers[name]) for name in order}
        if not np.array_equal(taken["nodeflow"][1], taken["diffusers"][1]):
            raise SystemExit("the pictures differ")
        if turn:  # the first turn loads and warms up
            for name, (duration, _) in taken.items():
                seconds[name].append(duration)

    medians = {name: statistics.median(values) for name, values in seconds.items()}
    for name, values in seconds.items():
        print(f"{name:10} median {medians[name]:.4f} s   best {min(values):.4f} s   {len(values)} pictures")
    print(f"ratio of medians {medians['nodeflow'] / medians['diffusers']:.3f}   the pictures are equal")


if __name__ == "__main__":
    main()
