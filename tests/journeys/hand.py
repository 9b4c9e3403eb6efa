"""A real pointer and real keys, through xdotool, and where things of a canvas are."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QPoint, QPointF, QRect
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ui.bare_canvas.testing import Hand as CanvasHand
from ui.canvas.link_item import LinkKey
from ui.editing.editing import Editing
from ui.theme import ThemeKeeper

PICTURES = os.environ.get("NODEFLOW_JOURNEY_PICTURES")
"""Where to keep pictures of the windows; not set: none are kept."""
PATIENCE = 30_000
"""Milliseconds that a busy machine may need for what usually happens at once."""


class Hand:
    """Moves the real pointer and presses real keys; places are in a widget's own pixels."""

    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot = qtbot

    def _do(self, *arguments: object) -> None:
        subprocess.run(["xdotool", *map(str, arguments)], check=True, timeout=20)
        self.rest(15)

    def rest(self, milliseconds: int = 120) -> None:
        """Let the program work off its events."""
        self._qtbot.wait(milliseconds)

    def until(self, happened: Callable[[], bool], what: str) -> None:
        """Wait for something to happen."""
        __tracebackhide__ = True
        self._qtbot.waitUntil(happened, timeout=PATIENCE)
        assert happened(), what

    def move(self, widget: QWidget, place: QPoint | QPointF | None = None) -> None:
        """Point at a place; the middle by default."""
        at = widget.rect().center() if place is None else QPointF(place).toPoint()
        there = widget.mapToGlobal(at) * widget.devicePixelRatio()
        self._do("mousemove", there.x(), there.y())

    def click(self, widget: QWidget, place: QPoint | QPointF | None = None, button: int = 1) -> None:
        """Press and let go."""
        self.move(widget, place)
        self._do("click", button)
        self.rest(60)

    def double_click(self, widget: QWidget, place: QPoint | QPointF | None = None) -> None:
        """Click twice."""
        self.move(widget, place)
        self._do("click", "--repeat", 2, "--delay", 60, 1)
        self.rest()

    def drag(self, widget: QWidget, start: QPoint | QPointF, end: QPoint | QPointF, button: int = 1) -> None:
        """Press at the first place, go to the second in steps, let go there."""
        self.hold(widget, start, end, button)
        self._do("mouseup", button)
        self.rest()

    def hold(self, widget: QWidget, start: QPoint | QPointF, end: QPoint | QPointF, button: int = 1) -> None:
        """Drag without letting go."""
        one, two = QPointF(start), QPointF(end)
        self.move(widget, one)
        self._do("mousedown", button)
        for step in range(1, 9):
            self.move(widget, one + (two - one) * step / 8)
        self.rest(60)

    def let_go(self, button: int = 1) -> None:
        """End a drag."""
        self._do("mouseup", button)
        self.rest()

    def carry(self, source: QWidget, widget: QWidget, place: QPoint, start_at: QPoint | None = None) -> None:
        """Drag something from one widget, by default from its middle, into another; the program runs on."""
        start = source.mapToGlobal(start_at or source.rect().center()).toTuple()
        end = widget.mapToGlobal(place).toTuple()
        steps: list[object] = ["mousemove", *start, "mousedown", 1]
        for share in (0.1, 0.3, 0.6, 0.9, 1.0, 1.0):
            between = (round(a + (b - a) * share) for a, b in zip(start, end, strict=True))
            steps += ["sleep", 0.08, "mousemove", *between]
        steps += ["sleep", 0.2, "mouseup", 1]
        with subprocess.Popen(["xdotool", *map(str, steps)]) as carrying:
            self._qtbot.waitUntil(lambda: carrying.poll() is not None, timeout=20_000)
        self.rest(200)

    @contextmanager
    def held(self, key: str) -> Iterator[None]:
        """Hold a key down meanwhile."""
        self._do("keydown", key)
        try:
            yield
        finally:
            self._do("keyup", key)

    def key(self, *chords: str) -> None:
        """Press keys one after the other, such as `ctrl+z` or `Return`."""
        self._do("key", "--delay", 30, *chords)
        self.rest(80)

    def type(self, text: str) -> None:
        """Type a text."""
        self._do("type", "--delay", 12, text)
        self.rest(80)

    def shot(self, name: str, window: QWidget, theme: ThemeKeeper | None = None) -> None:
        """Keep a picture of a window as the screen shows it, where pictures are asked for.

        Args:
            name: The picture's name.
            window: The window.
            theme: To keep a second one of the dark window, in the light theme.
        """
        if PICTURES is None:
            return
        if theme is not None:
            theme.choose(dark=False)
            self.shot(f"{name}_light", window)
            theme.choose(dark=True)
        self.rest(300)
        box = QRect(window.mapToGlobal(QPoint(0, 0)), window.size())
        path = Path(PICTURES) / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        QGuiApplication.primaryScreen().grabWindow(0).copy(box).save(str(path))


class Places:
    """Where things of a canvas are, in its viewport's pixels."""

    def __init__(self, editing: Editing) -> None:
        self._editing = editing
        self._hand = CanvasHand(editing.canvas)

    def at(self, point: QPointF) -> QPoint:
        """A point of the scene."""
        return self._editing.canvas.mapFromScene(point)

    def node(self, node: str) -> QRect:
        """All of a node."""
        return self._editing.canvas.mapFromScene(self._editing.scene.nodes[node].body).boundingRect()

    def header(self, node: str) -> QPoint:
        """The middle of a node's header."""
        return self.at(self._hand.header(node))

    def field(self, node: str, name: str, share: float = 0.5) -> QPoint:
        """A place in a field, `share` of the way to its right end."""
        return self.at(self._hand.field(node, name, share))

    def input(self, node: str, name: str) -> QPoint:
        """An input's socket."""
        return self.at(self._hand.input(node, name))

    def output(self, node: str, name: str) -> QPoint:
        """An output's socket."""
        return self.at(self._hand.output(node, name))

    def wire(self, node: str, name: str) -> QPoint:
        """The middle of the wire that ends at an input."""
        link = self._editing.scene.links[LinkKey(node, name, 0)]
        return self.at((link.start + link.end) / 2)
