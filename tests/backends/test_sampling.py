"""Sampling as the nodes see it: seeds, handing over, progress, cancelling, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from nodeflow.backends import SampleRequest
from nodeflow.backends.torch import TorchBackend
from nodeflow.errors import Cancelled, NodeFailed
from nodeflow.hardware import Arrangement, Dtype, Quality, Wishes, detect
from nodeflow.values import Conditioning, Latent, ModelRecipe, Scheduler

pytestmark = pytest.mark.filterwarnings("ignore:__array_:DeprecationWarning")  # diffusers with numpy 2.4

Sample = Callable[..., Latent]


def test_seeds_reach_up_to_the_last_and_wrap_around(sample: Sample, empty: Callable[..., Latent]) -> None:
    latent = sample(latent=empty(64, 64, batch=2), seed=2**64 - 1, steps=2)
    assert latent.seeds == (2**64 - 1, 0)
    assert latent.handover is None
    assert not latent.empty


def test_an_item_of_a_batch_equals_its_single_run(sample: Sample, empty: Callable[..., Latent]) -> None:
    batch = sample(latent=empty(64, 64, batch=3), seed=5, scheduler=Scheduler.EULER_ANCESTRAL)
    for i in range(3):
        single = sample(latent=empty(64, 64), seed=5 + i, scheduler=Scheduler.EULER_ANCESTRAL)
        # Kernels sum in another order for another batch size; sdxl practice: about 5e-5 on latents of size 3.
        np.testing.assert_allclose(batch.samples[i], single.samples[0], atol=1e-3)


QUICK = (
    Scheduler.EULER_ANCESTRAL,
    Scheduler.HEUN,
    Scheduler.DPMPP_3M_SDE,
    Scheduler.DPMPP_SDE,
    Scheduler.PNDM,
)


@pytest.mark.parametrize(
    "scheduler", [pytest.param(s, marks=() if s in QUICK else pytest.mark.full) for s in Scheduler]
)
def test_a_run_cut_in_two_equals_one_run(
    scheduler: Scheduler, sample: Sample, empty: Callable[..., Latent]
) -> None:
    canvas = empty(64, 64)
    whole = sample(scheduler=scheduler, latent=canvas)
    first = sample(scheduler=scheduler, latent=canvas, end_step=4)
    assert first.handover is not None
    assert first.handover.scheduler is scheduler
    assert (first.samples != whole.samples).any()
    np.testing.assert_array_equal(sample(scheduler=scheduler, latent=first).samples, whole.samples)


@pytest.mark.parametrize("scheduler", [Scheduler.EULER_ANCESTRAL, Scheduler.DPMPP_2M_SDE, Scheduler.PNDM])
def test_a_picture_cut_twice_equals_one_run(
    scheduler: Scheduler, sample: Sample, empty: Callable[..., Latent]
) -> None:
    clean = Latent(sample(latent=empty(64, 64), steps=2).samples)
    whole = sample(scheduler=scheduler, latent=clean, denoise=0.7)
    part = sample(scheduler=scheduler, latent=clean, denoise=0.7, end_step=3)
    for end in (5, None):
        part = sample(scheduler=scheduler, latent=part, end_step=end)
    np.testing.assert_array_equal(part.samples, whole.samples)


def test_what_does_not_fit_the_handover_begins_anew(sample: Sample, empty: Callable[..., Latent]) -> None:
    first = sample(scheduler=Scheduler.DPMPP_2M, latent=empty(64, 64), end_step=4)
    assert first.handover is not None
    same = sample(scheduler=Scheduler.DPMPP_2M, latent=first)
    damaged = np.frombuffer(b"damaged", np.uint8)
    for handover in (replace(first.handover, state=damaged), replace(first.handover, state=None)):
        anew = sample(scheduler=Scheduler.DPMPP_2M, latent=replace(first, handover=handover))
        assert 0 < np.abs(anew.samples - same.samples).max() < 1
    flipped = replace(first, samples=first.samples[..., ::-1])
    forgotten = replace(flipped, handover=replace(first.handover, state=None))
    ours, theirs = (sample(scheduler=Scheduler.DPMPP_2M, latent=latent) for latent in (flipped, forgotten))
    np.testing.assert_array_equal(ours.samples, theirs.samples)
    other_steps = sample(scheduler=Scheduler.DPMPP_2M, latent=first, steps=9)
    assert np.isfinite(other_steps.samples).all()


def test_other_noise_than_was_left_is_told(sample: Sample, make_monitor: Any) -> None:
    first, fitting, other = sample(end_step=3), make_monitor(), make_monitor()
    sample(latent=first, monitor=fitting)
    assert fitting.warnings == []
    sample(latent=first, steps=10, monitor=other)
    assert ["use the steps and the schedule" in told for told in other.warnings] == [True]


def test_start_step_skips_what_denoise_skips(sample: Sample) -> None:
    clean = Latent(sample().samples)
    by_step, by_share = sample(latent=clean, start_step=3), sample(latent=clean, denoise=0.5)
    np.testing.assert_array_equal(by_step.samples, by_share.samples)


def test_too_little_denoise_changes_nothing_and_says_so(sample: Sample, monitor: Any) -> None:
    clean = Latent(sample(steps=2).samples)
    same = sample(latent=clean, denoise=0.1, monitor=monitor)
    np.testing.assert_array_equal(same.samples, clean.samples)
    assert "no step" in monitor.warnings[0]


def test_progress_counts_whole_steps_of_the_run(sample: Sample, monitor: Any) -> None:
    sample(monitor=monitor, scheduler=Scheduler.HEUN, steps=4, end_step=3)
    assert monitor.steps == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize("scheduler", [Scheduler.EULER, Scheduler.DDIM, Scheduler.KDPM2])
def test_previews_show_the_picture_to_come(
    scheduler: Scheduler, sample: Sample, backend: TorchBackend, pocket: ModelRecipe, monitor: Any
) -> None:
    latent = sample(monitor=monitor, scheduler=scheduler)
    image = backend.decode(pocket, latent, monitor).pixels
    small = image.reshape(1, 16, 8, 16, 8, 3).mean((2, 4))
    first, last = monitor.previews[0]().pixels, monitor.previews[-1]().pixels
    assert last.shape == (1, 16, 16, 3)
    assert np.corrcoef(last.ravel(), small.ravel())[0, 1] > 0.8
    assert np.abs(last - small).mean() < np.abs(first - small).mean()


def test_cancelling_before_a_step(sample: Sample, make_monitor: Callable[..., Any]) -> None:
    monitor = make_monitor(cancel_at=1)
    with pytest.raises(Cancelled):
        sample(monitor=monitor)
    assert monitor.steps == []


def test_cancelling_inside_a_step_leaves_the_model_as_it_was(
    sample: Sample, make_monitor: Callable[..., Any]
) -> None:
    counter = make_monitor()
    before = sample(monitor=counter)
    per_step = counter.asked // 6
    assert per_step > 10  # several questions inside each step

    monitor = make_monitor(cancel_at=2 * per_step + per_step // 2)
    with pytest.raises(Cancelled):
        sample(monitor=monitor)
    assert [step for step, _ in monitor.steps] == [1, 2]

    asked = monitor.asked
    np.testing.assert_array_equal(sample().samples, before.samples)
    assert monitor.asked == asked  # no hook of the cancelled run is left


def test_the_same_request_gives_the_same_bits(sample: Sample) -> None:
    np.testing.assert_array_equal(sample().samples, sample().samples)


@pytest.mark.parametrize(("quality", "decibels"), [(Quality.BALANCED, 38), (Quality.FAST, 30)])
def test_shortcuts_change_the_picture_a_little(
    *,
    quality: Quality,
    decibels: float,
    sample: Sample,
    request_for: Callable[..., SampleRequest],
    backend: TorchBackend,
    pocket: ModelRecipe,
    monitor: Any,
) -> None:
    request = request_for(steps=20)
    quick = backend.arranged(Arrangement(detect(), Wishes(quality=quality, device="cpu", dtype=Dtype.FP32)))
    pixels = [
        backend.decode(pocket, latent, monitor).pixels
        for latent in (sample(steps=20), quick.sample(pocket, request, monitor))
    ]
    error = float(np.mean((pixels[1] - pixels[0]) ** 2))
    assert error > 0
    assert -10 * np.log10(error) > decibels  # docs/performance.md: 45 and 36 with 25 steps


def test_a_base_refuses_a_refiners_prompt(
    sample: Sample, encode: Callable[..., Conditioning], pocket_refiner: ModelRecipe
) -> None:
    for name in ("positive", "negative"):
        with pytest.raises(NodeFailed, match="refiner") as caught:
            sample(**{name: encode(pocket_refiner, "a panda")})
        assert caught.value.input == name
        assert caught.value.advice
    with pytest.raises(NodeFailed, match="refiner") as caught:
        sample(positive=encode(pocket_refiner, "a panda"), negative=None)
    assert caught.value.input == "positive"


def test_a_prompt_of_another_width_is_refused(sample: Sample) -> None:
    zeros = np.zeros((1, 77, 2048), np.float32)
    wide = Conditioning(zeros[:, :, :768], zeros[:, :, :1280], zeros[:, 0, :1280])
    with pytest.raises(NodeFailed, match="width 2048") as caught:
        sample(positive=wide)
    assert caught.value.input == "positive"


@pytest.mark.parametrize("scheduler", [Scheduler.LCM, Scheduler.DDIM, Scheduler.EULER])
@pytest.mark.parametrize("steps", [0, 5000])
def test_impossible_numbers_of_steps_are_refused(scheduler: Scheduler, steps: int, sample: Sample) -> None:
    with pytest.raises(NodeFailed) as caught:
        sample(scheduler=scheduler, steps=steps, end_step=1)
    assert caught.value.input == "steps"


@pytest.mark.parametrize("shape", [(1, 16, 8, 8), (0, 4, 8, 8)])
def test_latents_of_another_kind_are_refused(
    shape: tuple[int, ...], sample: Sample, backend: TorchBackend, pocket: ModelRecipe, monitor: Any
) -> None:
    latent = Latent(np.zeros(shape, np.float32))
    with pytest.raises(NodeFailed, match="latents") as caught:
        sample(latent=latent)
    assert caught.value.input == "latent"
    with pytest.raises(NodeFailed, match="latents"):
        backend.decode(pocket, latent, monitor)
