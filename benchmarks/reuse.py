"""What not computing saves: a picture made first, made again, and with another LoRA.

    python -m benchmarks.reuse [--rounds 9]

Everything happens in one process with the bundled model. A run starts from the document: graph, plan, events
and delivery are part of it.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from nodeflow.backends import PromptRequest, SampleRequest
from nodeflow.backends.silent import SilentMonitor
from nodeflow.backends.torch import TorchBackend
from nodeflow.cache import ResultCache
from nodeflow.document.edit import with_input
from nodeflow.document.files import load_workflow
from nodeflow.document.model import Workflow
from nodeflow.execution.runner import Job, ThreadRunner
from nodeflow.folders import BUNDLED_MODELS
from nodeflow.values import Latent, LoraPatch, ModelRecipe, Scheduler

STEPS = 20


def seconds(action: Callable[[], object]) -> float:
    """How long an action takes by the clock."""
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


@contextmanager
def runner_on(folder: Path, backend: TorchBackend, memory_bytes: int) -> Iterator[Callable[[Workflow], None]]:
    """Runs workflows up to the picture, with a cache of its own."""
    cache = ResultCache(folder / "results", memory_bytes=memory_bytes, disk_bytes=10**9)
    runner = ThreadRunner(backend=backend, cache=cache)

    def run(workflow: Workflow) -> None:
        result = runner.start(Job(workflow, targets=("decode",))).watch()
        if result.errors:
            raise result.errors[0]

    yield run


def measure_runs(backend: TorchBackend, rounds: int) -> None:
    """First runs, and the same again, from memory and from disk."""
    picture = with_input(load_workflow("text_to_image"), "sampler.steps", STEPS)
    taken: dict[str, list[float]] = {"computed": [], "again, from memory": [], "again, from disk": []}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with (
            runner_on(folder, backend, 10**9) as with_memory,
            runner_on(folder, backend, 0) as without_memory,
        ):
            with_memory(picture)  # loads the model
            for seed in range(100, 100 + rounds):
                workflow = with_input(picture, "sampler.seed", seed)
                taken["computed"].append(seconds(lambda: with_memory(workflow)))  # noqa: B023 - called at once
                taken["again, from memory"].append(seconds(lambda: with_memory(workflow)))  # noqa: B023
                taken["again, from disk"].append(seconds(lambda: without_memory(workflow)))  # noqa: B023
    computed = statistics.median(taken["computed"])
    for what, samples in taken.items():
        median = statistics.median(samples)
        print(f"{what:28}{median * 1000:9.1f} ms   {median / computed:.4f} of computing it")


def measure_loras(backend: TorchBackend, rounds: int) -> None:
    """One step of sampling with the LoRA that is already switched on, and with one that is not."""
    monitor = SilentMonitor()
    plain = ModelRecipe("pocket", BUNDLED_MODELS / "checkpoints" / "pocket")
    prompt = backend.encode_text(plain, PromptRequest("a panda"), monitor)
    latent = Latent(np.zeros((1, 4, 16, 16), np.float32), empty=True)
    request = SampleRequest(latent, prompt, None, 7, 1, 5.0, Scheduler.EULER)
    styles = {
        name: plain.with_patch(LoraPatch(name, BUNDLED_MODELS / "loras" / f"{name}.safetensors"))
        for name in ("flat", "high-contrast")
    }
    for model in styles.values():
        backend.sample(model, request, monitor)  # reads the files
    same: list[float] = []
    switched: list[float] = []
    for _ in range(rounds):
        for model in styles.values():
            switched.append(seconds(lambda: backend.sample(model, request, monitor)))  # noqa: B023 - called at once
            same.append(seconds(lambda: backend.sample(model, request, monitor)))  # noqa: B023
    cost = statistics.median(switched) - statistics.median(same)
    print(f"{'one step, same LoRA':28}{statistics.median(same) * 1000:9.1f} ms")
    print(f"{'one step, another LoRA':28}{statistics.median(switched) * 1000:9.1f} ms")
    print(f"{'switching':28}{cost * 1000:9.1f} ms")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=9, help="pictures of each kind")
    options = parser.parse_args()
    backend = TorchBackend("cpu")
    try:
        measure_runs(backend, options.rounds)
        measure_loras(backend, options.rounds)
    finally:
        backend.close()


if __name__ == "__main__":
    main()
