"""Where a run stands between two steps: kept so that a crash costs a few steps only, and handed over."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from safetensors import SafetensorError

from nodeflow.backends.onnx.generator import Generator
from nodeflow.backends.onnx.packing import pack, unpack
from nodeflow.backends.onnx.solvers import Solver
from nodeflow.backends.protocol import SampleRequest
from nodeflow.backends.seeds import seeds_of
from nodeflow.backends.span import Span
from nodeflow.values.arrays import FloatArray

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
    data: bytes, request: SampleRequest, belongs: Mapping[str, Any], fresh: State
) -> tuple[State, dict[str, FloatArray]] | None:
    """A state out of bytes, and what the solver remembered; None if damaged, or of something else.

    Args:
        data: What `packed` gave.
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
        return State(int(tree["step"]), tree["latents"], generators), remembered
    except _BROKEN:
        return None  # another backend's, or damaged: the solver begins anew


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


class StateForm:
    """What a run's states look like as bytes; see `nodeflow.backends.keeper.Form`.

    Args:
        solver: The run's solver.
        request: What is asked of the run.
        span: Its steps.
        fresh: Where it begins.
    """

    def __init__(self, solver: Solver, request: SampleRequest, span: Span, fresh: State) -> None:
        self._solver, self._request, self._span, self._fresh = solver, request, span, fresh
        # The file is that of one request already.
        self._belongs = {**belonging(request, solver), "span": [span.start, span.end]}

    def packed(self, state: State) -> Callable[[], bytes]:
        """What makes a state's bytes, however far the run has gone on meanwhile."""
        data = packed(state, self._solver, self._request, self._belongs)
        return lambda: data

    def unpacked(self, data: bytes) -> State | None:
        """A state out of bytes, the solver set to it; None if nothing fits."""
        found = unpacked(data, self._request, self._belongs, self._fresh)
        if found is None or not self._span.has_inside(found[0].step):
            return None
        state, remembered = found
        self._solver.recall(remembered)
        return state
