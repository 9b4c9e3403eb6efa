"""Editors in a form and on a node, with a document behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPointF, QSize, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from nodeflow.document.files import load_workflow
from nodeflow.document.links import Target
from nodeflow.document.model import SeedMode, Workflow
from nodeflow.document.scope import TOP, Scope
from nodeflow.document.values import Link
from nodeflow.node.spec import InputSpec
from nodeflow.prompts import Mark, Syntax
from ui.bare_canvas.testing import Hand
from ui.canvas.actions import Port
from ui.desk import Desk
from ui.document import edits
from ui.document.document import Document
from ui.editing.editing import Editing
from ui.panels.binding import Binding
from ui.panels.input_row import InputRow
from ui.values.prompt_syntax import syntax_of

LEFT = Qt.MouseButton.LeftButton
Spec = Callable[[str], InputSpec]


def _with_mask(desk: Desk) -> Workflow:
    """`text_to_image`, and a mask over a picture."""
    workflow = load_workflow("text_to_image")
    workflow = edits.add_node(workflow, desk.specs["LoadImage"], (0, 900), {"file": "red.png"}, name="load")
    workflow = edits.add_node(workflow, desk.specs["LoadMask"], (300, 900), name="mask")
    return edits.connect(workflow, Link("load", "image"), Target("mask", "image"))


@pytest.fixture
def editing(qtbot: QtBot, desk: Desk) -> Iterator[Editing]:
    editing = Editing(Document(_with_mask(desk), desk.specs), desk)
    editing.canvas.resize(1200, 800)
    editing.canvas.show()
    editing.canvas.fit_all()
    qtbot.waitExposed(editing.canvas)
    yield editing
    editing.close()


@pytest.fixture
def form(qtbot: QtBot, editing: Editing, spec: Spec) -> Iterator[Callable[[str, str], Any]]:
    """Shows an input of a node in a form; gives its editor."""
    rows: list[QWidget] = []

    def show(node: str, place: str) -> Any:
        row = InputRow(Binding(editing, editing.scope, (node,), spec(place)))
        editing.changed.connect(row.sync)
        row.resize(280, row.sizeHint().height())
        row.show()
        row.activateWindow()
        with qtbot.waitActive(row):
            rows.append(row)
        return row.editor

    yield show
    for row in rows:
        row.close()
        row.deleteLater()


def _value(editing: Editing, node: str, name: str) -> object:
    return editing.document.workflow.nodes[node].inputs.get(name)


def test_a_drag_in_a_form_is_one_step_of_undo(editing: Editing, form: Callable[[str, str], Any]) -> None:
    field = form("sampler", "Sampler.steps").field
    start = QPointF(field.rect().center())
    QTest.mousePress(field, LEFT, Qt.KeyboardModifier.NoModifier, start.toPoint())
    for step in range(1, 6):
        place = start + QPointF(8 * step, 0)
        event = QMouseEvent(
            QEvent.Type.MouseMove, place, QPointF(field.mapToGlobal(place)), Qt.MouseButton.NoButton, LEFT,
            Qt.KeyboardModifier.NoModifier,
        )  # fmt: skip
        QApplication.sendEvent(field, event)
    QTest.mouseRelease(field, LEFT)
    assert _value(editing, "sampler", "steps") != 25
    editing.undo()
    assert _value(editing, "sampler", "steps") == 25
    assert not editing.document.can_undo


def test_typing_keeps_the_cursor_and_undo_shows_the_old_text(
    editing: Editing, form: Callable[[str, str], Any]
) -> None:
    editor = form("prompt", "TextEncode.text")
    before = editor.text.toPlainText()
    editor.text.setFocus()
    QTest.keyClick(editor.text, Qt.Key.Key_Right)
    QTest.keyClicks(editor.text, "xyz")
    assert editor.text.textCursor().position() == 4
    assert _value(editing, "prompt", "text") == f"{before[:1]}xyz{before[1:]}"
    editing.undo()
    assert editor.text.toPlainText() == before


def test_a_mask_is_painted_over_its_picture_on_the_node(
    editing: Editing, picture: Path, desk: Desk, qtbot: QtBot
) -> None:
    item = editing.scene.nodes["mask"]
    if item.look.geometry.field("file") is None:
        editing.scene.toggle_seldom("mask")
    hand = Hand(editing.canvas)
    hand.double_click(hand.field("mask", "file"))
    editor: Any = editing.canvas.editor.widget
    canvas = editor.dialog.canvas
    qtbot.waitUntil(canvas.isEnabled)  # the picture is read beside the window
    assert canvas.painting.image.size() == QSize(64, 32)
    QTest.mouseClick(canvas, LEFT)
    QTest.mouseClick(editor.dialog.use, LEFT)
    name = _value(editing, "mask", "file")
    assert str(name).startswith("masks/")
    assert (desk.folders.pictures / str(name)).is_file()
    assert editing.canvas.editor.widget is None
    editing.undo()
    assert _value(editing, "mask", "file") is None


def test_a_seeds_mode_is_chosen_on_the_node(editing: Editing) -> None:
    hand = Hand(editing.canvas)
    hand.double_click(hand.field("sampler", "seed"))
    editor: Any = editing.canvas.editor.widget
    QTest.mouseClick(editor.mode, LEFT)
    menu = QApplication.activePopupWidget()
    assert menu is not None
    for _ in range(3):
        QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    assert editing.document.workflow.seeds == {"sampler.seed": SeedMode.RANDOMIZE}
    assert editing.canvas.editor.port == Port("sampler", "seed")
    QTest.keyClick(editor.field, Qt.Key.Key_Escape)


def test_a_prompt_is_read_in_the_syntax_of_its_node(
    editing: Editing, form: Callable[[str, str], Any], qtbot: QtBot
) -> None:
    editing.set_values([Port("prompt", "text")], 'a (red hat)++, "x"')
    editor = form("prompt", "TextEncode.text")

    def colored() -> list[str]:
        color = editor.text.highlighter._formats[Mark.STRONGER].foreground().color()
        formats = editor.text.document().firstBlock().layout().formats()
        text = editor.text.toPlainText()
        return [text[f.start : f.start + f.length] for f in formats if f.format.foreground().color() == color]

    assert colored() == ["red hat"]
    qtbot.waitUntil(lambda: editor.count.text() == "8 / 75 tokens")
    editing.set_values([Port("prompt", "text")], "a red++ cat")
    assert colored() == []
    editing.set_values([Port("prompt", "syntax")], "compel")
    assert colored() == ["red"]
    assert editor.count.text() == "3 / 75 tokens"
    editing.undo()
    assert colored() == []


def test_the_syntax_of_a_prompt_is_found_through_subgraphs(desk: Desk) -> None:
    inner = {
        "inputs": {"words": {}, "how": {}},
        "outputs": {},
        "nodes": {
            "other": {"type": "TextEncode", "inputs": {"text": "a"}},
            "prompt": {
                "type": "TextEncode",
                "inputs": {"text": {"input": "words"}, "syntax": {"input": "how"}},
            },
        },
    }
    outer = {"subgraph": "inner", "type": "Subgraph", "inputs": {"words": "a", "how": "compel"}}
    workflow = Workflow.model_validate({"subgraphs": {"inner": inner}, "nodes": {"group": outer}})

    def syntax(scope: Scope, node: str, entry: str) -> Syntax:
        return syntax_of(workflow, desk.specs, scope, node, entry)

    assert syntax(TOP, "group", "words") is syntax(Scope(("group",)), "prompt", "text") is Syntax.COMPEL
    assert syntax(Scope(("group",)), "other", "text") is syntax(TOP, "nobody", "text") is Syntax.A1111
