"""What happens when a drag is disturbed: by keys, another button, a change elsewhere, a lost release."""

from __future__ import annotations

from collections.abc import Collection

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui.bare_canvas.testing import Hand
from ui.canvas.area_item import AreaKind
from ui.editing.editing import Editing
from ui.editing.testing import differences
from ui.window.main_window import MainWindow

CONTROL, NONE = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier
KEYS = {
    "delete": (Qt.Key.Key_Delete, NONE),
    "undo": (Qt.Key.Key_Z, CONTROL),
    "cut": (Qt.Key.Key_X, CONTROL),
    "group": (Qt.Key.Key_G, CONTROL),
    "close": (Qt.Key.Key_W, CONTROL),
}
AWAY = QPointF(60, 48)


@pytest.fixture
def hand(editing: Editing, qtbot: QtBot) -> Hand:
    """A hand, with the sampler selected and framed."""
    editing.scene.select({"sampler", "save"})
    editing.frame_selection()
    editing.scene.select({"sampler"})
    editing.canvas.fit_all()
    qtbot.wait(1)
    return Hand(editing.canvas)


def begins(hand: Hand) -> dict[str, QPointF]:
    scene = hand.canvas.canvas
    return {
        "node": hand.header("sampler"),
        "wire": hand.output("checkpoint", "model"),
        "number": hand.field("sampler", "steps"),
        "edge": scene.nodes["sampler"].body.topRight() + QPointF(-1, 80),
        "frame": scene.frames[-1].pos() + QPointF(20, 12),
    }


@pytest.mark.parametrize("thing", ["node", "wire", "number", "edge", "frame"])
@pytest.mark.parametrize("name", KEYS)
def test_keys_wait_until_the_button_is_let_go(
    window: MainWindow, editing: Editing, hand: Hand, thing: str, name: str
) -> None:
    start = begins(hand)[thing]
    hand.press(start)
    hand.move(start + AWAY / 2)
    QTest.keyClick(window.focusWidget(), *KEYS[name])
    assert "sampler" in editing.document.workflow.nodes
    hand.move(start + AWAY)
    hand.release(start + AWAY)
    assert window.editing is editing
    assert differences(editing) == []


@pytest.mark.parametrize("thing", ["node", "wire", "edge", "frame"])
def test_a_change_from_elsewhere_ends_the_drag(editing: Editing, hand: Hand, thing: str) -> None:
    start = begins(hand)[thing]
    hand.press(start)
    hand.move(start + AWAY / 2)
    editing.delete_selection()
    assert "sampler" not in editing.document.workflow.nodes
    hand.move(start + AWAY)
    hand.release(start + AWAY)
    assert editing.document.undo_label == "Delete"
    assert differences(editing) == []


def test_another_button_does_not_end_a_drag(editing: Editing, hand: Hand) -> None:
    place, start = editing.scene.nodes["sampler"].pos(), hand.header("sampler")
    hand.press(start)
    hand.move(start + AWAY / 2)
    hand.press(start + AWAY / 2, Qt.MouseButton.RightButton)
    hand.release(start + AWAY / 2, Qt.MouseButton.RightButton)
    hand.move(start + AWAY * 4)
    hand.release(start + AWAY * 4)
    moved = editing.scene.nodes["sampler"].pos() - place
    assert moved.x() > 3 * AWAY.x()


def test_a_release_that_nobody_told_gives_the_drag_up(editing: Editing, hand: Hand) -> None:
    before, start = editing.document.workflow, hand.header("sampler")
    hand.press(start)
    hand.move(start + AWAY)
    hand.move(start + AWAY * 2, Qt.MouseButton.NoButton)
    assert editing.document.workflow is before
    assert differences(editing) == []
    hand.drag(start, start + AWAY)
    assert editing.document.workflow is not before


def test_space_let_go_in_another_place_pans_no_more(window: MainWindow, editing: Editing, hand: Hand) -> None:
    QTest.keyPress(window.focusWidget(), Qt.Key.Key_Space)
    QTest.keyClick(window, Qt.Key.Key_P, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    palette = QApplication.activePopupWidget()
    assert palette is not None
    QTest.keyRelease(palette, Qt.Key.Key_Space)
    palette.close()
    before = editing.document.workflow
    hand.drag(hand.header("sampler"), hand.header("sampler") + AWAY)
    assert editing.document.workflow is not before


def test_pasting_from_an_empty_clipboard_says_so(window: MainWindow, editing: Editing) -> None:
    QGuiApplication.clipboard().clear()
    QTest.keyClick(window, Qt.Key.Key_V, CONTROL)
    assert "nothing that can be pasted" in window.status.message.text()
    assert not editing.document.can_undo


def test_the_outline_does_not_select_while_it_follows(
    window: MainWindow, editing: Editing, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.docks.show("outline")
    editing.select_all()
    QTest.keyClick(editing.canvas, Qt.Key.Key_D, CONTROL)
    chosen: list[Collection[str]] = []
    select = editing.scene.select

    def spy(names: Collection[str], *areas: Collection[tuple[AreaKind, int]]) -> None:
        chosen.append(names)
        select(names, *areas)

    monkeypatch.setattr(editing.scene, "select", spy)
    QTest.keyClick(editing.canvas, Qt.Key.Key_Z, CONTROL)
    assert len(chosen) <= 2, "the canvas itself, not once for each node that went"
    assert differences(editing) == []
