"""The nodes that say how a sampler steps and solves, and where its noise comes from."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nodes
from nodeflow.errors import NodeFailed
from nodeflow.node import Context
from nodeflow.values import Noise, Schedule, SigmaSpacing, Solver, TimestepSpacing

from .test_nodes import sample


@pytest.mark.parametrize("text", ["14.6 6 0.5", "14.6, 6, 0.5, 0", " 14.6,6\n.5 0.0 "])
def test_a_list_is_read_however_it_is_written(text: str) -> None:
    assert nodes.schedule(sigmas=text) == Schedule(sigmas=(14.6, 6.0, 0.5))


@pytest.mark.parametrize(
    ("inputs", "named", "message"),
    [
        ({"sigmas": "3 x"}, "sigmas", "'x' is not a number"),
        ({"sigmas": "0"}, "sigmas", "at least one noise level"),
        ({"sigmas": "3 -1"}, "sigmas", "above 0"),
        ({"sigmas": "nan"}, "sigmas", "'nan' is not a number"),
        ({"sigmas": "1 2"}, "sigmas", "fall from step to step"),
        ({"sigmas": "2 1", "sigma_spacing": SigmaSpacing.BETA}, "sigmas", "nothing to space"),
        (
            {
                "sigma_spacing": SigmaSpacing.ALIGN_YOUR_STEPS,
                "timestep_spacing": TimestepSpacing.TRAILING,
            },
            "timestep_spacing",
            "nothing to space",
        ),
    ],
)
def test_what_contradicts_itself_names_its_input(inputs: dict[str, Any], named: str, message: str) -> None:
    with pytest.raises(NodeFailed, match=message) as caught:
        nodes.schedule(**inputs)
    assert caught.value.input == named


def test_the_sampler_hands_both_on(context: Context) -> None:
    def run(**options: Any) -> bytes:
        latent = nodes.empty_latent(64, 64)
        return bytes(sample(context, latent, **options).samples.tobytes())

    unset = {"schedule": nodes.schedule(), "noise": Noise()}
    spaced = {"schedule": nodes.schedule(sigma_spacing=SigmaSpacing.KARRAS)}
    assert run() == run(**unset)
    assert len({run(), run(**spaced), run(noise=nodes.noise(3))}) == 3


def test_variations_are_light_values() -> None:
    assert nodes.noise(7, 0.25) == Noise(variation_seed=7, variation_strength=0.25)
    assert np.isclose(nodes.noise().variation_strength, 0.1)


def test_choices_of_a_solver_are_a_light_value(context: Context) -> None:
    assert nodes.solver() == Solver()
    assert nodes.solver(churn=2.0, churn_from=9.0) == Solver(churn=2.0, churn_from=9.0)
    plain, chosen = (
        sample(context, nodes.empty_latent(64, 64), solver=solver).samples
        for solver in (Solver(), Solver(eta=0.5))
    )
    assert (plain != chosen).any()


@pytest.mark.parametrize(
    ("inputs", "named", "message"),
    [
        ({"churn": 1.0, "churn_from": 1.0, "churn_to": 2.0}, "churn_from", "would begin at 1, below .* 2"),
        ({"churn_to": 2.0}, "churn", "no churn to begin or end"),
    ],
)
def test_churn_that_contradicts_itself_names_its_input(
    inputs: dict[str, Any], named: str, message: str
) -> None:
    with pytest.raises(NodeFailed, match=message) as caught:
        nodes.solver(**inputs)
    assert caught.value.input == named
