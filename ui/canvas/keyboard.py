"""Working without a mouse: walking among nodes and fields, moving, linking, fitting, bookmarks."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent

from ui.canvas.actions import Moves, Port, Spot
from ui.canvas.fields import FieldKind
from ui.canvas.geometry import Field
from ui.canvas.node_item import NodeItem
from ui.canvas.view import CanvasView
from ui.canvas.wiring import Wiring
from ui.theme.metrics import GRID

_DIRECTIONS = {
    Qt.Key.Key_Left: QPointF(-1, 0),
    Qt.Key.Key_Right: QPointF(1, 0),
    Qt.Key.Key_Up: QPointF(0, -1),
    Qt.Key.Key_Down: QPointF(0, 1),
}
_FOR_WINDOW = (Qt.Key.Key_F, Qt.Key.Key_A, Qt.Key.Key_Tab, Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
"""Keys that a window has commands for; the user may choose others there."""
SIDEWAYS = 2.5
"""How much worse a step to the side is than a step ahead."""


class Keyboard:
    """Turns keys into moves of the selection and of a cursor over a node's fields.

    Enter goes into a node, arrows walk over its fields, Enter edits one, Escape leaves.
    """

    def __init__(self, view: CanvasView, wiring: Wiring) -> None:
        self._view, self._wiring = view, wiring
        self._inside: str | None = None
        self._commands: dict[Qt.Key, Callable[[], object]] = {
            Qt.Key.Key_F: view.fit_selection,
            Qt.Key.Key_A: view.fit_all,
            Qt.Key.Key_C: self._wire,
            Qt.Key.Key_Tab: lambda: view.intents.search(view.pointer_or_middle()),
            Qt.Key.Key_Return: self._enter,
            Qt.Key.Key_Enter: self._enter,
            Qt.Key.Key_Delete: view.intents.delete,
            Qt.Key.Key_Backspace: view.intents.delete,
            Qt.Key.Key_Escape: self._leave,
        }

    def press(self, event: QKeyEvent) -> bool:
        """Handle a key; False if it means nothing here."""
        key = Qt.Key(event.key())
        number = event.key() - Qt.Key.Key_0
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if 1 <= number <= 9 and not event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self._bookmark(number, keep=control)
            return True
        if control:
            return False
        if key in _DIRECTIONS:
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self._nudge(_DIRECTIONS[key])
            else:
                self._arrow(key)
            return True
        if key is Qt.Key.Key_Escape and self._inside is None:
            return False
        if key in _FOR_WINDOW and self._view.actions():
            return False
        command = self._commands.get(key)
        if command is not None:
            command()
        return command is not None

    def _bookmark(self, number: int, *, keep: bool) -> None:
        if keep:
            self._view.intents.keep_bookmark(str(number))
        else:
            self._view.intents.jump_to_bookmark(str(number))

    def _wire(self) -> None:
        item = self._current()
        if item is None:
            self._view.say(self._view.tr("Select one node to connect it"))
        else:
            self._wiring.start(item)

    def menu(self) -> None:
        """Ask for the menu of the selected node, or of the canvas."""
        item = self._current()
        place = item.body.center() if item else self._view.visible_rect().center()
        spot = Spot(place, item.look.name if item else None)
        self._view.intents.context_menu(
            self._view.viewport().mapToGlobal(self._view.mapFromScene(place)), spot
        )

    def _nudge(self, direction: QPointF) -> None:
        """Move the selected nodes by a step of the grid; steps in a row are one for undo."""
        nodes = self._view.canvas.nodes
        names = sorted(self._view.canvas.selected)
        if names:
            places = {name: nodes[name].pos() + direction * GRID for name in names}
            self._view.intents.move(Moves(places), f"nudge {' '.join(names)}")
            self._view.reveal(names[0])

    def _current(self) -> NodeItem | None:
        selected = self._view.canvas.selected
        return self._view.canvas.nodes[min(selected)] if len(selected) == 1 else None

    def _fields(self, item: NodeItem) -> list[Field]:
        return [field for field in item.look.geometry.fields if not field.linked]

    def _arrow(self, key: Qt.Key) -> None:
        item = self._current()
        if item is None:
            names = self._view.canvas.nodes
            first = min(names, key=lambda name: (names[name].pos().x(), names[name].pos().y()), default=None)
            if first is not None:
                self._go(first)
        elif self._inside == item.look.name and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._walk(item, 1 if key == Qt.Key.Key_Down else -1)
        else:
            self._leave()
            found = self._linked(item, key) or self._nearest(item, _DIRECTIONS[key])
            if found is not None:
                self._go(found)

    def _linked(self, item: NodeItem, key: Qt.Key) -> str | None:
        """Left and right follow links, the topmost first."""
        if key == Qt.Key.Key_Left and item.ends.incoming:
            return min(item.ends.incoming, key=lambda link: link.end.y()).link.node
        if key == Qt.Key.Key_Right and item.ends.outgoing:
            return min(item.ends.outgoing, key=lambda link: (link.start.y(), link.end.y())).key.node
        return None

    def _nearest(self, item: NodeItem, direction: QPointF) -> str | None:
        best, found = float("inf"), None
        for name, other in self._view.canvas.nodes.items():
            gap = other.body.center() - item.body.center()
            ahead = QPointF.dotProduct(gap, direction)
            if other is item or ahead <= 0:
                continue
            aside = abs(gap.x() * direction.y()) + abs(gap.y() * direction.x())
            if ahead + SIDEWAYS * aside < best:
                best, found = ahead + SIDEWAYS * aside, name
        return found

    def _go(self, name: str) -> None:
        self._view.select({name})
        self._view.reveal(name)

    def _walk(self, item: NodeItem, step: int) -> None:
        names = [field.spec.name for field in self._fields(item)]
        if names:
            at = names.index(item.look.hot) if item.look.hot in names else -1
            item.look.hot = names[(at + step) % len(names)]
            item.update()

    def _enter(self) -> None:
        item = self._current()
        if item is None:
            self._enter_area()
            return
        if self._inside != item.look.name:
            self._inside = item.look.name
            item.look.hot = None
            self._walk(item, 1)
            return
        field = item.look.geometry.field(item.look.hot or "")
        if field is None:
            return
        port = Port(item.look.name, field.spec.name)
        if field.kind is FieldKind.TOGGLE:
            self._view.intents.edit_value(port, not item.look.value(port.input))
        else:
            self._view.editor.open(port, field)

    def _enter_area(self) -> None:
        areas = (*self._view.canvas.frames, *self._view.canvas.notes)
        chosen = next((area for area in areas if area.selected), None)
        if chosen is not None:
            self._view.area_editor.open(chosen)

    def _leave(self) -> None:
        item = self._view.canvas.nodes.get(self._inside or "")
        self._inside = None
        if item is not None:
            item.look.hot = None
            item.update()
