"""What each quality costs and saves on the CPU, in float32: sampling against plain diffusers, same weights.

    python -m benchmarks.quality [--rounds 5] [--steps 25] [--all] [--write]

Two UNets: the bundled `pocket`, trained, and one of SDXL's topology with narrower channels and random
weights, 47.8 M parameters. All ways of sampling take turns in one process, so that whatever else the machine
does meets them all. A ratio is the median over the rounds of that, in processor time on one thread, to
diffusers' pipeline of the same round, which only denoises here. Errors are against `exact`, whose latents
must equal the pipeline's.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.quality_models import Bench, pocket, random_sdxl

RESULTS = Path(__file__).parent / "results" / "quality-cpu.json"


@dataclass(frozen=True)
class Way:
    """Settings of `sampling.sample` under test."""

    reuse_every: int = 1
    compiled: bool = False


PLAIN = "diffusers"
QUALITIES: Mapping[str, Way] = {
    "exact": Way(),
    "balanced": Way(reuse_every=2),
    "fast": Way(reuse_every=3),
}
CONSIDERED: Mapping[str, Way] = {
    "compiled": Way(compiled=True),
    "every 4th": Way(reuse_every=4),
}


def seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    """How much processor time something takes, and what it gives."""
    gc.collect()
    began = time.process_time()
    result = work()
    return time.process_time() - began, result


def relative_l2(found: Any, exact: Any) -> float:
    """The norm of the difference as a share of the exact norm."""
    return float(np.linalg.norm(found - exact) / np.linalg.norm(exact))


def psnr(found: Any, exact: Any) -> float:
    """Peak signal-to-noise ratio in dB of pictures with values 0…1."""
    error = float(np.mean((found - exact) ** 2))
    return float("inf") if error == 0 else -10 * float(np.log10(error))


def measure(bench: Bench, ways: Mapping[str, Way], rounds: int) -> dict[str, Any]:
    """Time each way in turns on one UNet, and compare what it makes with what `exact` makes."""
    runs: dict[str, Callable[[], Any]] = {PLAIN: bench.plain}
    runs |= {name: partial(bench.sample, **asdict(way)) for name, way in ways.items()}
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for turn in range(rounds + 1):
        order = deque(runs)
        order.rotate(turn)  # nobody is always the first, or always after the same one
        found = {name: seconds(runs[name]) for name in order}
        if not np.array_equal(found["exact"][1], found[PLAIN][1]):
            raise SystemExit("exact is not the diffusers pipeline's result")
        if turn:  # the first turn warms up
            for name in runs:
                taken[name].append(found[name][0])
    plain = taken.pop(PLAIN)
    ratios = {name: [a / b for a, b in zip(own, plain, strict=True)] for name, own in taken.items()}
    exacts = {seed: bench.sample(seed=seed) for seed in bench.seeds}
    return {
        "parameters": bench.parameters,
        "size": bench.size,
        "diffusers_seconds": round(statistics.median(plain), 3),
        "qualities": {
            name: asdict(way)
            | {
                "ratio": round(statistics.median(ratios[name]), 3),
                "ratios": [round(r, 3) for r in ratios[name]],
            }
            | errors(bench, way, exacts)
            for name, way in ways.items()
        },
    }


def errors(bench: Bench, way: Way, exacts: Mapping[int, Any]) -> dict[str, float]:
    """Medians over several seeds: of latents, and of pictures where the UNet is a trained one."""
    of_latents, of_pictures = [], []
    for seed in bench.seeds:
        exact = exacts[seed]
        found = bench.sample(seed=seed, **asdict(way))
        of_latents.append(relative_l2(found, exact))
        if bench.decode is not None:
            of_pictures.append(psnr(bench.decode(found), bench.decode(exact)))
    shown = {
        "relative_l2": round(statistics.median(of_latents), 4),
        "worst_relative_l2": round(max(of_latents), 4),
    }
    if of_pictures and way != Way():
        shown |= {
            "psnr_db": round(statistics.median(of_pictures), 1),
            "worst_psnr_db": round(min(of_pictures), 1),
        }
    return shown


def report(name: str, found: Mapping[str, Any]) -> None:
    """Print one UNet's table."""
    print(f"{name}, {found['parameters'] / 1e6:.1f} M parameters, {found['size']} pixels: ", end="")
    print(f"diffusers {found['diffusers_seconds']:.3f} s")
    for quality, figures in found["qualities"].items():
        line = f"  {quality:12} ratio {figures['ratio']:.3f}   latents off by {figures['relative_l2']:.2%}"
        line += f" (worst {figures['worst_relative_l2']:.2%})"
        if "psnr_db" in figures:
            line += f"   PSNR {figures['psnr_db']} dB (worst {figures['worst_psnr_db']})"
        print(line, flush=True)


def main() -> None:
    """Measure, print, and with `--write` record."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=5, help="runs of each")
    parser.add_argument("--steps", type=int, default=25)
    parser.add_argument("--all", action="store_true", help="also the settings that were considered")
    parser.add_argument("--models", default="pocket,random")
    parser.add_argument("--scheduler", default="euler")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--write", action="store_true", help=f"record in {RESULTS.name}")
    options = parser.parse_args()
    torch.set_num_threads(1)  # more would wait for each other, which counts as processor time
    ways = {**QUALITIES, **(CONSIDERED if options.all else {})}
    settings = {name: getattr(options, name) for name in ("steps", "scheduler", "rounds", "seeds")}
    models = {}
    for name, make in {"pocket": pocket, "random": random_sdxl}.items():
        if name in options.models:
            bench = make(options.steps, options.scheduler, options.seeds)
            models[name] = measure(bench, ways, options.rounds)
            report(name, models[name])
    if options.write:
        command = " ".join(["python -m benchmarks.quality", *sys.argv[1:]])
        record = {
            "command": command,
            "torch": torch.__version__,
            "cpu": torch.backends.cpu.get_cpu_capability(),
        }
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps(record | settings | {"models": models}, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
