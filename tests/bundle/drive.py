"""Code for the inside of the stand-alone program, which finds it among its node packages."""

from __future__ import annotations

import multiprocessing
import sys
import time
from collections.abc import Callable
from pathlib import Path

PATIENCE = 240.0
"""Seconds; loading torch takes most of them where the machine is busy."""


def edit(shot: str) -> None:
    """Open a template in the editor, run it as the keyboard does, and keep a picture of the window."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    from ui.app import make_application, make_window

    app = make_application()
    window = make_window(app, ["text_to_image"])

    def until(happened: Callable[[], object]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not happened():
            assert time.monotonic() < deadline, window.status.message.text()
            QTest.qWait(20)

    until(lambda: window.editing is not None and "will run" in window.editing.running.line)
    QTest.keyClick(app.focusWidget() or window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    until(lambda: window.desk.engine.busy)
    until(lambda: list(Path(window.desk.folders.output).rglob("*.png")))
    until(lambda: not window.desk.engine.busy)
    QTest.qWait(200)
    window.grab().save(shot)
    assert "torch" not in sys.modules, "the picture was computed in the window's own process"
    window.close()
    app.processEvents()


def spawn() -> None:
    """Let another process of the program work out something."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        sys.stdout.write(str(pool.map(abs, [-2, -3])))
