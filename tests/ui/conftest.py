"""What tests of the editor share: no screen needed, no widget or timer left behind, no warning of Qt's."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Fail tests of the editor on Qt's warnings."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.qt_log_level_fail("WARNING"))
            item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support"))  # offscreen's own


@pytest.fixture(autouse=True)
def nothing_of_qt_is_left_behind() -> Iterator[None]:
    """Fail a test that leaves a top-level widget or a running timer."""
    yield
    if "PySide6.QtWidgets" not in sys.modules:
        return
    from PySide6.QtCore import QCoreApplication, QEvent, QTimer
    from PySide6.QtWidgets import QApplication
    from shiboken6 import isValid

    if not isinstance(QApplication.instance(), QApplication):
        return
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    if _widgets():  # collecting takes long where torch is loaded too
        gc.collect()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not _widgets(), f"widgets left behind: {_widgets()}"
    # By type(), since some objects of torch's warn when asked for their __class__.
    timers = [thing for thing in gc.get_objects() if issubclass(type(thing), QTimer) and isValid(thing)]
    assert not [timer for timer in timers if timer.isActive()], "a timer still runs"


def _widgets() -> list[Any]:
    from PySide6.QtWidgets import QApplication

    return [widget for widget in QApplication.topLevelWidgets() if not widget.objectName().startswith("qt_")]
