"""Nodeflow on an accelerator: right pictures, memory that fits, and time against diffusers.

    python -m benchmarks.accelerator [--device cuda] [--output FOLDER] [--seconds 90]
    python -m benchmarks.accelerator --device cpu --tiny      # tries all of it out without one

Models with random weights are made first, in memory's file system where there is one: a tiny one, and one of
SDXL base's full size. Parts are run in the order of their worth, each with a limit of its own; what fails or
lasts too long is named, and the rest goes on. Rows are printed as they come to standard error, at the end the
whole as Markdown to standard output. With `--output`, `accelerator.md` and `accelerator.json` are written
there after every part.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch

from benchmarks import accelerator_parts as parts
from benchmarks.accelerator_bench import FULL, TINY, Bench
from benchmarks.random_model import TINY as TINY_CONFIGS
from benchmarks.random_model import write_model

_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - only a place that is quick to write to
_FULL_BYTES = 8 * 10**9
_GRACE_SECONDS = 20.0
"""After all limits, before the process ends whatever it is doing."""


@dataclass(frozen=True)
class Part:
    """Something to measure.

    Attributes:
        title: Above its table.
        columns: Of its table.
        run: Gives the rows.
        seconds: How long it may take.
        needs_full: Whether it uses the model of full size.
    """

    title: str
    columns: tuple[str, ...]
    run: Callable[[Bench], Iterator[parts.Row]]
    seconds: float
    needs_full: bool = False


_ERRORS = ("largest difference", "mean difference")
PARTS = {
    "doctor": Part("What `nodeflow doctor` says", ("line",), parts.doctor, 10),
    "correctness": Part(
        "The tiny model against float32 on the CPU, of 255",
        ("way", *_ERRORS, "seconds", "said"),
        parts.correctness,
        30,
    ),
    "speed": Part(
        "SDXL's size, two prompts to latents, in turns",
        ("way", "seconds", "spread", "seconds a step", "ratio", "latents differ by"),
        parts.speed,
        30,
        needs_full=True,
    ),
    "caps": Part(
        "SDXL's size with memory capped; GB of the card",
        ("cap", "plan", "predicted", "allocated", "reserved", "seconds for 2 steps", "said"),
        parts.caps,
        50,
        needs_full=True,
    ),
    "schedulers": Part(
        "Every solver with the tiny model, against the CPU, of 255",
        ("solver", *_ERRORS, "said"),
        parts.schedulers,
        25,
    ),
    "compiling": Part(
        "SDXL's size with compiled blocks, 20 steps",
        ("picture", "seconds", "said"),
        parts.compiling,
        120,
        needs_full=True,
    ),
}
"""In the order of their worth."""


@dataclass
class Table:
    """What a part gave.

    Attributes:
        title: Above it.
        columns: Their heads.
        rows: As far as the part came.
        seconds: How long it took.
        failure: Why it did not come to its end; empty if it did.
    """

    title: str
    columns: tuple[str, ...]
    rows: list[parts.Row] = field(default_factory=list)
    seconds: float = 0.0
    failure: str = ""

    def markdown(self) -> Iterator[str]:
        """The table, in lines."""
        yield from ("", f"## {self.title}", "")
        if self.columns == ("line",):
            yield from ("```", *(row[0] for row in self.rows), "```")
        else:
            for cells in (self.columns, ("---",) * len(self.columns), *self.rows):
                yield "| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |"
        yield from ("", f"{self.seconds:.1f} s." + (f" Not finished: {self.failure}" if self.failure else ""))


class _TooLong(Exception):  # noqa: N818 - a signal to stop, no fault
    pass


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """Break off what lasts too long, wherever Python is at work."""

    def stop(*_: object) -> None:
        raise _TooLong(f"it took longer than {seconds:.0f} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.1))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def run_part(name: str, bench: Bench, ready: Future[Path] | None, seconds: float) -> Table:
    """Run a part for at most so many seconds; whatever happens in it is told in its table."""
    part = PARTS[name]
    table, began = Table(part.title, part.columns), time.perf_counter()
    _say(f"== {name}, at most {seconds:.0f} s")
    try:
        if part.needs_full and ready is not None:
            ready.result()
        with _limited(seconds):
            for row in part.run(bench):
                table.rows.append(row)
                _say("  " + " | ".join(row))
    except Exception as error:  # noqa: BLE001 - one part's fault must not lose what the others find
        table.failure = f"{type(error).__name__}: {error}"
        _say(f"  {table.failure}")
    table.seconds = time.perf_counter() - began
    return table


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def report(tables: list[Table], device: str) -> str:
    """Everything found so far, as Markdown."""
    name = torch.cuda.get_device_name() if device.startswith("cuda") else "the CPU"
    head = (
        "# Nodeflow on an accelerator",
        "",
        f"`python -m benchmarks.accelerator --device {device}` on {name}, torch {torch.__version__}.",
    )
    return "\n".join([*head, *(line for table in tables for line in table.markdown())]) + "\n"


def _keep(tables: list[Table], device: str, output: Path | None) -> None:
    if output is not None:
        output.mkdir(parents=True, exist_ok=True)
        (output / "accelerator.md").write_text(report(tables, device), "utf-8")
        text = json.dumps([asdict(table) for table in tables], indent=1)
        (output / "accelerator.json").write_text(text, "utf-8")


def _place_for_models(*, tiny: bool) -> Path | None:
    """Where to make the models' folder; None: where temporary files go."""
    roomy = _SHARED_MEMORY.is_dir() and shutil.disk_usage(_SHARED_MEMORY).free > _FULL_BYTES
    return _SHARED_MEMORY if roomy and not tiny else None


def _end(seconds: float) -> None:
    """End the process after so many seconds, even if a library never comes back."""
    watchdog = threading.Timer(seconds, os._exit, (3,))
    watchdog.daemon = True
    watchdog.start()


def main(arguments: list[str] | None = None) -> list[Table]:
    """Make the models, run the parts and print."""
    wanted = _options(arguments)
    device = "cuda:0" if wanted.device == "cuda" else wanted.device
    if device.startswith("cuda") and not torch.cuda.is_available():
        raise SystemExit("torch sees no CUDA here; try --device cpu --tiny")
    _end(wanted.seconds + _GRACE_SECONDS)
    end = time.monotonic() + wanted.seconds
    tables: list[Table] = []
    with tempfile.TemporaryDirectory(dir=_place_for_models(tiny=wanted.tiny)) as folder:
        models = Path(folder)
        bench = Bench(models, device, TINY, 128) if wanted.tiny else Bench(models, device)
        write_model(models / "checkpoints" / TINY, TINY_CONFIGS, half=False)
        with ThreadPoolExecutor(1) as thread:
            ready = None
            if not wanted.tiny and any(PARTS[name].needs_full for name in wanted.parts):
                ready = thread.submit(write_model, models / "checkpoints" / FULL, half=True)
            for name in wanted.parts:
                left = end - time.monotonic()
                if left > 1:
                    tables.append(run_part(name, bench, ready, min(left, PARTS[name].seconds)))
                    _keep(tables, device, wanted.output)
                else:
                    _say(f"== {name}: no time left")
    print(report(tables, device), flush=True)
    return tables


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--device", default="cuda", help="as torch calls it")
    parser.add_argument("--tiny", action="store_true", help="use the tiny model in place of the full one")
    parser.add_argument("--seconds", type=float, default=90, help="for all parts together")
    parser.add_argument("--output", type=Path, help="the folder for accelerator.md and accelerator.json")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS), help="in this order")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
