"""Trains the whole family within a budget: the autoencoder, the base, then side by side what builds on it.

Every stage is a process of its own. Those of the next group start while a group trains, so that imports and
compiling take none of its time. What is trained is packed after each stage (`training.carry`): the same
command goes on after an interruption, on another machine too once the parts are unpacked there.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import time
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

import torch
from rich.console import Console

from training import base, carry, decoder, inpaint, inversion, lora, refiner, vae
from training.config import Family, load_family, work_folder
from training.loop import Options
from training.pack import read_pack

PLAIN = {"vae": vae, "decoder": decoder, "refiner": refiner, "inpaint": inpaint, "inversion": inversion}
STARTING = 0.35  # minutes that a group needs besides its training
LOG = "log.txt"
console = Console(highlight=False)


@dataclass(frozen=True)
class Job:
    """One stage, and of the LoRAs which."""

    stage: str
    name: str = ""

    @property
    def folder(self) -> Path:
        """Where the stage keeps its files."""
        return work_folder() / (f"{self.stage}-{self.name}" if self.name else self.stage)

    @property
    def done(self) -> bool:
        """Whether the stage has spent its budget."""
        return (self.folder / "done").exists()

    def train(self, options: Options, family: Family, ready: Callable[[], object]) -> None:
        """Train, and note when the budget is spent; `ready` returns when the stages before have ended."""
        pack = read_pack()
        if self.stage == "base":
            finished = base.train(options, family, pack, ready)
        else:
            ready()
            if self.stage == "lora":
                finished = lora.train(options, family, pack, self.name)
            else:
                finished = PLAIN[self.stage].train(options, family, pack)
        if finished:
            (self.folder / "done").touch()


Group = tuple[Job, ...]


def groups_of(family: Family) -> tuple[Group, ...]:
    """The stages in order; those of a group train side by side."""
    loras = (Job("lora", name) for name in family.triggers)
    last = (Job("decoder"), Job("refiner"), Job("inpaint"), *loras, Job("inversion"))
    return (Job("vae"),), (Job("base"),), last


def planned(family: Family, groups: tuple[Group, ...], minutes: float) -> dict[Job, float]:
    """Each stage's minutes: the configured ones, or scaled so that all ends within `minutes` if positive."""
    configured = {job: family.stages[job.stage].minutes for group in groups for job in group}
    longest = sum(max(configured[job] for job in group) for group in groups)
    scale = 1.0 if minutes <= 0 else max(minutes - STARTING * len(groups), 0.1 * minutes) / longest
    return {job: value * scale for job, value in configured.items()}


def work(job: Job, options: Options, begin: Any) -> None:
    """Train one stage in this process, which has the stage's log for its output."""
    job.folder.mkdir(parents=True, exist_ok=True)
    with (job.folder / LOG).open("a", encoding="utf-8") as log, redirect_stdout(log), redirect_stderr(log):
        job.train(options, load_family(), begin.wait)


class Run:
    """Trains groups of stages one after the other.

    Args:
        options_of: A stage's options.
        packed: Where the trained weights are packed after each stage.
        context: Makes processes and events.
    """

    def __init__(self, options_of: Callable[[Job], Options], packed: Path, context: Any = None) -> None:
        self.options_of, self.packed = options_of, packed
        self.context = context or multiprocessing.get_context("spawn")

    def train(self, groups: tuple[Group, ...]) -> bool:
        """Train what is not done yet; gives whether all is done. A failure ends the run with its group."""
        todo = [[job for job in group if not job.done] for group in groups]
        started = [self._start(group) for group in todo[:1]]
        for number in range(len(todo)):
            begin, processes = started[number]
            begin.set()
            if number + 1 < len(todo):
                started.append(self._start(todo[number + 1]))
            if not self._finish(processes):
                for process in [process for _, later in started[number + 1 :] for process in later]:
                    process.terminate()
                    process.join()
                return False
        return True

    def _start(self, group: list[Job]) -> tuple[Any, dict[Any, Job]]:
        begin = self.context.Event()
        processes = {}
        for job in group:
            process = self.context.Process(target=work, args=(job, self.options_of(job), begin))
            process.start()
            processes[process] = job
        return begin, processes

    def _finish(self, processes: dict[Any, Job]) -> bool:
        running, began = dict(processes), time.monotonic()
        while running:
            ended = wait([process.sentinel for process in running])
            for process in [process for process in running if process.sentinel in ended]:
                job = running.pop(process)
                process.join()
                console.print(f"{job.folder.name}: {_verdict(job)} after {time.monotonic() - began:.0f} s")
                carry.pack(self.packed)
        return all(job.done for job in processes.values())


def _verdict(job: Job) -> str:
    if job.done:
        return "done"
    log = job.folder / LOG
    lines = log.read_text(encoding="utf-8").split("\n") if log.exists() else []
    last = next((line for line in reversed(lines) if line.strip()), "it wrote nothing")
    return f"not done, see {log}: {last.strip()[-200:]}"


def main(arguments: list[str] | None = None) -> None:
    """Run from the command line; exit status 1 when a stage was not finished."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=0, help="for everything; 0: as family.toml says")
    parser.add_argument("--steps", type=int, default=0, help="for each stage, instead of minutes")
    parser.add_argument("--workers", type=int, default=0, help="processes that draw scenes, for a group")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--compiled", action="store_true", help="compile the base's UNet")
    parser.add_argument("--packed", type=Path, default=None, help="where parts to carry away are written")
    parsed = parser.parse_args(arguments)
    family = load_family()
    groups = groups_of(family)
    minutes = planned(family, groups, parsed.minutes)
    workers = {job: math.ceil(parsed.workers / len(group)) for group in groups for job in group}

    def options_of(job: Job) -> Options:
        stage = family.stages[job.stage]
        return Options(
            minutes[job],
            stage.batch,
            stage.rate,
            steps=parsed.steps,
            workers=workers[job],
            device=parsed.device,
            compiled=parsed.compiled,
        )

    if not Run(options_of, parsed.packed or work_folder() / "packed").train(groups):
        raise SystemExit(1)
    console.print("all is trained; next: python -m training.assemble, python -m training.evaluate")


if __name__ == "__main__":
    main()
