"""Editing values in the outline, by keys alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ui.editing.editing import Editing
from ui.panels.outline.outline import Outline
from ui.panels.outline.value_popup import ValuePopup
from ui.panels.testing import choose, keyboard, open_menu, press, settle, write

Key = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier
Show = Callable[[type[Outline], Editing], Outline]


@pytest.fixture
def outline(show: Show, editing: Editing) -> Outline:
    return show(Outline, editing)


def walk_to(outline: Outline, node: str, name: str) -> QModelIndex:
    """Go to an input by keys: type the node's name, unfold it, go down."""
    view = outline.view
    view.setFocus()
    view.setCurrentIndex(outline.filter.index(0, 0))
    while str(view.currentIndex().data()) != node:
        press(view, Key.Key_Down)
    press(view, Key.Key_Right)
    while str(view.currentIndex().data()) != name:
        press(view, Key.Key_Down)
    return view.currentIndex()


def popup() -> ValuePopup:
    found = QApplication.activePopupWidget()
    assert isinstance(found, ValuePopup)
    return found


@pytest.mark.parametrize("key", [Key.Key_Return, Key.Key_F2])
def test_a_number_is_typed_and_enter_goes_back_to_the_tree(
    outline: Outline, editing: Editing, key: Key
) -> None:
    index = walk_to(outline, "sampler", "Steps")
    press(outline.view, key)
    assert popup().row.binding.spec.name == "steps"
    write("31")
    assert QApplication.activePopupWidget() is None
    assert editing.document.workflow.nodes["sampler"].inputs["steps"] == 31
    assert index.siblingAtColumn(1).data() == "31"
    assert outline.view.hasFocus()
    editing.undo()
    assert index.siblingAtColumn(1).data() == "25"


def test_a_value_that_is_refused_stays_to_be_mended(outline: Outline, editing: Editing) -> None:
    walk_to(outline, "sampler", "Steps")
    press(outline.view, Key.Key_Return)
    write("many")
    assert popup().isVisible()
    press(keyboard(), Key.Key_Escape)
    assert editing.document.workflow.nodes["sampler"].inputs["steps"] == 25
    if QApplication.activePopupWidget() is not None:
        press(popup(), Key.Key_Escape)
    assert QApplication.activePopupWidget() is None


def test_a_prompt_is_written_and_control_enter_goes_back(outline: Outline, editing: Editing) -> None:
    walk_to(outline, "prompt", "Text")
    press(outline.view, Key.Key_Return)
    QTest.keyClick(keyboard(), Key.Key_A, CONTROL)
    QTest.keyClicks(keyboard(), "a pear")
    press(keyboard(), Key.Key_Return)
    assert popup().isVisible()
    QTest.keyClicks(keyboard(), "on a table")
    press(keyboard(), Key.Key_Return, CONTROL)
    assert QApplication.activePopupWidget() is None
    assert editing.document.workflow.nodes["prompt"].inputs["text"] == "a pear\non a table"


def test_a_choice_is_searched_for_and_picked(outline: Outline, editing: Editing) -> None:
    walk_to(outline, "sampler", "Scheduler")
    press(outline.view, Key.Key_Return)
    QTest.keyClicks(keyboard(), "ddim")
    QTest.keyClick(keyboard(), Key.Key_Return)
    settle()
    assert QApplication.activePopupWidget() is None
    assert editing.document.workflow.nodes["sampler"].inputs["scheduler"] == "ddim"
    assert outline.view.hasFocus()


def test_escape_leaves_a_choice_as_it_is(outline: Outline, editing: Editing) -> None:
    walk_to(outline, "sampler", "Scheduler")
    before = editing.document.workflow
    press(outline.view, Key.Key_Return)
    QTest.keyClick(keyboard(), Key.Key_Escape)
    settle()
    assert QApplication.activePopupWidget() is None
    assert editing.document.workflow is before


def test_the_menu_of_an_input_offers_to_edit_it(outline: Outline) -> None:
    index = walk_to(outline, "sampler", "Steps")
    open_menu(outline.view.viewport(), outline.view.visualRect(index).center())
    choose("Edit value…")
    press(popup(), Key.Key_Escape)


def test_enter_on_an_input_that_is_linked_shows_its_node(outline: Outline, editing: Editing) -> None:
    walk_to(outline, "sampler", "Latent")
    press(outline.view, Key.Key_Return)
    assert QApplication.activePopupWidget() is None
    assert editing.selection == {"sampler"}


def test_a_node_that_goes_away_takes_the_field_along(outline: Outline, editing: Editing) -> None:
    walk_to(outline, "sampler", "Steps")
    press(outline.view, Key.Key_Return)
    assert popup().isVisible()
    editing.undo()
    editing.scene.select({"sampler"})
    editing.delete_selection()
    settle()
    assert QApplication.activePopupWidget() is None
