"""The state of a half-done sampling run: what it consists of, and when it is kept.

Going on from a state gives the very latents of an undisturbed run, so it holds whatever a solver remembers of
earlier steps.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import torch
from safetensors import SafetensorError

from nodeflow.backends.guidance import Guider
from nodeflow.backends.protocol import StateFile
from nodeflow.backends.span import Span
from nodeflow.backends.torch.packing import pack, unpack
from nodeflow.errors import Cancelled

SECONDS = 5.0
"""Time between two savings: little to lose, and next to nothing to spend, for what takes longer than that."""

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


class Keeper:
    """Keeps a run's state in a file: every few seconds, and when the run in its `with` block is cancelled.

    Args:
        file: Where to; None: nowhere.
        memory: What the run's scheduler remembers.
        fingerprint: What the state belongs to.
    """

    def __init__(self, file: StateFile | None, memory: Memory, fingerprint: Fingerprint) -> None:
        self._file, self._memory, self._fingerprint = file, memory, fingerprint
        self._unsaved: dict[str, Any] | None = None
        self._since = time.monotonic()

    def load(self, span: Span, fresh: Sequence[torch.Generator]) -> State | None:
        """Take up what an earlier run of this span left: the scheduler is set to it, and the file told.

        Args:
            span: The steps that run.
            fresh: Generators such as the run begins with.

        Returns:
            Where to go on; None if there is nothing, or nothing that fits.
        """
        data = None if self._file is None else self._file.load()
        if self._file is None or data is None:
            return None
        try:
            tree = unpack(data)
            if tree["of"] != self._fingerprint:
                return None
            generators = revived(tree["generators"], fresh)
            state = State(tree["step"], tree["latents"], generators)
            if not self._is_sound(state, tree["memory"], span):
                return None
        except (SafetensorError, ValueError, KeyError, TypeError, RuntimeError, AttributeError):
            return None  # damaged: the steps are computed again
        self._memory.restore(tree["memory"])
        self._file.resumed(state.step - span.start, span.end - span.start)
        return state

    def reached(self, state: State) -> None:
        """Note a state to go on from, and save it if the last one saved is too long ago."""
        if self._file is None:
            return
        self._unsaved = {
            "of": self._fingerprint,
            "step": state.step,
            "latents": state.latents,
            "generators": [generator.get_state() for generator in state.generators],
            "memory": self._memory.read(),
        }
        if time.monotonic() - self._since >= SECONDS:
            self._save()

    def _is_sound(self, state: State, remembered: Mapping[str, Any], span: Span) -> bool:
        """Whether it has the form of a state of this run; what its numbers are, only checksums could tell."""
        fits = state.latents.shape == tuple(self._fingerprint["shape"])
        return fits and span.start < state.step < span.end and self._memory.is_sound(remembered)

    def _save(self) -> None:
        if self._file is not None and self._unsaved is not None:
            self._file.save(pack(self._unsaved))
            self._unsaved, self._since = None, time.monotonic()

    def __enter__(self) -> None:
        self._since = time.monotonic()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, Cancelled):
            self._save()


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
