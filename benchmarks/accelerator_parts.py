"""What `benchmarks.accelerator` measures, part by part; each gives its table row by row."""

from __future__ import annotations

import contextlib
import gc
import io
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import diffusers
import numpy as np
import torch

from benchmarks.accelerator_bench import (
    GUIDANCE,
    NEGATIVE,
    PROMPT,
    SEED,
    TINY,
    Bench,
    Made,
    Wanted,
    difference,
    synchronize,
)
from nodeflow.backends.silent import SilentMonitor
from nodeflow.backends.torch import TorchBackend, modes, vae
from nodeflow.cli.doctor import run_doctor
from nodeflow.errors import NodeflowError, one_line
from nodeflow.hardware import (
    TILE,
    Arrangement,
    Dtype,
    HardwareProfile,
    Mode,
    Part,
    Placement,
    Quality,
    Request,
    Wishes,
    detect,
)
from nodeflow.hardware.ram import cores
from nodeflow.values import Scheduler

Row = tuple[str, ...]
_GB = 10**9
_EXACT_ON_CPU = Wishes(Quality.EXACT, "cpu")
_TILED = 640
"""Side of a picture that takes several tiles, in pixels."""


def doctor(_: Bench) -> Iterator[Row]:
    """What `nodeflow doctor` says, line by line."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        run_doctor(None, "", as_json=False)
    yield from ((line,) for line in said.getvalue().splitlines())


def _fresh_row(bench: Bench, label: str, wanted: Wanted, wishes: Wishes, reference: Made) -> Row:
    """A picture made with nothing in memory, against a reference."""
    backend = TorchBackend("cpu")
    try:
        made = bench.make(wanted, wishes, backend)
        return label, *difference(made.pixels, reference.pixels), f"{made.seconds:.2f}", _said(made)
    except NodeflowError as error:
        return label, "", "", "", one_line(error)
    finally:
        backend.close()


def _said(made: Made) -> str:
    return "; ".join(made.result.warnings)


def correctness(bench: Bench) -> Iterator[Row]:
    """The tiny model on the device, in each precision and each memory mode, against float32 on the CPU."""
    torch.set_num_threads(1)  # for so small a model, threads would only wait for each other
    wanted = Wanted()
    reference = bench.make(wanted, _EXACT_ON_CPU, TorchBackend("cpu"))
    for label, dtype, tf32 in _precisions():
        with _tf32(allowed=tf32):
            wishes = Wishes(Quality.EXACT, bench.device, dtype)
            yield _fresh_row(bench, label, wanted, wishes, reference)
    half = Dtype.FP16 if bench.on_cuda else Dtype.FP32
    wishes = Wishes(Quality.BALANCED, bench.device, half, eight_bit=True)
    yield _fresh_row(bench, f"{half}, weights in 8 bits", wanted, wishes, reference)
    for mode in Mode:
        wishes = Wishes(Quality.EXACT, bench.device, half, mode=mode)
        yield _fresh_row(bench, f"{half}, {mode}", wanted, wishes, reference)
    yield from _tiled(bench)


def _precisions() -> Sequence[tuple[str, Dtype, bool]]:
    return (
        ("fp32", Dtype.FP32, False),
        ("fp32, convolutions in TF32", Dtype.FP32, True),
        ("fp16", Dtype.FP16, True),
        ("bf16", Dtype.BF16, True),
    )


@contextmanager
def _tf32(*, allowed: bool) -> Iterator[None]:
    """Whether convolutions may be rounded to TF32, which is torch's own default."""
    before = torch.backends.cudnn.allow_tf32
    torch.backends.cudnn.allow_tf32 = allowed
    try:
        yield
    finally:
        torch.backends.cudnn.allow_tf32 = before


def _tiled(bench: Bench) -> Iterator[Row]:
    """Decoding in tiles, on the device against on the CPU."""
    recipe, backend = bench.recipe(TINY), TorchBackend("cpu")
    latent = bench.make(Wanted(size=_TILED, steps=1), _EXACT_ON_CPU, backend, target="sampler").result[
        "sampler.latent"
    ]

    def decoded(where: str) -> Any:
        with TorchBackend(where).lease(recipe, Part.VAE) as lease:
            modes.set_tile(lease[Part.VAE].module, TILE)
            return vae.decode(lease[Part.VAE].module, latent, SilentMonitor()).pixels[0] * 255

    reference = decoded("cpu")
    began = time.perf_counter()
    found = decoded(bench.device)
    yield (
        f"VAE in tiles, {_TILED} px",
        *difference(found, reference),
        f"{time.perf_counter() - began:.2f}",
        "",
    )


def schedulers(bench: Bench) -> Iterator[Row]:
    """Every solver on the device in 16 bits, against float32 on the CPU."""
    torch.set_num_threads(1)
    there, here = TorchBackend("cpu"), TorchBackend("cpu")
    dtype = Dtype.FP16 if bench.on_cuda else Dtype.FP32
    for scheduler in Scheduler:
        wanted = Wanted(size=64, steps=3, scheduler=scheduler.value)
        try:
            made = bench.make(wanted, Wishes(Quality.EXACT, bench.device, dtype), there)
            reference = bench.make(wanted, _EXACT_ON_CPU, here)
            yield scheduler.value, *difference(made.pixels, reference.pixels), _said(made)
        except NodeflowError as error:
            yield scheduler.value, "", "", one_line(error)


def caps(bench: Bench) -> Iterator[Row]:
    """The model of full size with ever less memory, planned for and not planned for."""
    if not bench.on_cuda:
        yield "none", "", "", "", "", "", "memory is only capped with CUDA; left out"
        return
    torch.set_num_threads(cores())
    plain = Wishes(Quality.EXACT, bench.device, Dtype.FP16)
    roomy = detect()
    for gigabytes, wishes, profile, label in (
        (8, plain, None, "8 GB, exact in fp16"),
        (4, Wishes(Quality.BALANCED, bench.device), None, "4 GB, balanced"),
        (5, plain, roomy, "5 GB, planned as without a cap"),
    ):
        with _capped(gigabytes * _GB):
            yield _capped_row(bench, label, wishes, profile)


def _capped_row(bench: Bench, label: str, wishes: Wishes, profile: HardwareProfile | None) -> Row:
    wanted = Wanted(bench.full, bench.full_size, steps=2)
    placement = bench.placement(wanted, wishes, profile or detect())
    predicted = {peak.device: peak.bytes for peak in placement.peaks}.get("cuda:0", 0)
    backend = TorchBackend("cpu")
    torch.cuda.reset_peak_memory_stats()
    try:
        made = bench.make(wanted, wishes, backend, profile=profile)
        seconds, said = f"{made.seconds:.1f}", _said(made)
        if not np.isfinite(made.pixels).all():
            said += "; the picture is not finite"
    except NodeflowError as error:
        seconds, said = "failed", one_line(error)
    finally:
        backend.close()
    used, kept = torch.cuda.max_memory_allocated(), torch.cuda.max_memory_reserved()
    sizes = (f"{size / _GB:.2f}" for size in (predicted, used, kept))
    return label, _plan(placement), *sizes, seconds, said


def _plan(placement: Placement) -> str:
    parts = ", ".join(
        f"{placed.size.part.label} {placed.mode} {placed.dtype} on {placed.device.address}"
        for placed in placement.components
    )
    return parts + (f"; tiles of {placement.vae_tile}" if placement.vae_tile else "")


@contextmanager
def _capped(size: int) -> Iterator[None]:
    """Let torch have no more than so many bytes of the card."""
    gc.collect()
    torch.cuda.empty_cache()
    total = torch.cuda.get_device_properties(0).total_memory
    torch.cuda.set_per_process_memory_fraction(size / total)
    try:
        yield
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
        gc.collect()
        torch.cuda.empty_cache()


def speed(bench: Bench, rounds: int = 3, steps: int = 20) -> Iterator[Row]:
    """The model of full size, prompts to latents: nodeflow and diffusers with the same modules, in turns."""
    if not bench.on_cuda:
        rounds, steps = 2, 2
    dtype = Dtype.FP16 if bench.on_cuda else Dtype.FP32
    wanted, backend = Wanted(bench.full, bench.full_size, steps), TorchBackend("cpu")
    wishes = Wishes(Quality.EXACT, bench.device, dtype)

    def ours() -> Any:
        return bench.make(wanted, wishes, backend, target="sampler").result["sampler.latent"].samples

    theirs = _pipeline(bench, wanted, wishes, backend)
    ways = {"nodeflow": ours, "diffusers": theirs}
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    latents: dict[str, Any] = {}
    try:
        for turn in range(rounds + 1):  # the first one warms up
            for name in list(ways)[:: 1 if turn % 2 else -1]:
                latents[name], taken = _timed(ways[name], bench.device)
                if turn:
                    seconds[name].append(taken)
    finally:
        backend.close()
    plain = statistics.median(seconds["diffusers"])
    apart = float(np.abs(latents["nodeflow"] - latents["diffusers"]).max())
    for name, found in seconds.items():
        median = statistics.median(found)
        spread = f"{min(found):.3f} to {max(found):.3f}"
        yield name, f"{median:.3f}", spread, f"{median / steps:.4f}", f"{median / plain:.3f}", f"{apart:.2g}"


def _timed(work: Callable[[], Any], device: str) -> tuple[Any, float]:
    """What work gives, and its seconds; on a thread of its own, as both are in `benchmarks.render`."""
    gc.collect()
    with ThreadPoolExecutor(1) as thread:
        synchronize(device)
        began = time.perf_counter()
        made = thread.submit(work).result()
        synchronize(device)
        return made, time.perf_counter() - began


def _pipeline(bench: Bench, wanted: Wanted, wishes: Wishes, backend: TorchBackend) -> Callable[[], Any]:
    """The same latents as a user of diffusers would make them, with the modules that the backend holds."""
    recipe = bench.recipe(wanted.model)
    arrangement = Arrangement(detect(), wishes, Request(wanted.size, wanted.size))
    with backend.arranged(arrangement).lease(recipe, *Part) as lease:
        modules = {part.value: component.module for part, component in lease.items()}
    pipeline = diffusers.StableDiffusionXLPipeline.from_pretrained(recipe.path, **modules)
    pipeline.set_progress_bar_config(disable=True)

    def make() -> Any:
        found = pipeline(
            PROMPT,
            negative_prompt=NEGATIVE,
            height=wanted.size,
            width=wanted.size,
            num_inference_steps=wanted.steps,
            guidance_scale=GUIDANCE,
            generator=torch.Generator("cpu").manual_seed(SEED),
            output_type="latent",
        ).images
        return found.float().cpu().numpy()

    return make


def compiling(bench: Bench) -> Iterator[Row]:
    """The first and the second picture with the UNet's blocks compiled, as `balanced` has it."""
    wanted, backend = Wanted(bench.full, bench.full_size, steps=20), TorchBackend("cpu")
    if not bench.on_cuda:
        yield "left out", "only worth it with CUDA", ""
        return
    try:
        for label in ("first picture", "second picture"):
            made = bench.make(wanted, Wishes(Quality.BALANCED, bench.device), backend, target="sampler")
            yield label, f"{made.seconds:.2f}", _said(made)
    finally:
        backend.close()
