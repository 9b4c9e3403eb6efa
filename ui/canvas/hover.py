"""What lies under the pointer stands out a little and says what it is."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt

from ui.canvas.fields import NUMERIC, FieldKind, label_text
from ui.canvas.hit import Hit, Part, hit_at
from ui.canvas.view import CanvasView

_CURSORS = {
    Part.EDGE: Qt.CursorShape.SizeHorCursor,
    Part.GRIP: Qt.CursorShape.SizeFDiagCursor,
    Part.SOCKET: Qt.CursorShape.CrossCursor,
}


class Hover:
    """Follows the pointer while no button is held."""

    def __init__(self, view: CanvasView) -> None:
        self._view = view
        self._hit = Hit()

    def move(self, point: QPointF) -> None:
        """The pointer has moved, to a place in the scene."""
        self._show(hit_at(self._view.canvas, point, self._view.zoom))

    def leave(self) -> None:
        """The pointer has left."""
        self._show(Hit())

    def _show(self, hit: Hit) -> None:
        before, self._hit = self._hit, hit
        if before == hit or self._view.far:
            return
        self._mark(before, False)
        self._mark(hit, True)
        self._view.hot = hit
        cursor = _CURSORS.get(hit.part)
        if hit.field is not None and hit.field.kind in NUMERIC:
            cursor = Qt.CursorShape.SizeHorCursor
        elif hit.field is not None and hit.field.kind in (FieldKind.TEXT, FieldKind.PROMPT):
            cursor = Qt.CursorShape.IBeamCursor
        if cursor is None:
            self._view.viewport().unsetCursor()
        else:
            self._view.viewport().setCursor(cursor)
        badges = hit.part is Part.HEADER and hit.node is not None
        self._view.viewport().setToolTip(hit.node.look.status.why if badges and hit.node else "")
        self._view.hovered.emit(hit)
        self._view.statusMessage.emit(describe(hit))

    @staticmethod
    def _mark(hit: Hit, on: bool) -> None:
        if hit.node is not None:
            hit.node.look.hovered = on
            hit.node.look.hot = hit.port.input if on and hit.port and hit.field else None
            hit.node.update()
        if hit.link is not None:
            hit.link.set_strong(on)
        if hit.area is not None:
            hit.area.hovered = on
            hit.area.update()


def describe(hit: Hit) -> str:
    """One line about what was hit: a problem first, else its documentation."""
    if hit.node is None:
        return f"{hit.link.link} → {hit.link.key.node}.{hit.link.key.input}" if hit.link else ""
    look = hit.node.look
    if hit.port is not None:
        name = hit.port.input
        spec = look.spec.input(name)
        if name in look.status.problems:
            return f"{label_text(name)}: {look.status.problems[name]}"
        if spec is None:
            return label_text(name)
        return ": ".join(filter(None, (f"{label_text(name)} ({spec.socket.name})", spec.description)))
    if hit.output is not None:
        output = look.spec.output(hit.output.output)
        label = label_text(hit.output.output)
        return f"{label} ({output.socket.name})" if output else label
    return look.status.error or ": ".join(filter(None, (label_text(look.name), look.spec.summary)))
