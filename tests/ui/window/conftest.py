"""A whole window, loaded and empty, in folders of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from ui.editing.editing import Editing
from ui.window.main_window import MainWindow
from ui.window.testing import open_window


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    """A window without documents."""
    with open_window(tmp_path) as window:
        yield window


@pytest.fixture
def editing(window: MainWindow, qtbot: QtBot) -> Editing:
    """`text_to_image`, open in the window."""
    window.documents.open_template("text_to_image")
    qtbot.wait(1)
    assert window.editing is not None
    return window.editing
