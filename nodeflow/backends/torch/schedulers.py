"""Which diffusers class and settings stand behind each scheduler name."""

from __future__ import annotations

import inspect
from collections.abc import Collection, Mapping
from typing import Any

import diffusers
import torch

from nodeflow.backends.levels import check_count, check_schedule
from nodeflow.backends.solving import check_solver
from nodeflow.backends.torch.spacing import set_steps, settings_of
from nodeflow.values import Schedule, Scheduler, Solver

_CLASSES: dict[Scheduler, tuple[str, dict[str, Any]]] = {
    Scheduler.EULER: ("EulerDiscreteScheduler", {}),
    Scheduler.EULER_ANCESTRAL: ("EulerAncestralDiscreteScheduler", {}),
    Scheduler.DPMPP_2M: ("DPMSolverMultistepScheduler", {"algorithm_type": "dpmsolver++"}),
    Scheduler.DPMPP_2M_SDE: ("DPMSolverMultistepScheduler", {"algorithm_type": "sde-dpmsolver++"}),
    Scheduler.DPMPP_3M_SDE: (
        "DPMSolverMultistepScheduler",
        {"algorithm_type": "sde-dpmsolver++", "solver_order": 3},
    ),
    Scheduler.DPMPP_2S: ("DPMSolverSinglestepScheduler", {"algorithm_type": "dpmsolver++"}),
    Scheduler.UNIPC: ("UniPCMultistepScheduler", {}),
    Scheduler.DEIS: ("DEISMultistepScheduler", {}),
    Scheduler.HEUN: ("HeunDiscreteScheduler", {}),
    Scheduler.KDPM2: ("KDPM2DiscreteScheduler", {}),
    Scheduler.KDPM2_ANCESTRAL: ("KDPM2AncestralDiscreteScheduler", {}),
    Scheduler.LMS: ("LMSDiscreteScheduler", {}),
    Scheduler.DDIM: ("DDIMScheduler", {}),
    Scheduler.DDPM: ("DDPMScheduler", {}),
    Scheduler.LCM: ("LCMScheduler", {}),
    Scheduler.TCD: ("TCDScheduler", {}),
    Scheduler.DPMPP_SDE: ("DPMSolverSDEScheduler", {}),
    Scheduler.DPMPP_3M: (
        "DPMSolverMultistepScheduler",
        {"algorithm_type": "dpmsolver++", "solver_order": 3},
    ),
    Scheduler.SA_SOLVER: ("SASolverScheduler", {}),
    Scheduler.PNDM: ("PNDMScheduler", {"skip_prk_steps": True}),
}

_SDXL = {"clip_sample": False, "set_alpha_to_one": False}
"""Where a checkpoint's scheduler config is silent: SDXL's own (scheduler_config.json of
stabilityai/stable-diffusion-xl-base-1.0). diffusers would clip latents to ±1 as if they were pixels."""


def make_scheduler(
    name: Scheduler,
    config: Mapping[str, Any],
    steps: int,
    device: torch.device,
    schedule: Schedule | None = None,
    *,
    solver: Solver | None = None,
) -> Any:
    """Make a diffusers scheduler, set to a number of steps.

    Args:
        name: The solver.
        config: The checkpoint's scheduler config (noise schedule, prediction type, timestep spacing).
        steps: Steps of the whole schedule, 1 and up.
        device: Where the timesteps go.
        schedule: Where the steps lie; None: as the config says.
        solver: How it solves; None: as diffusers has it.

    Raises:
        NodeFailed: If the scheduler cannot take that many steps, or not at these places, or solves otherwise.
    """
    class_name, settings = _CLASSES[name]
    scheduler_class, wanted = getattr(diffusers, class_name), schedule or Schedule()
    choices = solver or Solver()
    check_solver(name, choices)
    check_schedule(name, wanted, steps)
    known = inspect.signature(scheduler_class).parameters
    spacing = {key: value for key, value in settings_of(wanted).items() if key in known}
    scheduler = scheduler_class.from_config(
        {**_SDXL, **config}, **{**settings, **_chosen(choices, known)}, **spacing
    )
    # LCM and TCD skip over a coarser schedule than the one of training, and can only leave steps of it out.
    limit = scheduler.config.get("original_inference_steps", scheduler.config.num_train_timesteps)
    check_count(name, wanted, steps, limit)
    set_steps(scheduler, name, wanted, steps, device)
    return scheduler


def _chosen(solver: Solver, known: Collection[str]) -> dict[str, Any]:
    """The choices that are a scheduler's settings, by diffusers' names."""
    settings = {
        "solver_order": solver.order,
        "predictor_order": solver.order,
        "corrector_order": solver.order,
        "solver_type": solver.solver_type and str(solver.solver_type),
    }
    return {name: value for name, value in settings.items() if value is not None and name in known}


def step_arguments(scheduler: Any, generators: list[torch.Generator], solver: Solver) -> dict[str, Any]:
    """What a scheduler's `step` takes besides the prediction; `solver` has what the scheduler can do."""
    accepted = inspect.signature(scheduler.step).parameters
    arguments = {
        "generator": generators,
        "eta": solver.eta,
        "s_churn": solver.churn,
        "s_tmin": solver.churn_to,
        "s_tmax": solver.churn_from,
        "s_noise": solver.noise_scale,
        "order": solver.order,
    }
    return {name: value for name, value in arguments.items() if name in accepted and value is not None}
