"""The gestures that need little: panning, cutting links, sliding a number, resizing."""

from __future__ import annotations

import itertools

from PySide6.QtCore import QLineF, QPoint, QPointF, QRectF

from nodeflow.node.annotations import Range
from nodeflow.node.sockets import Literal
from ui.canvas.actions import Port
from ui.canvas.area_item import AreaItem, AreaKind
from ui.canvas.curves import points
from ui.canvas.fields import slider_range
from ui.canvas.geometry import MIN_WIDTH, Field
from ui.canvas.gestures.gesture import Gesture, Modifiers
from ui.canvas.gestures.move import snap
from ui.canvas.node_item import NodeItem
from ui.canvas.view import CanvasView
from ui.document.expressions import snapped
from ui.theme.metrics import GRID

FINE = 0.1
_drags = itertools.count()


class Pan(Gesture):
    """Moves the view with the hand."""

    auto_pan = False

    def __init__(self, view: CanvasView, origin: QPointF, pixel: QPoint) -> None:
        super().__init__(view, origin)
        self._last = pixel

    def drag(self, pixel: QPoint) -> None:
        """The pointer is at another pixel of the viewport."""
        self.view.pan(self._last - pixel)
        self._last = pixel


class Cut(Gesture):
    """Removes the links that a stroke crosses."""

    def move(self, point: QPointF, keys: Modifiers) -> None:  # noqa: ARG002 - the base class's
        """Show the stroke and what it crosses."""
        self.view.overlay.cut = (self.origin, point)
        self.view.overlay.changed()

    def finish(self, point: QPointF, keys: Modifiers) -> None:  # noqa: ARG002 - the base class's
        """Remove them."""
        self.view.overlay.clear()
        stroke = QLineF(self.origin, point)
        cut = []
        for link in self.view.canvas.links.values():
            along = points(link.start, link.end)
            pieces = (QLineF(*one, *two) for one, two in itertools.pairwise(along))
            if any(_cross(piece, stroke) for piece in pieces):
                cut.append((link.link, link.port))
        if cut:
            self.view.intents.disconnect(cut)

    def cancel(self) -> None:
        """Remove nothing."""
        self.view.overlay.clear()


def _cross(one: QLineF, two: QLineF) -> bool:
    kind, _ = one.intersects(two)
    return kind is QLineF.IntersectionType.BoundedIntersection


class Slide(Gesture):
    """Changes a number by dragging on its field; Shift is ten times finer. One step for undo."""

    auto_pan = False
    edits = True

    def __init__(self, view: CanvasView, origin: QPointF, port: Port, field: Field, start: float) -> None:
        super().__init__(view, origin)
        self._port, self._field, self._start = port, field, start
        self._exact = start
        self._last_x = origin.x()
        self._value: float = start
        self._merge = f"slide {next(_drags)}"

    def move(self, point: QPointF, keys: Modifiers) -> None:
        """Set the value that belongs to the pointer's place."""
        spec = self._field.spec
        low, high = slider_range(spec)
        if not isinstance(spec.widget, Range):  # no ends: a pixel is a step
            low, high = (
                0.0,
                self._field.rect.width() * (1.0 if spec.socket.literal is Literal.INTEGER else 0.01),
            )
        fine = bool(keys & Modifiers.ShiftModifier)
        pace = (high - low) / self._field.rect.width() * (FINE if fine else 1)
        self._exact += (point.x() - self._last_x) * pace
        self._last_x = point.x()
        value = snapped(spec, self._exact, fine=fine)
        if value != self._value:
            self._value = value
            self.view.intents.edit_value(self._port, value, self._merge)

    def cancel(self) -> None:
        """Put the value back."""
        if self._value != self._start:
            self.view.intents.edit_value(self._port, self._start, self._merge)


class ResizeNode(Gesture):
    """Makes a node wider or narrower."""

    def __init__(self, view: CanvasView, origin: QPointF, node: NodeItem) -> None:
        super().__init__(view, origin)
        self._name = node.look.name
        self._start = node.body.width()

    def finish(self, point: QPointF, keys: Modifiers) -> None:  # noqa: ARG002 - the base class's
        """Tell the document."""
        self.view.overlay.clear()
        width = round((self._start + point.x() - self.origin.x()) / GRID) * GRID
        if max(width, MIN_WIDTH) != self._start:
            self.view.intents.resize(self._name, float(max(width, MIN_WIDTH)))

    def move(self, point: QPointF, keys: Modifiers) -> None:  # noqa: ARG002 - the base class's
        """Show where the edge will be."""
        body = self.view.canvas.nodes[self._name].body
        body.setWidth(max(self._start + point.x() - self.origin.x(), MIN_WIDTH))
        self.view.overlay.show_band(body)

    def cancel(self) -> None:
        """Show nothing."""
        self.view.overlay.clear()


class ResizeArea(Gesture):
    """Drags the corner of a frame or a note."""

    def __init__(self, view: CanvasView, origin: QPointF, area: AreaItem) -> None:
        super().__init__(view, origin)
        self._area = area

    def _rect(self, point: QPointF) -> QRectF:
        top_left = self._area.pos()
        corner = snap(top_left + self._area.rect.bottomRight() + point - self.origin)
        return QRectF(top_left, corner).united(QRectF(top_left.x(), top_left.y(), 10 * GRID, 6 * GRID))

    def move(self, point: QPointF, keys: Modifiers) -> None:  # noqa: ARG002 - the base class's
        """Show the new rectangle."""
        self.view.overlay.show_band(self._rect(point))

    def finish(self, point: QPointF, keys: Modifiers) -> None:  # noqa: ARG002 - the base class's
        """Tell the document."""
        self.view.overlay.clear()
        actions, index = self.view.intents, self._area.index
        resize = actions.resize_frame if self._area.kind is AreaKind.FRAME else actions.resize_note
        resize(index, self._rect(point))

    def cancel(self) -> None:
        """Show nothing."""
        self.view.overlay.clear()
