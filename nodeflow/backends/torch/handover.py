"""What travels with latents that still hold noise, so that another run goes on as if it were the same."""

from __future__ import annotations

import hashlib
from typing import Any

import diffusers
import numpy as np
import torch
from safetensors import SafetensorError

from nodeflow.backends.protocol import SampleRequest
from nodeflow.backends.seeds import seeds_of
from nodeflow.backends.torch.course import Course
from nodeflow.backends.torch.noise import Dice
from nodeflow.backends.torch.packing import pack, unpack
from nodeflow.backends.torch.state import Memory, State, revived
from nodeflow.values import Handover
from nodeflow.values.arrays import FloatArray

_FORMAT = 1
"""Of what travels; raised when an older one can no longer be read, which is then ignored."""


def hand_over(request: SampleRequest, course: Course, memory: Memory, state: State) -> Handover:
    """What the next run needs to go on.

    Args:
        request: What was asked of this run.
        course: Its scheduler's steps.
        memory: What its scheduler and its guider remember.
        state: Where it stopped.
    """
    timesteps = course.timesteps
    tree = {
        "of": _belongs_to(course, state.step, state.latents.float().cpu().numpy()),
        "seeds": [str(seed) for seed in seeds_of(request)],
        "noise": [str(request.noise.source), str(request.noise.batch)],
        "generators": [generator.get_state() for generator in state.generators],
        "memory": _moved(memory.read(), torch.device("cpu"), None),
    }
    packed = np.frombuffer(pack(tree), np.uint8)
    return Handover(request.scheduler, timesteps[state.step], state.step, len(timesteps), packed)


def take_over(
    request: SampleRequest, course: Course, memory: Memory, state: State, dice: Dice
) -> State | None:
    """Go on from what travelled with the request's latents, if it fits this run.

    What the solver remembers fits the same steps of the same schedule; the noise goes on if it is of the same
    seeds.

    Args:
        request: What is asked of this run, with latents that were handed over.
        course: Its scheduler's steps.
        memory: Gives scheduler and guider back what the last ones remembered.
        state: Where the run would begin without a history.
        dice: Its generators.

    Returns:
        Where to go on; None if the solver has to begin anew.
    """
    handover = request.latent.handover
    if handover is None or handover.state is None:
        return None
    try:
        tree = unpack(handover.state.tobytes())
        remembered = _moved(tree["memory"], state.latents.device, state.latents.dtype)
        generators = revived(tree["generators"], dice.generators)
        same_noise = (tree["seeds"], tree["noise"]) == (
            [str(seed) for seed in seeds_of(request)],
            [str(request.noise.source), str(request.noise.batch)],
        )
        expected = _belongs_to(course, state.step, request.latent.samples)
        if tree["of"] != expected or not memory.is_sound(remembered):
            return None
    except (SafetensorError, ValueError, KeyError, TypeError, RuntimeError, AttributeError):
        return None  # another backend's, or that of generators of another kind
    memory.restore(remembered)
    return State(state.step, state.latents, generators if same_noise else state.generators)


def _belongs_to(course: Course, step: int, samples: FloatArray) -> dict[str, Any]:
    """What must be the same at both ends, as JSON values; the latents too, which nodes may change."""
    scheduler = course.scheduler
    return {
        "format": _FORMAT,
        "libraries": [torch.__version__, diffusers.__version__],
        "scheduler": [type(scheduler).__name__, scheduler.config.get("solver_order")],
        "timesteps": scheduler.timesteps.tolist(),
        "levels": scheduler.sigmas.tolist() if hasattr(scheduler, "sigmas") else [],
        "step": step,
        "samples": hashlib.sha256(samples.tobytes()).hexdigest(),
    }


def _moved(value: Any, device: torch.device, dtype: torch.dtype | None) -> Any:
    """Latent-like tensors in a tree on another device and in another precision; what else there is stays."""
    if isinstance(value, dict):
        return {name: _moved(item, device, dtype) for name, item in value.items()}
    if isinstance(value, list):
        return [_moved(item, device, dtype) for item in value]
    if isinstance(value, torch.Tensor):
        return value.to(device, dtype if value.ndim > 1 else None)
    return value
