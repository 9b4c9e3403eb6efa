"""How long a window would stand still while a workflow runs: the longest gap between ticks of 16 ms.

    python -m benchmarks.responsiveness [--rounds 3] [--steps 25]

A program ticks on its main thread, as a window's does, while a runner imports torch, loads the bundled model
and samples: once with the worker process, once on a thread of its own process, each in a fresh program.
Prints the longest gap of each stage, the median of all rounds and the worst.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from nodeflow import load_workflow
from nodeflow.document.edit import with_input
from nodeflow.execution.run import Run
from nodeflow.execution.runner import Job, Runner, ThreadRunner
from nodeflow.worker import WorkerRunner

TICK = 0.016
RUNNERS: dict[str, Callable[[], Runner]] = {"worker": WorkerRunner, "thread": ThreadRunner.standard}


def tick_until(over: Callable[[], bool]) -> float:
    """Tick until something is over; the longest gap between two ticks, in milliseconds."""
    longest, last = 0.0, time.perf_counter()
    while not over():
        time.sleep(TICK)
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
    return longest * 1000


def stages(kind: str, steps: int) -> dict[str, float]:
    """The longest gap of each stage, in this process."""
    gaps = {"idle": tick_until(_after(1.0))}
    runner = RUNNERS[kind]()
    started = time.perf_counter()
    warm = runner.warm_up()
    begun = (time.perf_counter() - started) * 1000
    gaps["import torch"] = max(begun, tick_until(warm.done))
    workflow = with_input(load_workflow("text_to_image"), "sampler.steps", steps)
    gaps["load and sample"] = _run(runner, Job(workflow))
    gaps["sample again"] = _run(runner, Job(with_input(workflow, "sampler.seed", 2)))
    runner.close()
    return gaps


def _after(seconds: float) -> Callable[[], bool]:
    end = time.perf_counter() + seconds
    return lambda: time.perf_counter() > end


def _run(runner: Runner, job: Job) -> float:
    """Start a job and take its events between ticks, as an editor does."""
    began = time.perf_counter()
    run: Run = runner.start(job)
    begun = (time.perf_counter() - began) * 1000

    def over() -> bool:
        try:
            run.wait(0)
        except TimeoutError:
            return False
        return True

    return max(begun, tick_until(over))


def measure(kind: str, steps: int) -> dict[str, float]:
    """The same in a fresh program with folders of its own."""
    with tempfile.TemporaryDirectory() as folder:
        own = {f"NODEFLOW_{name}_DIR": str(Path(folder, name)) for name in ("CACHE", "OUTPUT", "CONFIG")}
        command = [sys.executable, "-m", "benchmarks.responsiveness", "--one", kind, "--steps", str(steps)]
        done = subprocess.run(command, env={**os.environ, **own}, capture_output=True, text=True, check=True)
    gaps: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return gaps


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=25)
    parser.add_argument("--one", choices=RUNNERS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(stages(arguments.one, arguments.steps)))
        return
    print(f"{'longest gap in ms':<24}{'median':>10}{'worst':>10}")
    for kind in RUNNERS:
        rounds = [measure(kind, arguments.steps) for _ in range(arguments.rounds)]
        for stage in rounds[0]:
            values = [gaps[stage] for gaps in rounds]
            print(f"{kind + ': ' + stage:<24}{statistics.median(values):>10.1f}{max(values):>10.1f}")


if __name__ == "__main__":
    main()
