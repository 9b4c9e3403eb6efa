"""Named sets of values that a node type offers, such as usual sizes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu

from nodeflow.document.links import Target
from nodeflow.document.model import Workflow
from nodeflow.document.values import JSONValue, is_linked, literal
from ui.document import edits
from ui.widgets.parts import IconButton

if TYPE_CHECKING:
    from ui.editing.editing import Editing

Values = Mapping[str, JSONValue]


class Presets(IconButton):
    """Offers the presets of the type that all selected nodes have; hidden where there are none."""

    def __init__(self) -> None:
        super().__init__("bookmarks-simple", self.tr("Presets"), self._offer)
        self._editing: Editing | None = None
        self._names: tuple[str, ...] = ()
        self._presets: Mapping[str, Values] = {}

    def show_nodes(self, editing: Editing, names: tuple[str, ...]) -> None:
        """Offer what suits these nodes."""
        self._editing, self._names = editing, names
        types = {editing.spec(name).type: editing.spec(name) for name in names}
        self._presets = next(iter(types.values())).presets if len(types) == 1 else {}
        self.setVisible(bool(self._presets))

    def _offer(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name, values in self._presets.items():
            action = menu.addAction(name, partial(self._use, name, values))
            action.setCheckable(True)
            action.setChecked(self._is_used(values))
        menu.popup(self.mapToGlobal(QPoint(0, self.height())))

    def _is_used(self, values: Values) -> bool:
        """Whether all nodes hold these values already."""
        if self._editing is None:
            return False
        nodes = self._editing.scope.body(self._editing.document.workflow).nodes
        return all(
            literal(nodes[name].inputs.get(key)) == value
            for name in self._names
            for key, value in values.items()
        )

    def _use(self, preset: str, values: Values) -> None:
        """Set the values of a preset, as one step; what is linked stays linked."""
        if self._editing is None:
            return
        scope, names = self._editing.scope, self._names

        def edit(workflow: Workflow) -> Workflow:
            for name in names:
                held = scope.body(workflow).nodes[name].inputs
                for key, value in values.items():
                    if not is_linked(held.get(key)):
                        workflow = edits.set_input(workflow, Target(name, key), value, at=scope)
            return workflow

        self._editing.apply(self.tr("Use preset {0}").format(preset), edit)
