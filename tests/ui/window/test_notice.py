"""The message above the canvas: what it says can be read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QScrollArea
from pytestqt.qtbot import QtBot

from ui.panels.testing import settle
from ui.window.main_window import MainWindow
from ui.window.notice import MOST_LINES, Notice
from ui.window.testing import open_window

SHORT = "There is no picture 'from_my_phone.png' in ~/Pictures. Choose another"


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    with open_window(tmp_path) as window:
        window.resize(1280, 720)
        yield window


def told(window: MainWindow, text: str) -> tuple[QRect, QRect, int]:
    """Where the text is, what of it is in sight, and how high a line is."""
    window.tell(text, ("Show", lambda: None))
    settle()
    (notice,) = window.findChildren(Notice)
    (message,) = notice.findChildren(QScrollArea)
    words = message.widget()
    assert words is not None
    return words.geometry(), message.viewport().rect(), words.fontMetrics().lineSpacing()


def test_a_short_message_is_in_sight_as_a_whole(window: MainWindow) -> None:
    for text in (SHORT, "Done", SHORT):
        words, sight, line = told(window, text)
        assert sight.contains(words)
        assert words.height() >= line


def test_a_long_message_begins_in_sight_and_scrolls(window: MainWindow) -> None:
    words, sight, line = told(window, f"{SHORT}\n" * 20)
    assert words.top() == 0
    assert sight.height() == MOST_LINES * line
    assert words.height() >= 20 * line
