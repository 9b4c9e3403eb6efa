"""The bookmarks panel: places to come back to."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from nodeflow.document.files import load_workflow
from nodeflow.document.model import Workflow
from ui.document import edits
from ui.document.edits import Bookmark
from ui.editing.editing import Editing
from ui.editing.testing import Told
from ui.panels.bookmarks import Bookmarks
from ui.panels.testing import click, press, settle, widgets_in, write

Key = Qt.Key
Show = Callable[[type[Bookmarks], Editing | None], Bookmarks]
Open = Callable[[Workflow | str], Editing]


@pytest.fixture
def editing(open_editing: Open) -> Editing:
    """`text_to_image` with two bookmarks."""
    workflow = edits.set_bookmark(load_workflow("text_to_image"), "Words", Bookmark((0, 0), 1.0))
    return open_editing(edits.set_bookmark(workflow, "Picture", Bookmark((900, 300), 2.0)))


@pytest.fixture
def panel(show: Show, editing: Editing) -> Bookmarks:
    return show(Bookmarks, editing)


def names(panel: Bookmarks) -> list[str]:
    return [panel.view.item(number).text() for number in range(panel.view.count())]


def click_on(panel: Bookmarks, name: str, *, double: bool = False) -> None:
    (item,) = panel.view.findItems(name, Qt.MatchFlag.MatchExactly)
    place = panel.view.visualItemRect(item).center()
    viewport, left = panel.view.viewport(), Qt.MouseButton.LeftButton
    QTest.mouseClick(viewport, left, pos=place)
    if double:
        QTest.mouseDClick(viewport, left, pos=place)
    settle()


def test_plus_keeps_what_the_canvas_shows_and_lets_it_be_named(panel: Bookmarks, editing: Editing) -> None:
    editing.canvas.set_zoom(0.5)
    click(panel.add)
    write("Overview")
    assert names(panel) == ["Words", "Picture", "Overview"]
    kept = edits.bookmarks(editing.document.workflow)["Overview"]
    assert kept.zoom == pytest.approx(0.5)
    assert kept.position == pytest.approx(editing.canvas.visible_rect().center().toTuple())


@pytest.mark.parametrize("by_key", [True, False])
def test_a_bookmark_is_jumped_to(panel: Bookmarks, editing: Editing, by_key: bool) -> None:
    click_on(panel, "Picture", double=not by_key)
    if by_key:
        press(panel.view, Key.Key_Return)
    assert editing.canvas.zoom == pytest.approx(2.0)
    assert editing.canvas.visible_rect().center().toTuple() == pytest.approx((900, 300), abs=2)


def test_f2_renames_and_the_bookmark_keeps_its_place(panel: Bookmarks, editing: Editing) -> None:
    click_on(panel, "Words")
    press(panel.view, Key.Key_F2)
    write("Prompts")
    assert names(panel) == ["Prompts", "Picture"]
    assert list(edits.bookmarks(editing.document.workflow)) == ["Prompts", "Picture"]
    editing.undo()
    assert names(panel) == ["Words", "Picture"]


def test_a_name_that_is_taken_is_refused_and_said(panel: Bookmarks, editing: Editing) -> None:
    told = Told(editing)
    click_on(panel, "Words")
    press(panel.view, Key.Key_F2)
    write("Picture")
    assert names(panel) == ["Words", "Picture"]
    assert "already" in told.said[-1]


@pytest.mark.parametrize("by_key", [True, False])
def test_a_bookmark_is_removed_and_undo_and_redo_agree(
    panel: Bookmarks, editing: Editing, by_key: bool
) -> None:
    click_on(panel, "Words")
    if by_key:
        press(panel.view, Key.Key_Delete)
    else:
        click(panel.remove)
    for step, left in (
        (None, ["Picture"]),
        (editing.undo, ["Words", "Picture"]),
        (editing.redo, ["Picture"]),
    ):
        if step is not None:
            step()
        assert names(panel) == left
        assert list(edits.bookmarks(editing.document.workflow)) == left


def test_without_bookmarks_it_says_how_to_keep_one(show: Show, open_editing: Open) -> None:
    panel = show(Bookmarks, open_editing("text_to_image"))
    assert panel.view.isHidden()
    assert "+ keeps" in panel.hint.text()
    assert not panel.remove.isEnabled()


def test_another_document_is_shown_at_once_and_nothing_is_left_behind(
    panel: Bookmarks, editing: Editing, open_editing: Open
) -> None:
    other = open_editing(edits.set_bookmark(load_workflow("two_loras"), "LoRAs", Bookmark((0, 0), 1.0)))
    before = widgets_in(panel)
    for _ in range(50):
        panel.show_editing(other)
        assert names(panel) == ["LoRAs"]
        panel.show_editing(editing)
        assert names(panel) == ["Words", "Picture"]
    assert widgets_in(panel) == before
    panel.show_editing(None)
    assert names(panel) == []
