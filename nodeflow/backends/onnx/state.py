"""Where a run stands between two steps: kept so that a crash costs a few steps only, and handed over."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from safetensors import SafetensorError

from nodeflow.backends.onnx.generator import Generator
from nodeflow.backends.onnx.packing import pack, unpack
from nodeflow.backends.onnx.solvers import Solver
from nodeflow.backends.protocol import SampleRequest, StateFile
from nodeflow.backends.seeds import seeds_of
from nodeflow.backends.span import Span
from nodeflow.errors import Cancelled
from nodeflow.values.arrays import FloatArray

SECONDS = 5.0
"""Time between two savings."""
_FORMAT = 1
"""Raised when an older state can no longer be read, which is then ignored."""
_BROKEN = (SafetensorError, ValueError, KeyError, TypeError, AttributeError, IndexError)


@dataclass(frozen=True, eq=False)
class State:
    """Where a run stands.

    Attributes:
        step: The step to go on with, counted from 0.
        latents: What it takes.
        generators: Where each item's noise comes from, or that of the whole batch.
    """

    step: int
    latents: FloatArray
    generators: list[Generator]


def packed(state: State, solver: Solver, request: SampleRequest, belongs: Mapping[str, Any]) -> bytes:
    """A state as bytes.

    Args:
        state: The state.
        solver: What it remembers is packed too.
        request: Whose noise it is.
        belongs: What it belongs to, as JSON values: it fits where this is the same.
    """
    return pack(
        {
            "of": belongs,
            "noise": _noise(request),
            "step": state.step,
            "latents": state.latents,
            "generators": [generator.state for generator in state.generators],
            "solver": dict(solver.remembered()),
        }
    )


def unpacked(
    data: bytes, solver: Solver, request: SampleRequest, belongs: Mapping[str, Any], fresh: State
) -> State | None:
    """A state out of bytes, the solver set to it; None if it is damaged, or belongs to something else.

    Args:
        data: What `packed` gave.
        solver: The solver.
        request: Whose noise goes on; of other seeds, that of `fresh` does.
        belongs: What the state must belong to.
        fresh: Where the run would begin without it.
    """
    try:
        tree = unpack(data)
        remembered = dict(tree["solver"])
        arrays = [tree["latents"], *remembered.values()]
        if tree["of"] != belongs or any(array.shape != fresh.latents.shape for array in arrays):
            return None
        same = tree["noise"] == _noise(request)
        generators = [Generator.at(found) for found in tree["generators"]] if same else fresh.generators
        state = State(int(tree["step"]), tree["latents"], generators)
    except _BROKEN:
        return None  # another backend's, or damaged: the solver begins anew
    solver.recall(remembered)
    return state


def _noise(request: SampleRequest) -> list[str]:
    return [*map(str, seeds_of(request)), str(request.noise.batch)]


def belonging(request: SampleRequest, solver: Solver, samples: FloatArray | None = None) -> dict[str, Any]:
    """What a state belongs to.

    Args:
        request: Which solver.
        solver: Its steps.
        samples: The latents that go with it, where they travel apart from it and nodes may change them.
    """
    return {
        "backend": f"onnx {_FORMAT}",
        "scheduler": request.scheduler.value,
        "timesteps": list(solver.timesteps),
        "samples": None if samples is None else hashlib.sha256(samples.tobytes()).hexdigest(),
    }


class Keeper:
    """Keeps a run's state in a file: every few seconds, and when the run in its `with` block is cancelled.

    Args:
        file: Where to; None: nowhere.
        solver: The run's solver.
        request: What is asked of the run.
        span: Its steps.
    """

    def __init__(self, file: StateFile | None, solver: Solver, request: SampleRequest, span: Span) -> None:
        self._file, self._solver, self._request, self._span = file, solver, request, span
        # The file is that of one request already.
        self._belongs = {**belonging(request, solver), "span": [span.start, span.end]}
        self._unsaved: bytes | None = None
        self._since = time.monotonic()

    def load(self, fresh: State) -> State | None:
        """Take up what an earlier run left; None if there is nothing that fits."""
        data, span = None if self._file is None else self._file.load(), self._span
        state = None
        if data is not None:
            state = unpacked(data, self._solver, self._request, self._belongs, fresh)
        if self._file is None or state is None or not span.start < state.step < span.end:
            return None
        self._file.resumed(state.step - span.start, span.end - span.start)
        return state

    def reached(self, state: State) -> None:
        """Note a state to go on from, and save it if the last one saved is too long ago."""
        if self._file is None:
            return
        self._unsaved = packed(state, self._solver, self._request, self._belongs)
        if time.monotonic() - self._since >= SECONDS:
            self._save()

    def _save(self) -> None:
        if self._file is not None and self._unsaved is not None:
            self._file.save(self._unsaved)
            self._unsaved, self._since = None, time.monotonic()

    def __enter__(self) -> None:
        self._since = time.monotonic()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, Cancelled):
            self._save()
