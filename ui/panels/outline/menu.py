"""The menu of a row of the outline."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from nodeflow.document.links import Source, Target
from nodeflow.document.model import Mode
from nodeflow.document.values import Link
from ui.panels.connecting import sources_for, targets_for
from ui.panels.outline.commands import OutlineCommands, links_of
from ui.panels.outline.item import Item, Kind
from ui.panels.outline.texts import has_value, mode_of

if TYPE_CHECKING:
    from ui.editing.editing import Editing


class OutlineMenu(QMenu):
    """What can be done with rows.

    Args:
        editing: The document.
        item: The row the menu was asked for.
        chosen: All rows that are selected.
        parent: What it belongs to.
    """

    valueWanted = Signal(object)  # noqa: N815 - signals are named as Qt names them

    def __init__(self, editing: Editing, item: Item, chosen: list[Item], parent: QWidget) -> None:
        super().__init__(parent)
        self._editing, self._commands = editing, OutlineCommands(editing)
        if has_value(item):
            self.addAction(self.tr("Edit value…"), lambda: self.valueWanted.emit(item))
        self.addAction(self.tr("Show on canvas"), lambda: self._commands.show(item))
        if item.kind in (Kind.NODE, Kind.FRAME):
            self._offer_states(item, chosen)
        else:
            self._offer_links(item)

    def _offer_states(self, item: Item, chosen: list[Item]) -> None:
        for mode, text in ((Mode.MUTE, self.tr("Mute")), (Mode.BYPASS, self.tr("Bypass"))):
            action = self.addAction(text, partial(self._commands.mute, chosen, mode))
            action.setCheckable(True)
            action.setChecked(mode_of(item) is mode)
        self.addSeparator()
        self.addAction(self.tr("Delete"), lambda: self._commands.delete(chosen))

    def _offer_links(self, item: Item) -> None:
        fitting = self.addMenu(self.tr("Connect to…"))
        for text, source, target in self._ends(item):
            fitting.addAction(text, partial(self._connect, item, source, target))
        fitting.setEnabled(bool(fitting.actions()))
        action = self.addAction(self.tr("Disconnect"), lambda: self._commands.disconnect([item]))
        action.setEnabled(bool(links_of(item)))
        if item.kind is Kind.INPUT:
            action = self.addAction(self.tr("Reset to default"), lambda: self._commands.reset(item))
            node = item.branch.body.nodes.get(item.node or "") if item.branch else None
            action.setEnabled(node is not None and item.name in node.inputs)

    def _connect(self, item: Item, source: Source, target: Target) -> None:
        if item.branch is not None:
            self._commands.connect(source, target, item.branch.graph.scope)

    def _ends(self, item: Item) -> list[tuple[str, Source, Target]]:
        """What the row could be linked to, as the menu says it."""
        if item.branch is None or item.node is None:
            return []
        workflow, specs = self._editing.document.workflow, self._editing.desk.specs
        scope = item.branch.graph.scope
        if item.kind is Kind.INPUT:
            place = Target(item.node, item.name)
            found = sources_for(workflow, specs, place, scope)
            names = [str(s) if isinstance(s, Link) else self.tr("Input {0}").format(s.name) for s in found]
            return [(text, source, place) for text, source in zip(names, found, strict=True)]
        source = Link(item.node, item.name)
        return [(str(t), source, t) for t in targets_for(workflow, specs, source, scope)]
