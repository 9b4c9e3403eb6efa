"""What a sampler can be told before anything runs: settings that contradict each other whatever feeds it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nodeflow.backends.guidance import check_negative_scale
from nodeflow.backends.levels import check_schedule
from nodeflow.backends.solving import check_solver
from nodeflow.backends.span import check_steps
from nodeflow.values import Guidance, Schedule, Solver


def foresee_sampling(known: Mapping[str, Any]) -> None:
    """Look at a sampler's settings as far as they are known.

    Args:
        known: The inputs that are known, by name; those of `SampleRequest`, where None stands for the usual.

    Raises:
        NodeFailed: If they contradict each other; names an input.
    """
    if {"negative", "guidance"} <= known.keys():
        check_negative_scale(known["guidance"] or Guidance(), known["negative"])
    if {"scheduler", "solver"} <= known.keys():
        check_solver(known["scheduler"], known["solver"] or Solver())
    if not {"schedule", "steps", "denoise"} <= known.keys():
        return
    steps, denoise, schedule = known["steps"], known["denoise"], known["schedule"] or Schedule()
    total = schedule.total_steps(steps, denoise)
    if "scheduler" in known:
        check_schedule(known["scheduler"], schedule, total)
    if {"start_step", "end_step"} <= known.keys():
        check_steps(steps, total, denoise, known["start_step"], known["end_step"])
