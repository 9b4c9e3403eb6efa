"""Shares geometries among nodes that look alike, and decides which inputs a node shows."""

from __future__ import annotations

from typing import Any

from PySide6.QtGui import QImage

from nodeflow.document.model import REROUTE, Node, NodeLayout
from nodeflow.document.values import is_linked
from nodeflow.node.spec import NodeSpec
from ui.canvas.geometry import MIN_WIDTH, WIDTH, Geometry, Shown, folded, full, reroute


def seldom_inputs(spec: NodeSpec) -> frozenset[str]:
    """The inputs to hide while nothing is set: literals from the first optional one on, but never the first.

    Signatures name everyday inputs first, so that what follows an optional one is seldom used either.
    """
    names: set[str] = set()
    literals = [entry for entry in spec.inputs if entry.socket.literal is not None]
    for entry in literals[1:]:
        if not entry.required and (names or entry.optional):
            names.add(entry.name)
    return frozenset(names)


def shown_inputs(spec: NodeSpec, node: Node, seldom: frozenset[str]) -> tuple[Shown, ...]:
    """The inputs that a node shows: those that hold something, and all but seldom used and idle ones."""
    idle = idle_inputs(spec, node)
    return tuple(
        Shown(entry.name, is_linked(node.inputs.get(entry.name)))
        for entry in spec.inputs
        if node.inputs.get(entry.name) is not None or entry.name not in seldom | idle
    )


def idle_inputs(spec: NodeSpec, node: Node) -> frozenset[str]:
    """The inputs that hold nothing and would not count if they did."""
    held = node.inputs
    return frozenset(
        entry.name
        for entry in spec.inputs
        if held.get(entry.name) is None and not spec.counts(entry.name, held)
    )


LIMIT = 1_000
"""Geometries that are kept; then all are forgotten. Items have their own, so nothing breaks."""


class GeometryCache:
    """Computes each geometry once."""

    def __init__(self) -> None:
        self._known: dict[tuple[Any, ...], Geometry] = {}
        self._seldom: dict[int, tuple[NodeSpec, frozenset[str]]] = {}  # keeps specs alive: ids stay theirs

    def of(
        self,
        spec: NodeSpec,
        node: Node,
        layout: NodeLayout | None,
        *,
        expanded: bool = False,
        preview: QImage | None = None,
    ) -> Geometry:
        """The geometry of a node as it is now."""
        seldom = self._seldom_of(spec)
        shown = shown_inputs(spec, node, frozenset() if expanded else seldom)
        width = float(max(layout.size[0], MIN_WIDTH)) if layout and layout.size else float(WIDTH)
        aspect = round(preview.height() / preview.width(), 3) if preview and preview.width() else 0.0
        collapsed = bool(layout and layout.collapsed)
        idle = len(idle_inputs(spec, node))
        key = (id(spec), shown, idle, width, aspect, collapsed, expanded)
        if key not in self._known:
            if len(self._known) >= LIMIT:
                self._known.clear()
                self._seldom.clear()
                self._seldom_of(spec)
            self._known[key] = self._make(
                spec, shown, width, aspect, idle=idle, collapsed=collapsed, foldable=bool(seldom)
            )
        return self._known[key]

    def _seldom_of(self, spec: NodeSpec) -> frozenset[str]:
        if id(spec) not in self._seldom:
            self._seldom[id(spec)] = (spec, seldom_inputs(spec))
        return self._seldom[id(spec)][1]

    def __len__(self) -> int:
        return len(self._known)

    @staticmethod
    def _make(
        spec: NodeSpec,
        shown: tuple[Shown, ...],
        width: float,
        aspect: float,
        *,
        idle: int,
        collapsed: bool,
        foldable: bool,
    ) -> Geometry:
        if spec.type == REROUTE:
            return reroute(spec, shown)
        if collapsed:
            return folded(spec, shown, width)
        return full(spec, shown, width, aspect, idle=idle, foldable=foldable)
