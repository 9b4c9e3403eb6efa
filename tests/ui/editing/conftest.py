"""A document on its canvas, with all that an editing session needs, and a hand that works on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nodeflow.document.files import load_workflow
from nodeflow.document.model import Workflow
from nodeflow.folders import BUNDLED_MODELS, Folders
from ui.canvas.testing import Hand
from ui.desk import Desk
from ui.document.document import Document
from ui.editing.editing import Editing
from ui.editing.testing import Told
from ui.theme import ThemeKeeper


@pytest.fixture
def desk(qapp: QApplication, tmp_path: Path) -> Iterator[Desk]:
    folders = Folders(
        config=tmp_path / "config",
        data=tmp_path / "data",
        cache=tmp_path / "cache",
        output=tmp_path / "output",
        pictures=tmp_path / "pictures",
        models=(tmp_path / "models", BUNDLED_MODELS),
    )
    desk = Desk(ThemeKeeper(qapp, dark=True), folders)
    desk.load_specs()
    yield desk
    desk.theme.deleteLater()


@pytest.fixture
def open_editing(qtbot: QtBot, desk: Desk) -> Iterator[Callable[[Workflow | str], Editing]]:
    """Opens documents at 1600 by 900 pixels; closes them in the end."""
    opened: list[Editing] = []

    def open_document(workflow: Workflow | str) -> Editing:
        content = load_workflow(workflow) if isinstance(workflow, str) else workflow
        editing = Editing(Document(content, desk.specs), desk)
        editing.canvas.resize(1600, 900)
        editing.canvas.show()
        editing.canvas.fit_all()
        qtbot.wait(1)
        opened.append(editing)
        return editing

    yield open_document
    for editing in opened:
        editing.close()


@pytest.fixture
def editing(open_editing: Callable[[Workflow | str], Editing]) -> Editing:
    """`text_to_image`, at 100 %."""
    return open_editing("text_to_image")


@pytest.fixture
def told(editing: Editing) -> Told:
    return Told(editing)


@pytest.fixture
def hand(editing: Editing) -> Hand:
    return Hand(editing.canvas)
