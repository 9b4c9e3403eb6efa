"""Documents on their canvases, and panels beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from nodeflow.document.files import load_workflow
from nodeflow.document.model import Workflow
from nodeflow.folders import BUNDLED_MODELS, Folders
from ui.desk import Desk
from ui.document.document import Document
from ui.editing.editing import Editing
from ui.panels.panel import Panel
from ui.theme import ThemeKeeper

AnyPanel = TypeVar("AnyPanel", bound=Panel)


@pytest.fixture
def desk(qapp: QApplication, tmp_path: Path) -> Iterator[Desk]:
    keeper = ThemeKeeper(qapp, dark=True)
    folders = Folders(
        config=tmp_path / "config",
        data=tmp_path / "data",
        cache=tmp_path / "cache",
        output=tmp_path / "output",
        pictures=tmp_path / "pictures",
        models=(tmp_path / "models", BUNDLED_MODELS),
    )
    desk = Desk(keeper, folders)
    desk.load_specs()
    yield desk
    desk.deleteLater()
    keeper.deleteLater()
    qapp.setStyleSheet("")


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
        editing.faults.look()
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
def show(qtbot: QtBot) -> Iterator[Callable[[type[AnyPanel], Editing | None], AnyPanel]]:
    """Shows a panel that follows a document."""
    shown: list[QWidget] = []

    def show_panel(kind: type[AnyPanel], editing: Editing | None) -> AnyPanel:
        panel = kind()
        shown.append(panel)
        panel.resize(300, 700)
        panel.show_editing(editing)
        panel.show()
        qtbot.waitExposed(panel)
        return panel

    yield show_panel
    for panel in shown:
        panel.close()
        panel.deleteLater()
