"""One row of the outline, and the tree they make."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from nodeflow.document.model import Frame

if TYPE_CHECKING:
    from ui.panels.outline.branch import Branch


class Kind(StrEnum):
    """What a row stands for."""

    ROOT = "root"
    FRAME = "frame"
    NODE = "node"
    INPUT = "input"
    OUTPUT = "output"


@dataclass(eq=False, slots=True)
class Item:
    """One row.

    Attributes:
        kind: What it stands for.
        name: Of the node, input or output; frames have none.
        branch: The graph it lies in; None for the root.
        parent: The row it lies under; None while it lies nowhere.
        children: The rows under it.
        row: Its place among its parent's children.
        frame: The frame, if it is one.
        inner: What is inside, if it is a subgraph that has been looked into.
    """

    kind: Kind
    name: str = ""
    branch: Branch | None = None
    parent: Item | None = None
    children: list[Item] = field(default_factory=list)
    row: int = 0
    frame: Frame | None = None
    inner: Branch | None = None

    @property
    def node(self) -> str | None:
        """The node that is meant, also by its inputs and outputs."""
        if self.kind is Kind.NODE:
            return self.name
        is_port = self.kind in (Kind.INPUT, Kind.OUTPUT) and self.parent is not None
        return self.parent.name if is_port and self.parent else None

    @property
    def path(self) -> str:
        """The node's path, as problems name it: `portrait/sampler`; empty for what is no node."""
        if self.branch is None or self.node is None:
            return ""
        return str(self.branch.graph.scope.inside(self.node))

    def is_at(self, kind: Kind, name: str) -> bool:
        """Whether it stands for that input or output."""
        return self.kind is kind and self.name == name
