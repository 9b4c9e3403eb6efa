"""The state of a half-done sampling run: what it consists of, and what it looks like as bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from safetensors import SafetensorError

from nodeflow.backends.guidance import Guider
from nodeflow.backends.span import Span
from nodeflow.backends.torch.packing import pack, unpack

Fingerprint = Mapping[str, Any]
"""What a state belongs to, as JSON values. It fits where this is the same."""

_CONFIG = "_internal_dict"
"""Where diffusers keeps a scheduler's configuration, which never changes."""


@dataclass(frozen=True, eq=False)
class State:
    """Where a run stands between two steps.

    Attributes:
        step: The step to go on with, counted from 0 in whole steps of the schedule.
        latents: What it takes, shape (batch, channels, height / 8, width / 8), in the UNet's precision.
        generators: Where each item's noise comes from, or that of the whole batch.
    """

    step: int
    latents: torch.Tensor
    generators: list[torch.Generator]


class Memory:
    """What a scheduler and a guider remember of the steps that they took.

    Args:
        scheduler: A diffusers scheduler, set up and not yet used: what changes from here on is remembered.
        guider: The run's guider.
    """

    def __init__(self, scheduler: Any, guider: Guider) -> None:
        self._scheduler, self._guider = scheduler, guider
        self._fresh = _attributes(scheduler)

    def read(self) -> dict[str, dict[str, Any]]:
        """The attributes that changed. Their tensors are never written into, so they may be kept."""
        now = _attributes(self._scheduler)
        changed = {name: now[name] for name in now if not _same(now[name], self._fresh.get(name))}
        return {"scheduler": changed, "guider": dict(self._guider.remembered())}

    def is_sound(self, remembered: Mapping[str, Mapping[str, Any]]) -> bool:
        """Whether it has the form of what `read` gives, and would not break the scheduler: its methods."""
        scheduler, guider = dict(remembered["scheduler"]), dict(remembered["guider"])
        methods = any(callable(getattr(self._scheduler, name, None)) for name in scheduler)
        return not methods and all(isinstance(value, torch.Tensor) for value in guider.values())

    def restore(self, remembered: Mapping[str, Mapping[str, Any]]) -> None:
        """Set both to what others of the same kind remembered."""
        vars(self._scheduler).update(remembered["scheduler"])
        self._guider.recall(remembered["guider"])


class StateForm:
    """What a run's states look like as bytes; see `nodeflow.backends.keeper.Form`.

    Args:
        memory: What the run's scheduler and guider remember.
        fingerprint: What the states belong to.
        span: The steps that run.
        fresh: Generators such as the run begins with.
    """

    def __init__(
        self, memory: Memory, fingerprint: Fingerprint, span: Span, fresh: Sequence[torch.Generator]
    ) -> None:
        self._memory, self._fingerprint, self._span, self._fresh = memory, fingerprint, span, fresh

    def packed(self, state: State) -> Callable[[], bytes]:
        """What makes a state's bytes, however far the run has gone on meanwhile."""
        tree = {
            "of": self._fingerprint,
            "step": state.step,
            "latents": state.latents,
            "generators": [generator.get_state() for generator in state.generators],
            "memory": self._memory.read(),
        }
        return partial(pack, tree)

    def unpacked(self, data: bytes) -> State | None:
        """A state out of bytes, the scheduler and the guider set to it; None if nothing fits."""
        try:
            tree = unpack(data)
            if tree["of"] != self._fingerprint:
                return None
            state = State(tree["step"], tree["latents"], revived(tree["generators"], self._fresh))
            if not self._is_sound(state, tree["memory"]):
                return None
        except (SafetensorError, ValueError, KeyError, TypeError, RuntimeError, AttributeError):
            return None  # damaged: the steps are computed again
        self._memory.restore(tree["memory"])
        return state

    def _is_sound(self, state: State, remembered: Mapping[str, Any]) -> bool:
        """Whether it has the form of a state of this run; what its numbers are, only checksums could tell."""
        fits = state.latents.shape == tuple(self._fingerprint["shape"])
        return fits and self._span.has_inside(state.step) and self._memory.is_sound(remembered)


def revived(states: Sequence[torch.Tensor], like: Sequence[torch.Generator]) -> list[torch.Generator]:
    """Generators that go on from states, on the devices of others.

    Raises:
        ValueError: If there are not as many.
        RuntimeError: If they are no states of such generators.
    """
    pairs = zip(states, like, strict=True)
    return [torch.Generator(other.device).set_state(state) for state, other in pairs]


def _attributes(scheduler: Any) -> dict[str, Any]:
    held = {name: value for name, value in vars(scheduler).items() if name != _CONFIG}
    return {name: list(value) if isinstance(value, list) else value for name, value in held.items()}


def _same(value: Any, other: Any) -> bool:
    if isinstance(value, list) and isinstance(other, list):
        return len(value) == len(other) and all(map(_same, value, other))
    if isinstance(value, None | bool | int | float | str):
        return type(value) is type(other) and bool(value == other)
    return value is other
