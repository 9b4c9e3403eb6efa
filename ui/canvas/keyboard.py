"""Working without a mouse: walking among nodes and fields, fitting, bookmarks."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent

from ui.canvas.actions import Port
from ui.canvas.fields import FieldKind
from ui.canvas.geometry import Field
from ui.canvas.node_item import NodeItem
from ui.canvas.view import CanvasView

_DIRECTIONS = {
    Qt.Key.Key_Left: QPointF(-1, 0),
    Qt.Key.Key_Right: QPointF(1, 0),
    Qt.Key.Key_Up: QPointF(0, -1),
    Qt.Key.Key_Down: QPointF(0, 1),
}
SIDEWAYS = 2.5
"""How much worse a step to the side is than a step ahead."""


class Keyboard:
    """Turns keys into moves of the selection and of a cursor over a node's fields.

    Enter goes into a node, arrows walk over its fields, Enter edits one, Escape leaves.
    """

    def __init__(self, view: CanvasView) -> None:
        self._view = view
        self._inside: str | None = None

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
            self._arrow(key)
            return True
        match key:
            case Qt.Key.Key_F:
                self._view.fit_selection()
            case Qt.Key.Key_A:
                self._view.fit_all()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._enter()
            case Qt.Key.Key_Escape if self._inside is not None:
                self._leave()
            case _:
                return False
        return True

    def _bookmark(self, number: int, *, keep: bool) -> None:
        if keep:
            self._view.bookmarks.keep(number, self._view)
            self._view.statusMessage.emit(self._view.tr("Bookmark {0} kept").format(number))
        else:
            self._view.jump(number)

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

    def _leave(self) -> None:
        item = self._view.canvas.nodes.get(self._inside or "")
        self._inside = None
        if item is not None:
            item.look.hot = None
            item.update()
