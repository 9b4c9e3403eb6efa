"""A desk with folders of its own, editors that are shown, and what they told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from nodeflow.node.spec import InputSpec
from ui.desk import Desk
from ui.values.editor import ValueEditor, make_editor


@pytest.fixture
def spec(desk: Desk) -> Callable[[str], InputSpec]:
    """Finds an input by `Node.input`."""

    def find(place: str) -> InputSpec:
        node, _, name = place.partition(".")
        found = desk.specs[node].input(name)
        assert found is not None
        return found

    return find


class Shown:
    """An editor on the screen, and what it told."""

    def __init__(self, editor: ValueEditor) -> None:
        self.editor: Any = editor
        self.told: list[tuple[object, bool]] = []
        editor.edited.connect(lambda value, going: self.told.append((value, going)))


@pytest.fixture
def show(qtbot: QtBot, desk: Desk) -> Iterator[Callable[[InputSpec, object], Shown]]:
    """Shows the editor of an input with a value, 240 pixels wide."""
    shown: list[ValueEditor] = []

    def show_editor(spec: InputSpec, value: object = None) -> Shown:
        editor = make_editor(spec, desk)
        editor.set_value(value)
        editor.resize(240, editor.sizeHint().height())
        editor.show()
        editor.activateWindow()
        with qtbot.waitActive(editor):
            pass
        shown.append(editor)
        return Shown(editor)

    yield show_editor
    for editor in shown:
        editor.close()
        editor.deleteLater()


@pytest.fixture
def picture(desk: Desk) -> Path:
    """A red picture of 64 by 32 pixels among the user's pictures, called `red.png`."""
    image = QImage(64, 32, QImage.Format.Format_RGB32)
    image.fill(QColor("#d02020"))
    desk.folders.pictures.mkdir(exist_ok=True)
    path = desk.folders.pictures / "red.png"
    assert image.save(str(path))
    return path
