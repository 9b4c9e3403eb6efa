"""Exported models against torch on the same machine: size, time and error, in 32 and in 8 bits.

    python -m benchmarks.onnx [--rounds 7] [--steps 8] [--size 256] > benchmarks/results/onnx.md

All take turns, on one core, so that whatever else the machine does meets all; processor time is compared.
Prints a table. Needs the extras `torch`, `onnx` and `export`.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch

from nodeflow.backends import Backend, PromptRequest, SampleRequest
from nodeflow.backends.onnx import OnnxBackend
from nodeflow.backends.silent import SilentMonitor
from nodeflow.backends.torch import TorchBackend
from nodeflow.backends.torch.exporting import export_model
from nodeflow.folders import BUNDLED_MODELS
from nodeflow.models import model_files
from nodeflow.values import Latent, ModelRecipe, Scheduler

NAME, PROMPT, NEGATIVE, SEED, GUIDANCE = "pocket", "a panda", "blurry, low quality", 7, 5.0
MONITOR = SilentMonitor()
HEAD = """\
# Exported models against torch

`python -m benchmarks.onnx --rounds {rounds} --steps {steps} --size {size}`

The bundled model, one picture of {size} x {size} in {steps} steps of Euler, on one core of a CPU.
Times are processor time as shares of torch's ({torch}), medians of {rounds} rounds in turns. Errors are
of the picture, of 255. The checkpoint lies on disk in 16 bits, the exported ones in 32; with int8,
embeddings, convolutions and the VAE stay so.

| | files | text | sampling | decoding | largest error | mean error |
|---|---|---|---|---|---|---|"""


class Way(NamedTuple):
    """A way to make the picture."""

    label: str
    backend: Backend
    model: ModelRecipe


class Made(NamedTuple):
    """What a round gave: pixels, 0…255, and processor seconds of encoding, sampling and decoding."""

    pixels: Any
    seconds: tuple[float, float, float]


def ways(folder: Path) -> list[Way]:
    """Torch first, which the others are compared with."""
    plain, onnx = ModelRecipe(NAME, BUNDLED_MODELS / "checkpoints" / NAME), OnnxBackend("cpu")
    found = [Way("torch, fp32", TorchBackend("cpu"), plain)]
    for label, int8 in (("ONNX, fp32", False), ("ONNX, int8", True)):
        path = folder / label.rpartition(" ")[2]
        export_model(plain, path, int8=int8)
        found.append(Way(label, onnx, ModelRecipe(NAME, path)))
    return found


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """What work gives, and the processor seconds it took."""
    began = time.process_time()
    return work(), time.process_time() - began


def make(way: Way, size: int, steps: int) -> Made:
    """Make the picture once."""
    backend, model = way.backend, way.model
    empty = Latent(np.zeros((1, 4, size // 8, size // 8), np.float32), empty=True)

    def encode() -> Any:
        return [backend.encode_text(model, PromptRequest(text), MONITOR) for text in (PROMPT, NEGATIVE)]

    (positive, negative), encoding = timed(encode)
    request = SampleRequest(empty, positive, negative, SEED, steps, GUIDANCE, Scheduler.EULER)
    latent, sampling = timed(lambda: backend.sample(model, request, MONITOR))
    image, decoding = timed(lambda: backend.decode(model, latent, MONITOR))
    return Made((image.pixels * 255).round(), (encoding, sampling, decoding))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    for name, usual in (("rounds", 7), ("steps", 8), ("size", 256)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    wanted = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        chosen = ways(Path(folder))
        made: dict[str, list[Made]] = {way.label: [] for way in chosen}
        for turn in range(wanted.rounds + 1):  # the first one loads the models
            for way in chosen:
                found = make(way, wanted.size, wanted.steps)
                if turn:
                    made[way.label].append(found)
        show(chosen, made, wanted)


def show(chosen: list[Way], made: dict[str, list[Made]], wanted: argparse.Namespace) -> None:
    """Print the table."""
    first = made[chosen[0].label]
    print(HEAD.format(torch=torch.__version__, **vars(wanted)))
    for way in chosen:
        own = made[way.label]
        megabytes = sum(path.stat().st_size for path in model_files(way.model.path).values()) / 1e6
        ratios = [
            statistics.median(r.seconds[i] for r in own) / statistics.median(r.seconds[i] for r in first)
            for i in range(3)
        ]
        error = np.abs(own[0].pixels - first[0].pixels)
        times = " | ".join(f"{ratio:.2f}" for ratio in ratios)
        print(f"| {way.label} | {megabytes:.0f} MB | {times} | {error.max():.0f} | {error.mean():.2f} |")


if __name__ == "__main__":
    main()
