"""Which steps a request runs; no model is needed to know."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nodeflow.backends import SampleRequest
from nodeflow.backends.span import Span, Start, gap, plan
from nodeflow.errors import NodeFailed
from nodeflow.values import Conditioning, Handover, Latent, Scheduler

TIMESTEPS = [901.0, 801.0, 701.0, 601.0, 501.0, 401.0, 301.0, 201.0, 101.0, 1.0]
SAMPLES = np.zeros((1, 4, 8, 8), np.float32)
EMPTY, CLEAN = Latent(SAMPLES, empty=True), Latent(SAMPLES)


def noisy(timestep: float, scheduler: Scheduler = Scheduler.EULER) -> Latent:
    return Latent(SAMPLES, handover=Handover(scheduler, timestep))


def asked(latent: Latent, **fields: Any) -> SampleRequest:
    prompt = Conditioning(None, np.zeros((1, 77, 4), np.float32), np.zeros((1, 4), np.float32))
    settings = {"seed": 0, "steps": 10, "guidance_scale": 1.0, "scheduler": Scheduler.EULER, **fields}
    return SampleRequest(latent, prompt, None, **settings)


def run(latent: Latent, **fields: Any) -> Span:
    return plan(asked(latent, **fields), TIMESTEPS)


@pytest.mark.parametrize(
    ("latent", "fields", "expected"),
    [
        (EMPTY, {}, Span(0, 10, Start.NOISE)),
        (EMPTY, {"end_step": 10}, Span(0, 10, Start.NOISE)),
        (EMPTY, {"start_step": 0, "end_step": 4}, Span(0, 4, Start.NOISE)),
        (CLEAN, {}, Span(0, 10, Start.ADD_NOISE)),
        (CLEAN, {"denoise": 0.39}, Span(7, 10, Start.ADD_NOISE)),
        (CLEAN, {"denoise": 0.05}, Span(10, 10, Start.ADD_NOISE)),
        (CLEAN, {"denoise": 0.5, "end_step": 8}, Span(5, 8, Start.ADD_NOISE)),
        (CLEAN, {"start_step": 3}, Span(3, 10, Start.ADD_NOISE)),
        (noisy(201), {}, Span(7, 10, Start.CONTINUE)),
        (noisy(250), {}, Span(7, 10, Start.CONTINUE)),
        (noisy(201), {"start_step": 7, "end_step": 9}, Span(7, 9, Start.CONTINUE)),
    ],
)
def test_the_steps_that_run(latent: Latent, fields: dict[str, Any], expected: Span) -> None:
    assert run(latent, **fields) == expected


@pytest.mark.parametrize(
    ("latent", "told"),
    [
        (CLEAN, None),
        (noisy(201), None),
        (noisy(209), None),
        (noisy(250), "with the noise of timestep 250, but the next step here begins at 201"),
    ],
)
def test_noise_that_does_not_fit_the_next_step_is_told(latent: Latent, told: str | None) -> None:
    found = gap(asked(latent), TIMESTEPS, run(latent))
    assert found is None if told is None else told in (found or "")


@pytest.mark.parametrize(
    ("latent", "fields", "named"),
    [
        (EMPTY, {"denoise": 0.5}, "denoise"),
        (EMPTY, {"start_step": 2}, "start_step"),
        (EMPTY, {"end_step": 0}, "end_step"),
        (EMPTY, {"end_step": 11}, "end_step"),
        (CLEAN, {"denoise": 1.5}, "denoise"),
        (CLEAN, {"denoise": float("nan")}, "denoise"),
        (CLEAN, {"start_step": 3, "denoise": 0.5}, "start_step"),
        (CLEAN, {"start_step": 10}, "start_step"),
        (CLEAN, {"start_step": -1}, "start_step"),
        (CLEAN, {"start_step": 5, "end_step": 5}, "end_step"),
        (CLEAN, {"denoise": 0.2, "end_step": 8}, "end_step"),
        (noisy(201, Scheduler.DDIM), {}, "scheduler"),
        (noisy(201), {"denoise": 0.5}, "denoise"),
        (noisy(201), {"start_step": 6}, "start_step"),
        (noisy(201), {"end_step": 7}, "end_step"),
        (noisy(0), {}, "steps"),
    ],
)
def test_contradictions_name_an_input(latent: Latent, fields: dict[str, Any], named: str) -> None:
    with pytest.raises(NodeFailed) as caught:
        run(latent, **fields)
    assert caught.value.input == named
