"""Documents on their canvases, and panels beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ui.editing.editing import Editing
from ui.widgets.panel import Panel

AnyPanel = TypeVar("AnyPanel", bound=Panel)


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
