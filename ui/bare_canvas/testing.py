"""A hand for tests: sends a canvas the events that a mouse would. Its actions must be `LocalActions`."""

from __future__ import annotations

from itertools import pairwise
from typing import cast

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from ui.bare_canvas.local_actions import LocalActions
from ui.canvas.canvas import Canvas

NONE = Qt.KeyboardModifier.NoModifier
LEFT = Qt.MouseButton.LeftButton


class Hand:
    """Moves the mouse over a canvas. Points are in scene coordinates."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self.actions = cast(LocalActions, canvas.intents)

    def send(
        self, kind: QEvent.Type, point: QPointF, button: Qt.MouseButton, keys: Qt.KeyboardModifier
    ) -> None:
        """Send one event to the viewport."""
        pixel = QPointF(self.canvas.mapFromScene(point))
        held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else button
        moved = kind == QEvent.Type.MouseMove
        event = QMouseEvent(
            kind,
            pixel,
            self.canvas.viewport().mapToGlobal(pixel),
            Qt.MouseButton.NoButton if moved else button,
            held,
            keys,
        )
        QApplication.sendEvent(self.canvas.viewport(), event)

    def press(self, point: QPointF, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NONE) -> None:
        """Press a button."""
        self.send(QEvent.Type.MouseButtonPress, point, button, keys)

    def move(self, point: QPointF, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NONE) -> None:
        """Move with a button held."""
        self.send(QEvent.Type.MouseMove, point, button, keys)

    def release(
        self, point: QPointF, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NONE
    ) -> None:
        """Let the button go."""
        self.send(QEvent.Type.MouseButtonRelease, point, button, keys)

    def drag(self, *points: QPointF, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NONE) -> None:
        """Press at the first point, move over the others, let go at the last."""
        self.press(points[0], button, keys)
        for one, two in pairwise(points):
            self.move((one + two) / 2, button, keys)
            self.move(two, button, keys)
        self.release(points[-1], button, keys)

    def click(self, point: QPointF, keys: Qt.KeyboardModifier = NONE) -> None:
        """Press and let go."""
        self.press(point, keys=keys)
        self.release(point, keys=keys)

    def double_click(self, point: QPointF) -> None:
        """Click twice."""
        self.click(point)
        self.send(QEvent.Type.MouseButtonDblClick, point, LEFT, NONE)
        self.release(point)

    def field(self, node: str, name: str, share: float = 0.5) -> QPointF:
        """A point in a field, `share` of the way to its right end."""
        item = self.canvas.canvas.nodes[node]
        field = item.look.geometry.field(name)
        if field is None:
            raise KeyError(f"{node} shows no field {name}")
        return item.pos() + QPointF(field.rect.left() + share * field.rect.width(), field.rect.center().y())

    def header(self, node: str) -> QPointF:
        """The middle of a header."""
        item = self.canvas.canvas.nodes[node]
        return item.pos() + item.look.geometry.header.center()

    def input(self, node: str, name: str) -> QPointF:
        """The place of an input's socket."""
        return self.canvas.canvas.nodes[node].input_point(name)

    def output(self, node: str, name: str) -> QPointF:
        """The place of an output's socket."""
        return self.canvas.canvas.nodes[node].output_point(name)

    def called(self, name: str) -> list[tuple[object, ...]]:
        """The arguments of every call of one action so far."""
        return [call[1:] for call in self.actions.calls if call[0] == name]
