"""Real windows on a virtual screen: `scripts/test.sh` starts it. The mouse and the keys are xdotool's."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

HERE = Path(__file__).parent
PICTURES = os.environ.get("NODEFLOW_JOURNEY_PICTURES")
"""Where to keep a picture of the screen after each step; not set: none are kept."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run only where there is a screen of our own, which `scripts/test.sh` sees to."""
    there = os.environ.get("QT_QPA_PLATFORM") == "xcb" and shutil.which("xdotool")
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.window)
            if not there:
                item.add_marker(pytest.mark.skip(reason="needs Xvfb, openbox and xdotool"))


@pytest.fixture(scope="session", autouse=True)
def window_manager() -> Iterator[None]:
    """Windows get focus, frames and a place only from a window manager."""
    if not shutil.which("openbox"):
        yield
        return
    with subprocess.Popen(["openbox"], stderr=subprocess.DEVNULL) as manager:
        time.sleep(0.5)
        yield
        manager.terminate()


class Hand:
    """Moves the real pointer and presses real keys; places are in a widget's own pixels."""

    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot = qtbot
        self._shots = 0

    def _do(self, *arguments: object) -> None:
        subprocess.run(["xdotool", *map(str, arguments)], check=True, timeout=20)
        self.rest(15)

    def rest(self, milliseconds: int = 120) -> None:
        """Let the program work off its events."""
        self._qtbot.wait(milliseconds)

    def until(self, happened: Callable[[], bool], what: str) -> None:
        """Wait for something to happen."""
        __tracebackhide__ = True
        self._qtbot.waitUntil(happened, timeout=10_000)
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

    def key(self, *chords: str) -> None:
        """Press keys one after the other, such as `ctrl+z` or `Return`."""
        for chord in chords:
            self._do("key", "--clearmodifiers", chord)
        self.rest(80)

    def type(self, text: str) -> None:
        """Type a text."""
        self._do("type", "--delay", 12, text)
        self.rest(80)

    def shot(self, name: str, area: QRect | None = None) -> None:
        """Keep a picture of the screen, where pictures are asked for."""
        if PICTURES is None:
            return
        self.rest(250)
        picture = QGuiApplication.primaryScreen().grabWindow(0)
        self._shots += 1
        path = Path(PICTURES) / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        (picture if area is None else picture.copy(area)).save(str(path))


@pytest.fixture
def hand(qtbot: QtBot) -> Hand:
    """The hand."""
    assert QApplication.platformName() == "xcb"
    return Hand(qtbot)
