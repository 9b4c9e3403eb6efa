"""Why a node runs, ran, or need not: on its badges and in the inspector."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui.bare_canvas.testing import Hand
from ui.canvas.actions import Port
from ui.editing.editing import Editing
from ui.panels.inspector import Inspector
from ui.panels.inspector.run_section import RunSection
from ui.panels.testing import click, settle
from ui.widgets.parts import Jump, Words
from ui.window.main_window import MainWindow

WHY = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def section(window: MainWindow, editing: Editing) -> RunSection:
    inspector = window.docks.panel("inspector")
    assert isinstance(inspector, Inspector)
    return inspector.page.run


def said(section: RunSection) -> list[str]:
    settle()
    words = [label.text() for label in section.findChildren(Words) if label.isVisible()]
    return words + [button.whole_text for button in section.findChildren(Jump) if button.isVisible()]


def changed(editing: Editing, qtbot: QtBot) -> None:
    """Say something else in the prompt, and wait until it is known what that means."""
    editing.set_values([Port("prompt", "text")], "a green pear")
    qtbot.waitUntil(lambda: "will run" in editing.running.line)


def test_before_a_run_a_node_says_what_changed_and_leads_there(
    editing: Editing, run: Callable[[], None], section: RunSection, qtbot: QtBot
) -> None:
    run()
    changed(editing, qtbot)
    editing.scene.select({"sampler"})
    QTest.keyClick(editing.canvas, Qt.Key.Key_Y, WHY)
    title, cause = said(section)
    assert title == "Will run, because:"
    assert cause.startswith("prompt.text changed:")
    assert cause.endswith("'a green pear'")
    click(next(button for button in section.findChildren(Jump) if button.isVisible()))
    assert editing.selection == {"prompt"}


def test_after_a_run_it_says_why_it_ran_even_if_that_was_long_ago(
    editing: Editing, run: Callable[[], None], section: RunSection, qtbot: QtBot
) -> None:
    run()
    changed(editing, qtbot)
    run()
    editing.scene.select({"decode"})
    title, cause = said(section)
    assert title == "Ran, because:"
    assert cause.startswith("prompt.text changed:")
    editing.scene.select({"latent"})
    assert said(section)[0] == "Need not run, because:"
    editing.scene.select({"checkpoint"})
    assert "It takes no time" in said(section)[1]


def test_a_node_that_leads_nowhere_says_so(editing: Editing, section: RunSection, qtbot: QtBot) -> None:
    name = editing.add_node("SolidColor")
    qtbot.waitUntil(lambda: said(section)[1:] == ["Nothing that is saved or shown needs it"])
    assert editing.selection == {name}


def test_a_badge_tells_it_under_the_pointer(editing: Editing, run: Callable[[], None], qtbot: QtBot) -> None:
    run()
    changed(editing, qtbot)
    viewport, hand = editing.canvas.viewport(), Hand(editing.canvas)

    def hover(point: QPointF) -> None:
        pixel = QPointF(editing.canvas.mapFromScene(point))
        none = Qt.MouseButton.NoButton
        event = QMouseEvent(
            QEvent.Type.MouseMove,
            pixel,
            viewport.mapToGlobal(pixel),
            none,
            none,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(viewport, event)

    hover(hand.header("sampler"))
    assert viewport.toolTip().startswith("Will run: prompt.text changed:")
    hover(hand.header("negative"))
    assert viewport.toolTip().startswith("Need not run: ")
    hover(hand.field("prompt", "text"))
    assert viewport.toolTip() == ""
