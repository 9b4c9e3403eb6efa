"""The outline by keys and mouse: the same document as the canvas."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu

from nodeflow.document.files import load_workflow
from nodeflow.document.model import Mode, Workflow
from nodeflow.document.values import Link
from ui.document import edits
from ui.editing.editing import Editing
from ui.panels.outline.outline import Outline

Key = Qt.Key
Show = Callable[[type[Outline], Editing], Outline]


@pytest.fixture
def outline(show: Show, editing: Editing) -> Outline:
    return show(Outline, editing)


def row(outline: Outline, path: str) -> QModelIndex:
    item = outline.model.find(path)
    assert item is not None
    return outline.filter.mapFromSource(outline.model.index_of(item))


def port(outline: Outline, node: str, name: str) -> QModelIndex:
    item = outline.model.find(node)
    assert item is not None
    found = next(child for child in item.children if child.name == name)
    outline.view.expand(row(outline, node))
    return outline.filter.mapFromSource(outline.model.index_of(found))


def click(outline: Outline, index: QModelIndex, *, double: bool = False) -> None:
    place = outline.view.visualRect(index).center()
    press = QTest.mouseDClick if double else QTest.mouseClick
    press(outline.view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)


def press(outline: Outline, key: Key) -> None:
    QTest.keyClick(outline.view, key)


def shown(outline: Outline) -> list[str]:
    view, index = outline.view, outline.filter.index(0, 0)
    found = []
    while index.isValid():
        found.append(str(index.data()))
        index = view.indexBelow(index)
    return found


def test_a_click_selects_the_node_on_the_canvas(outline: Outline, editing: Editing) -> None:
    click(outline, row(outline, "latent"))
    assert editing.selection == {"latent"}


def test_what_the_canvas_selects_is_selected_here(outline: Outline, editing: Editing) -> None:
    editing.scene.select({"prompt", "save"})
    assert {item.name for item in outline.items()} == {"prompt", "save"}


def test_enter_brings_the_node_to_the_middle(outline: Outline, editing: Editing) -> None:
    editing.canvas.set_zoom(2)
    click(outline, row(outline, "save"))
    press(outline, Key.Key_Return)
    middle = editing.canvas.visible_rect().center()
    assert editing.scene.nodes["save"].body.contains(middle)


def test_space_mutes_and_mutes_no_more(outline: Outline, editing: Editing) -> None:
    click(outline, row(outline, "prompt"))
    press(outline, Key.Key_Space)
    assert editing.document.workflow.nodes["prompt"].mode is Mode.MUTE
    press(outline, Key.Key_Space)
    assert editing.document.workflow.nodes["prompt"].mode is None


def test_f2_renames_in_place(outline: Outline, editing: Editing) -> None:
    click(outline, row(outline, "prompt"))
    press(outline, Key.Key_F2)
    line = outline.view.viewport().findChild(QLineEdit)
    assert line is not None
    QTest.keyClicks(line, "apple")
    QTest.keyClick(line, Key.Key_Return)
    QApplication.processEvents()
    assert "apple" in editing.document.workflow.nodes
    assert {item.name for item in outline.items()} == {"apple"}


def test_a_name_that_is_taken_is_refused_and_said(outline: Outline, editing: Editing) -> None:
    said: list[str] = []
    editing.said.connect(said.append)
    click(outline, row(outline, "prompt"))
    press(outline, Key.Key_F2)
    line = outline.view.viewport().findChild(QLineEdit)
    assert line is not None
    QTest.keyClicks(line, "negative")
    QTest.keyClick(line, Key.Key_Return)
    QApplication.processEvents()
    assert "taken" in said[-1]
    assert row(outline, "prompt").data() == "prompt"


def test_delete_removes_the_node_and_keeps_the_keyboard_in_the_tree(
    outline: Outline, editing: Editing
) -> None:
    click(outline, row(outline, "latent"))
    press(outline, Key.Key_Delete)
    assert "latent" not in editing.document.workflow.nodes
    assert outline.view.currentIndex().isValid()


def test_delete_on_an_input_removes_its_link(outline: Outline, editing: Editing) -> None:
    index = port(outline, "decode", "latent")
    click(outline, index)
    press(outline, Key.Key_Delete)
    assert "latent" not in editing.document.workflow.nodes["decode"].inputs


def menu_key(outline: Outline) -> None:
    """What the menu key sends."""
    viewport, reason = outline.view.viewport(), QContextMenuEvent.Reason.Keyboard
    QApplication.sendEvent(viewport, QContextMenuEvent(reason, QPoint(), QPoint()))


def open_menu() -> QMenu:
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def test_an_input_is_linked_from_its_menu_by_keys(outline: Outline, editing: Editing) -> None:
    index = port(outline, "decode", "latent")
    outline.view.setCurrentIndex(index)
    menu_key(outline)
    menu = open_menu()
    QTest.keyClick(menu, Key.Key_Down)
    QTest.keyClick(menu, Key.Key_Down)
    QTest.keyClick(menu, Key.Key_Right)
    fitting = open_menu()
    assert [action.text() for action in fitting.actions()] == ["latent.latent"]
    QTest.keyClick(fitting, Key.Key_Return)
    assert editing.document.workflow.nodes["decode"].inputs["latent"] == Link("latent", "latent")
    menu.close()


def test_an_output_offers_the_inputs_that_take_it(outline: Outline) -> None:
    outline.view.setCurrentIndex(port(outline, "prompt", "conditioning"))
    menu_key(outline)
    menu = open_menu()
    fitting = next(action.menu() for action in menu.actions() if action.menu())
    assert isinstance(fitting, QMenu)
    assert [action.text() for action in fitting.actions()] == ["sampler.negative"]
    menu.close()


def test_typing_in_the_filter_leaves_what_fits_and_unfolds_it(outline: Outline) -> None:
    before = shown(outline)
    QTest.keyClicks(outline.search, "denoise")
    assert shown(outline) == ["sampler", "Denoise"]
    QTest.keyClick(outline.search, Key.Key_Escape)
    assert shown(outline) == before


def test_enter_on_a_node_inside_a_subgraph_enters_it(
    show: Show, open_editing: Callable[[Workflow], Editing]
) -> None:
    editing = open_editing(edits.group(load_workflow("text_to_image"), ["sampler", "decode"], "heart"))
    outline = show(Outline, editing)
    heart = row(outline, "heart")
    click(outline, heart)
    press(outline, Key.Key_Right)
    click(outline, row(outline, "heart/decode"))
    press(outline, Key.Key_Return)
    assert editing.scope.path == ("heart",)
    assert editing.selection == {"decode"}


def test_what_is_unfolded_and_selected_survives_edits_and_undo(outline: Outline, editing: Editing) -> None:
    outline.view.expand(row(outline, "sampler"))
    click(outline, row(outline, "sampler"))
    editing.document.apply("Rename", lambda w: edits.rename_node(w, "prompt", "apple"))
    editing.document.apply("Delete", lambda w: edits.remove_nodes(w, ["negative"]))
    editing.undo()
    assert outline.view.isExpanded(row(outline, "sampler"))
    assert [item.name for item in outline.items()] == ["sampler"]
