"""What the outline does to the document: the same commands as the canvas, on rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from nodeflow.document.links import Connection, Source, Target, connections
from nodeflow.document.model import Mode, Workflow
from nodeflow.document.scope import Scope
from nodeflow.document.values import Link
from ui.document import edits
from ui.document.validity import can_connect
from ui.panels.outline.item import Item, Kind

if TYPE_CHECKING:
    from ui.editing.editing import Editing


class OutlineCommands:
    """Commands on rows of one document.

    Args:
        editing: The document.
    """

    def __init__(self, editing: Editing) -> None:
        self._editing = editing

    def show(self, item: Item) -> None:
        """Select a node and bring it to the middle of the canvas; of a frame, all its nodes."""
        if item.branch is None:
            return
        names = self.bring([item])
        canvas, scene = self._editing.canvas, self._editing.scene
        if names:
            canvas.centerOn(scene.bounds(names).center())

    def bring(self, items: Collection[Item]) -> set[str]:
        """Show the graph that the first row lies in and select the nodes that are meant."""
        first = next((item.branch for item in items if item.branch is not None), None)
        if first is None:
            return set()
        if first.graph.scope != self._editing.scope:
            self._editing.show_scope(first.graph.scope)
        names = {name for item in items if item.branch is first for name in nodes_of(item)}
        self._editing.scene.select(names)
        return names

    def mute(self, items: Collection[Item], mode: Mode = Mode.MUTE) -> None:
        """Mute or bypass nodes and frames, or let them take part again."""
        frames = [item for item in items if item.kind is Kind.FRAME and item.branch is not None]
        for item in frames:
            self._mute_frame(item, mode)
        nodes = [item for item in items if item not in frames]
        if nodes and self.bring(nodes):
            self._editing.toggle_mute() if mode is Mode.MUTE else self._editing.toggle_bypass()

    def _mute_frame(self, item: Item, mode: Mode) -> None:
        index, scope = _place(item)
        new = None if item.frame is not None and item.frame.mode is mode else mode
        label = _tr("Mute frame") if mode is Mode.MUTE else _tr("Bypass frame")
        self._editing.apply(label, lambda w: edits.set_frame_mode(w, index, new, at=scope))

    def delete(self, items: Collection[Item]) -> None:
        """Remove nodes; frames without their nodes; of an input or output its links."""
        ports = [item for item in items if item.kind in (Kind.INPUT, Kind.OUTPUT)]
        frames = [item for item in items if item.kind is Kind.FRAME]
        nodes = [item for item in items if item.kind is Kind.NODE]
        if nodes and self.bring(nodes):
            self._editing.delete_selection(reconnect=False)
        for item in sorted(frames, key=lambda frame: -_place(frame)[0]):
            index, scope = _place(item)
            self._editing.apply(_tr("Delete frame"), partial(edits.remove_frame, index=index, at=scope))
        if not nodes and not frames:
            self.disconnect(ports)

    def rename(self, item: Item, name: str) -> None:
        """Give a node or a frame another name."""
        if item.branch is None:
            return
        scope, old = item.branch.graph.scope, item.name
        if item.kind is Kind.FRAME:
            index = _place(item)[0]
            self._editing.apply(
                _tr("Rename frame"), lambda w: edits.rename_frame(w, index, name.strip(), at=scope)
            )
        elif scope == self._editing.scope:
            self._editing.rename(old, name)
        else:
            self._editing.apply(
                _tr("Rename node"), lambda w: edits.rename_node(w, old, name.strip(), at=scope)
            )

    def connect(self, source: Source, target: Target, scope: Scope) -> None:
        """Link an output to an input."""
        specs = self._editing.desk.specs

        def edit(workflow: Workflow) -> Workflow:
            verdict = can_connect(workflow, specs, source, target, at=scope)
            if not verdict.ok:
                raise edits.EditRefused(verdict.reason)
            return edits.connect(workflow, source, target, append=verdict.append, at=scope)

        self._editing.apply(_tr("Connect"), edit)

    def disconnect(self, items: Sequence[Item]) -> None:
        """Remove the links of inputs and outputs, as one step."""
        found = [(link, item.branch.graph.scope) for item in items if item.branch for link in links_of(item)]

        def edit(workflow: Workflow) -> Workflow:
            for link, scope in reversed(
                found
            ):  # the last of an input's links first: the others keep their place
                workflow = edits.disconnect(workflow, link, at=scope)
            return workflow

        if found:
            self._editing.apply(_tr("Remove links"), edit)

    def reset(self, item: Item) -> None:
        """Let an input have its default again."""
        if item.branch is None or item.node is None:
            return
        target, scope = Target(item.node, item.name), item.branch.graph.scope
        self._editing.apply(
            _tr("Reset {0}").format(item.name), lambda w: edits.reset_input(w, target, at=scope)
        )


def nodes_of(item: Item) -> list[str]:
    """The nodes that a row means: of a frame, all in it."""
    if item.kind is Kind.FRAME:
        return [child.name for child in item.children]
    return [item.node] if item.node is not None else []


def links_of(item: Item) -> list[Connection]:
    """The links of an input or output."""
    if item.branch is None or item.node is None:
        return []
    every = list(connections(item.branch.body))
    if item.kind is Kind.OUTPUT:
        return [link for link in every if link.source == Link(item.node, item.name)]
    return [link for link in every if link.target == Target(item.node, item.name)]


def _place(item: Item) -> tuple[int, Scope]:
    """The index of a frame and the graph it lies in."""
    assert item.branch is not None  # noqa: S101 - only the root has none, and nobody can select that
    return item.branch.frames.index(item), item.branch.graph.scope


def _tr(text: str) -> str:
    return QCoreApplication.translate("Outline", text)
