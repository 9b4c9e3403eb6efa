"""Choices in how a scheduler solves: what diffusers makes of them, exactly, or one clear line."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import fields
from functools import partial
from typing import Any

import diffusers
import numpy as np
import pytest

from nodeflow.backends.solving import check_solver
from nodeflow.errors import NodeFailed
from nodeflow.values import Handover, Latent, Scheduler, Solver, SolverType
from nodeflow.values.solver import HIGHEST_ORDERS, USED_BY

from .test_fidelity import NEGATIVE, ORACLES, PROMPT, generator

pytestmark = pytest.mark.filterwarnings("ignore:__array_:DeprecationWarning")  # diffusers with numpy 2.4

STEP_NAMES = {"churn": "s_churn", "churn_from": "s_tmax", "churn_to": "s_tmin", "noise_scale": "s_noise"}

Case = tuple[Scheduler, Solver, dict[str, Any], dict[str, Any]]
"""Our choice; diffusers' settings; diffusers' arguments of each step."""

CASES: list[Case] = [
    (Scheduler.DDIM, Solver(eta=0.7), {}, {"eta": 0.7}),
    (Scheduler.TCD, Solver(eta=0.3), {}, {"eta": 0.3}),
    (
        Scheduler.EULER,
        Solver(churn=3.0, churn_from=10.0, churn_to=0.3, noise_scale=1.01),
        {},
        {"s_churn": 3.0, "s_tmax": 10.0, "s_tmin": 0.3, "s_noise": 1.01},
    ),
    (Scheduler.DPMPP_SDE, Solver(noise_scale=0.9), {}, {"s_noise": 0.9}),
    (Scheduler.LMS, Solver(order=2), {}, {"order": 2}),
    (Scheduler.UNIPC, Solver(order=3), {"solver_order": 3}, {}),
    (Scheduler.DEIS, Solver(order=3), {"solver_order": 3}, {}),
    (Scheduler.SA_SOLVER, Solver(order=3), {"predictor_order": 3, "corrector_order": 3}, {}),
    (Scheduler.DPMPP_2M, Solver(solver_type=SolverType.HEUN), {"solver_type": "heun"}, {}),
    (Scheduler.DPMPP_2M_SDE, Solver(solver_type=SolverType.HEUN), {"solver_type": "heun"}, {}),
    (Scheduler.DPMPP_2S, Solver(solver_type=SolverType.HEUN), {"solver_type": "heun"}, {}),
]
NAMES = [f"{name}-{'-'.join(solver.told())}" for name, solver, *_ in CASES]


@pytest.mark.filterwarnings("ignore:Should have t[ab]:UserWarning")  # of torchsde, rounding its own ends
@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_choices_are_those_of_diffusers(
    case: Case,
    picture: Callable[..., Any],
    pipeline: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scheduler, solver, settings, arguments = case
    name, usual = ORACLES[scheduler]
    theirs = getattr(diffusers, name).from_config(pipeline.scheduler.config, **{**usual, **settings})
    theirs.step = _told(theirs.step, arguments)
    monkeypatch.setattr(pipeline, "scheduler", theirs)
    pipeline.set_progress_bar_config(disable=True)
    pixels = pipeline(
        PROMPT,
        negative_prompt=NEGATIVE,
        generator=generator(),
        num_inference_steps=6,
        guidance_scale=5.0,
        height=128,
        width=128,
        **{name: value for name, value in arguments.items() if name == "eta"},
    ).images[0]
    ours = picture(scheduler=scheduler, solver=solver)
    np.testing.assert_array_equal(ours[0], np.asarray(pixels))
    assert (ours != picture(scheduler=scheduler)).any(), "the choice changes nothing"


def _told(step: Callable[..., Any], arguments: dict[str, Any]) -> Callable[..., Any]:
    """A scheduler's step that is given more than pipelines give it; they look at its signature."""
    told = partial(step, **{name: value for name, value in arguments.items() if name != "eta"})
    told.__signature__ = inspect.signature(step)  # type: ignore[attr-defined]
    return told


@pytest.mark.parametrize("scheduler", Scheduler)
def test_what_a_scheduler_is_said_to_have_diffusers_gives_it(scheduler: Scheduler) -> None:
    known = {*_parameters(scheduler)}
    for choice in ("eta", *STEP_NAMES):
        assert (scheduler in USED_BY[choice]) is (STEP_NAMES.get(choice, choice) in known), choice
    if scheduler in HIGHEST_ORDERS:
        assert known & {"order", "solver_order", "predictor_order"}
    if scheduler in USED_BY["solver_type"]:
        assert "solver_type" in known


def _parameters(scheduler: Scheduler) -> list[str]:
    found = getattr(diffusers, ORACLES[scheduler][0])
    return [*inspect.signature(found.__init__).parameters, *inspect.signature(found.step).parameters]


def test_every_choice_is_said_to_be_somebodys() -> None:
    assert set(USED_BY) == {field.name for field in fields(Solver)}


@pytest.mark.parametrize(
    ("scheduler", "solver", "message"),
    [
        (Scheduler.EULER, Solver(eta=0.5), "'euler' has no eta.*choose ddim or tcd"),
        (Scheduler.HEUN, Solver(churn=1.0), "'heun' has no churn.*choose euler"),
        (Scheduler.DPMPP_2M, Solver(order=3), "'dpmpp_2m' has no order.*lms or unipc or deis or sa_solver"),
        (Scheduler.EULER, Solver(noise_scale=0.9), "noise_scale has no noise to scale.*Set churn above 0"),
        (Scheduler.LMS, Solver(order=5), "'lms' has no order 5.*1 to 4"),
        (Scheduler.UNIPC, Solver(solver_type=SolverType.HEUN), "'unipc' has no solver_type.*dpmpp_2m"),
    ],
)
def test_what_a_scheduler_has_not_is_one_clear_line(
    scheduler: Scheduler, solver: Solver, message: str
) -> None:
    with pytest.raises(NodeFailed, match=message) as caught:
        check_solver(scheduler, solver)
    assert caught.value.input == "solver"
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("scheduler", "solver"),
    [
        (Scheduler.DDIM, Solver(eta=1.0)),
        (Scheduler.EULER, Solver(churn=4.0)),
        (Scheduler.LMS, Solver(order=3)),
    ],
)
def test_a_run_cut_in_two_equals_one_run(
    scheduler: Scheduler, solver: Solver, sample: Callable[..., Latent], empty: Callable[..., Latent]
) -> None:
    options = {"scheduler": scheduler, "solver": solver, "seed": 5}
    whole = sample(latent=empty(64, 64), **options)
    part = sample(latent=empty(64, 64), end_step=3, **options)
    assert isinstance(part.handover, Handover)
    np.testing.assert_array_equal(sample(latent=part, **options).samples, whole.samples)


@pytest.mark.parametrize(
    ("scheduler", "solver"), [(Scheduler.DDIM, Solver(eta=1.0)), (Scheduler.EULER, Solver(churn=4.0))]
)
def test_each_picture_of_a_batch_equals_its_single_run(
    scheduler: Scheduler, solver: Solver, sample: Callable[..., Latent], empty: Callable[..., Latent]
) -> None:
    options = {"scheduler": scheduler, "solver": solver}
    both = sample(latent=empty(64, 64, 2), seed=5, **options).samples
    for index, seed in enumerate((5, 6)):
        single = sample(latent=empty(64, 64), seed=seed, **options).samples
        np.testing.assert_allclose(both[index], single[0], rtol=0, atol=1e-4)
