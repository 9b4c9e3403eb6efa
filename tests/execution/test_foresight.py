"""What contradicts itself in a sampler's settings is said before anything runs, and nothing else is."""

from __future__ import annotations

import re
from typing import Any

import pytest

from nodeflow.backends.foresight import foresee_sampling
from nodeflow.document.model import Workflow
from nodeflow.errors import InvalidWorkflow, NodeFailed
from nodeflow.execution.runner import Job, ThreadRunner
from nodeflow.values import Curve, DenoiseSteps, Guidance, Schedule, Scheduler, SigmaSpacing, Solver

USUAL: dict[str, Any] = {
    "negative": None,
    "guidance": None,
    "schedule": None,
    "scheduler": Scheduler.EULER,
    "steps": 6,
    "denoise": 1.0,
    "start_step": None,
    "end_step": None,
    "solver": None,
}
SUPPRESSING = Guidance(negative_scale=Curve.constant(2.0))
WRONG = [
    ({"end_step": 7}, "end_step: there is no step 7 to stop at. Use 1 to 6"),
    ({"end_step": 0}, "end_step: there is no step 0 to stop at"),
    ({"start_step": 6}, "start_step: there is no step 6. Use 0 to 5"),
    ({"start_step": 4, "end_step": 4}, "end_step: it should stop before step 4, but starts at step 4"),
    ({"start_step": 4, "denoise": 0.5}, "start_step: both start_step and denoise say where to start"),
    (
        {"end_step": 4, "denoise": 0.5, "schedule": Schedule(denoise_steps=DenoiseSteps.ALL)},
        "end_step: a run",
    ),
    ({"schedule": Schedule(sigmas=(2.0, 1.0))}, "schedule: its list has 2 noise levels"),
    (
        {"schedule": Schedule(SigmaSpacing.BETA), "scheduler": Scheduler.DDIM},
        "schedule: the scheduler 'ddim'",
    ),
    ({"solver": Solver(eta=0.5), "scheduler": Scheduler.HEUN}, "solver: the scheduler 'heun' has no eta"),
    ({"guidance": SUPPRESSING}, "negative: a negative scale has nothing to suppress"),
]
RIGHT = [
    {},
    {"end_step": 6, "start_step": 0},
    {"denoise": 0.0},
    {"schedule": Schedule(sigmas=(6.0, 5.0, 4.0, 3.0, 2.0, 1.0))},
    {"guidance": SUPPRESSING, "negative": "something"},
    {"solver": Solver(eta=0.5), "scheduler": Scheduler.DDIM},
]


@pytest.mark.parametrize(("changed", "said"), WRONG)
def test_what_contradicts_itself_is_said(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(NodeFailed, match=f"^{re.escape(said)}"):
        foresee_sampling({**USUAL, **changed})


@pytest.mark.parametrize("changed", RIGHT)
def test_the_rest_is_not(changed: dict[str, Any]) -> None:
    foresee_sampling({**USUAL, **changed})


@pytest.mark.parametrize(("changed", "said"), WRONG)
def test_of_what_is_not_known_nothing_is_said(changed: dict[str, Any], said: str) -> None:
    known = {**USUAL, **changed}
    for name in changed:
        foresee_sampling({other: value for other, value in known.items() if other != name})


def sampling(sampler: dict[str, Any], **more: dict[str, Any]) -> Workflow:
    """A workflow whose sampler has these inputs."""

    def link(output: str) -> dict[str, str]:
        return {"from": output}

    nodes = {
        "checkpoint": {"type": "CheckpointLoader", "inputs": {"checkpoint": "pocket"}},
        "prompt": {"type": "TextEncode", "inputs": {"model": link("checkpoint.model"), "text": "a cat"}},
        "latent": {"type": "EmptyLatent", "inputs": {"width": 64, "height": 64}},
        "guidance": {"type": "Guidance", "inputs": {"negative_scale": 2.0}},
        "sampler": {
            "type": "Sampler",
            "inputs": {
                "model": link("checkpoint.model"),
                "positive": link("prompt.conditioning"),
                "latent": link("latent.latent"),
                **sampler,
            },
        },
        **more,
    }
    return Workflow.model_validate({"nodes": nodes})


@pytest.mark.parametrize(
    ("workflow", "said"),
    [
        (sampling({"end_step": 26}), "sampler.end_step: there is no step 26 to stop at"),
        (
            sampling({"guidance": {"from": "guidance.guidance"}}),
            "sampler.negative: a negative scale has nothing",
        ),
        (
            sampling({"steps": {"from": "n.integer"}}, n={"type": "Integer", "inputs": {"value": 1001}}),
            "sampler.steps: must be from 1 to 1000, not 1001",
        ),
        (
            sampling(
                {"end_step": 5},
                refiner={
                    "type": "Refiner",
                    "inputs": {
                        "model": {"from": "checkpoint.model"},
                        "positive": {"from": "prompt.conditioning"},
                        "latent": {"from": "sampler.latent"},
                        "start_step": 30,
                    },
                },
            ),
            "refiner.start_step: there is no step 30. Use 0 to 24",
        ),
    ],
)
def test_a_plan_says_it(workflow: Workflow, said: str) -> None:
    runner = ThreadRunner.standard()
    with pytest.raises(InvalidWorkflow, match=re.escape(said)):
        runner.plan(Job(workflow, (said.partition(".")[0],)))
    runner.close()
