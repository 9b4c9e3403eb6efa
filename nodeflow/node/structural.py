"""What reroutes and switches look like. They never run: links are followed through them before a run."""

from __future__ import annotations

from typing import Annotated

from nodeflow.document.structural import STRUCTURAL
from nodeflow.node.annotations import Range
from nodeflow.node.node import node
from nodeflow.node.spec import NodeKind

_, REROUTE, SWITCH = STRUCTURAL

MAX_VALUES = 8
"""Values that a switch can choose from."""


@node(REROUTE, category="structure", kind=NodeKind.LIGHT, output="value")
def reroute(value: object) -> object:
    """A bend in a link.

    Args:
        value: What it passes on.
    """
    return value


@node(SWITCH, category="structure", kind=NodeKind.LIGHT, output="value")
def switch(
    choice: Annotated[int, Range(1, MAX_VALUES)] = 1,
    *,
    value_1: object | None = None,
    value_2: object | None = None,
    value_3: object | None = None,
    value_4: object | None = None,
    value_5: object | None = None,
    value_6: object | None = None,
    value_7: object | None = None,
    value_8: object | None = None,
) -> object:
    """Choose between branches: only the chosen one is computed.

    Args:
        choice: Which value to pass on, from 1. A link may choose, as from Compare, if what it comes from is
            known before the run: numbers, texts and comparisons, not pictures.
        value_1: The first branch.
        value_2: The second branch.
        value_3: The third branch.
        value_4: The fourth branch.
        value_5: The fifth branch.
        value_6: The sixth branch.
        value_7: The seventh branch.
        value_8: The eighth branch.
    """
    return (value_1, value_2, value_3, value_4, value_5, value_6, value_7, value_8)[choice - 1]


def value_name(choice: int) -> str:
    """The input of a switch that a choice stands for."""
    return f"value_{choice}"
