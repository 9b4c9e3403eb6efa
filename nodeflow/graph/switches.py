"""What switches pass on: which branches run is decided before anything is computed.

Most choices stand in the document. Those that come through a link are undecided until the nodes behind it
were evaluated, which is only possible where all of these are light.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from nodeflow.graph.source import Absent, Constant, Source, Wire
from nodeflow.node.structural import MAX_VALUES, switch, value_name

CHOICE = switch.spec.inputs[0].name

Report = Callable[[str, str, str | None], None]
"""Takes what is wrong, with which input, and what to do about it."""


class Chosen(NamedTuple):
    """What became of a switch's inputs.

    Attributes:
        value: What it passes on.
        passed_over: The other values.
    """

    value: Source
    passed_over: tuple[Source, ...] = ()


def is_decided(inputs: Mapping[str, Source]) -> bool:
    """Whether the document says what a switch chooses, rather than a node."""
    return not isinstance(inputs.get(CHOICE), Wire)


def decide(inputs: Mapping[str, Source], choice: Any) -> Mapping[str, Source]:
    """A switch's inputs as if its choice had been written in the document."""
    return {**inputs, CHOICE: Constant(choice)}


def choose(inputs: Mapping[str, Source], report: Report) -> Chosen:
    """Follow a switch's choice, which is decided."""
    choice = _choice(inputs.get(CHOICE, Absent.UNSET), report)
    if choice is None:
        return Chosen(Absent.BROKEN)
    wanted = value_name(choice)
    values = {
        number: inputs[key] for number in range(1, MAX_VALUES + 1) if (key := value_name(number)) in inputs
    }
    if choice not in values:
        there = ", ".join(map(str, values))
        report(
            f"nothing is linked to this input, and choice is {choice}",
            wanted,
            f"Link it, or choose from: {there}" if there else "Link it",
        )
    passed_over = tuple(source for number, source in values.items() if number != choice)
    return Chosen(values.get(choice, Absent.BROKEN), passed_over)


def _choice(source: Source, report: Report) -> int | None:
    """The number that the choice holds; None if it holds none."""
    spec = switch.spec.inputs[0]
    if source is Absent.UNSET:
        source = Constant(spec.default)
    if isinstance(source, Constant):
        try:
            return int(spec.read(source.value))
        except ValueError as error:
            report(str(error), spec.name, None)
    elif source is not Absent.BROKEN:
        report("takes one value, not a list", spec.name, None)
    return None
