"""The node library beside a document."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from ui.editing.editing import Editing
from ui.node_library.panel import NodeLibrary


@pytest.fixture
def panel(qtbot: QtBot, editing: Editing) -> Iterator[NodeLibrary]:
    """The panel, following `text_to_image`."""
    panel = NodeLibrary()
    panel.resize(300, 900)
    panel.show_editing(editing)
    panel.show()
    qtbot.waitExposed(panel)
    yield panel
    panel.close()
    panel.deleteLater()
