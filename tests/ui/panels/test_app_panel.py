"""The app panel: what the author exposes, as a form, and how the author arranges it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QWidget

from nodeflow.document.files import load_workflow
from nodeflow.document.model import Workflow
from nodeflow.document.scope import Scope
from ui.document import edits
from ui.editing.editing import Editing
from ui.editing.testing import differences
from ui.panels.app.app_panel import AppPanel
from ui.panels.inspector.inspector import Inspector
from ui.panels.testing import click, double_click, drag, keyboard, press, settle, widgets_in, write

Key = Qt.Key
ALT = Qt.KeyboardModifier.AltModifier
Show = Callable[[type[AppPanel], Editing | None], AppPanel]
Open = Callable[[Workflow | str], Editing]
INPUTS = ("prompt.text", "sampler.steps", "sampler.guidance_scale")


def bare(name: str) -> Workflow:
    """An example with nothing on its panel."""
    return load_workflow(name).model_copy(update={"extra": {}})


@pytest.fixture
def workflow() -> Workflow:
    """`text_to_image` with a prompt and two numbers on its panel."""
    found = bare("text_to_image")
    for place in INPUTS:
        found = edits.show_on_panel(found, place)
    return found


@pytest.fixture
def editing(open_editing: Open, workflow: Workflow) -> Editing:
    return open_editing(workflow)


@pytest.fixture
def panel(show: Show, editing: Editing) -> AppPanel:
    return show(AppPanel, editing)


def labels(panel: AppPanel) -> list[str]:
    return [row.label.text() for row in panel.sheet.rows]


def order(editing: Editing) -> list[str]:
    return [f"{item.place[1]}.{item.place[2]}" for item in edits.panel_inputs(editing.document.workflow)]


def texts(widget: QWidget) -> str:
    seen = (label.text() for label in widget.findChildren(QLabel) if label.isVisible())
    return "\n".join(seen).replace("\u200b", "")


def begin_arranging(panel: AppPanel) -> None:
    click(panel.edit_button)


# The form


def test_it_shows_title_description_and_inputs_in_the_authors_order(panel: AppPanel) -> None:
    assert "A prompt becomes a picture." in texts(panel)
    assert labels(panel) == ["Text", "Steps", "Guidance scale"]


def test_a_number_typed_in_the_form_is_in_the_document_and_undo_shows_the_old_one(
    panel: AppPanel, editing: Editing
) -> None:
    steps = panel.sheet.rows[1]
    assert steps.editor is not None
    before = steps.editor.value
    steps.editor.setFocus()
    press(keyboard(), Key.Key_Return)
    write("33")
    assert editing.document.workflow.nodes["sampler"].inputs["steps"] == 33
    for shown, step in ((before, editing.undo), (33, editing.redo)):
        step()
        settle()
        assert steps.editor.value == shown
        assert differences(editing) == []


def test_a_form_has_no_buttons_for_authors(panel: AppPanel) -> None:
    row = panel.sheet.rows[0]
    assert not row.pin.isVisible()
    assert not row.reset.isVisible()


def test_inputs_that_read_alike_also_name_their_node(panel: AppPanel, editing: Editing) -> None:
    editing.document.apply("Show", lambda w: edits.show_on_panel(w, "negative.text"))
    assert labels(panel) == ["Text (prompt)", "Steps", "Guidance scale", "Text (negative)"]


def test_a_frame_around_nodes_is_a_title_over_their_inputs(panel: AppPanel, editing: Editing) -> None:
    editing.document.apply("Frame", lambda w: edits.add_frame(w, ["sampler"], "How it is drawn"))
    assert "How it is drawn" in texts(panel.sheet)
    editing.undo()
    settle()
    assert "How it is drawn" not in texts(panel.sheet)


def test_inputs_inside_a_subgraph_are_set_there(show: Show, open_editing: Open, workflow: Workflow) -> None:
    editing = open_editing(edits.group(workflow, ["sampler", "decode"], "heart"))
    panel = show(AppPanel, editing)
    assert labels(panel) == ["Text", "Steps", "Guidance scale"]
    steps = panel.sheet.rows[1]
    assert steps.binding.scope == Scope(("heart",))
    assert steps.editor is not None
    steps.editor.setFocus()
    press(keyboard(), Key.Key_Return)
    write("12")
    assert editing.document.workflow.subgraphs["heart"].nodes["sampler"].inputs["steps"] == 12


def test_a_node_that_is_removed_takes_its_inputs_along_and_undo_brings_them_back(
    panel: AppPanel, editing: Editing
) -> None:
    editing.document.apply("Delete", lambda w: edits.remove_nodes(w, ["sampler"]))
    assert labels(panel) == ["Text"]
    editing.undo()
    assert labels(panel) == ["Text", "Steps", "Guidance scale"]


def test_an_empty_panel_says_how_to_fill_it_and_the_pin_does(
    show: Callable[[type[QWidget], Editing], QWidget], open_editing: Open
) -> None:
    editing = open_editing(bare("text_to_image"))
    panel, inspector = show(AppPanel, editing), show(Inspector, editing)
    assert isinstance(panel, AppPanel)
    assert isinstance(inspector, Inspector)
    assert "Press the pin" in texts(panel)
    assert not panel.edit_button.isVisible()
    editing.scene.select({"sampler"})
    settle()
    row = inspector.page.form.row("steps")
    assert row is not None
    click(row.pin)
    assert labels(panel) == ["Steps"]
    assert "Press the pin" not in texts(panel)


# Arranging it


def test_the_pencil_shows_the_list_in_place_of_the_form_and_back(panel: AppPanel) -> None:
    begin_arranging(panel)
    assert [row.line.name for row in panel.entries.rows] == ["Text", "Steps", "Guidance scale"]
    assert not panel.sheet.isVisible()
    click(panel.edit_button)
    assert panel.sheet.isVisible()
    assert labels(panel) == ["Text", "Steps", "Guidance scale"]


def test_alt_and_an_arrow_move_an_input_and_it_keeps_the_keyboard(panel: AppPanel, editing: Editing) -> None:
    begin_arranging(panel)
    first = panel.entries.rows[0]
    first.setFocus()
    press(first, Key.Key_Down, ALT)
    press(first, Key.Key_Down, ALT)
    press(first, Key.Key_Down, ALT)  # there is nothing below any more
    assert order(editing) == [*INPUTS[1:], INPUTS[0]]
    assert first.hasFocus()
    editing.undo()
    editing.undo()
    assert order(editing) == list(INPUTS)
    assert not editing.document.can_undo
    assert panel.entries.rows[0] is first


def test_an_input_is_dragged_to_another_place(panel: AppPanel, editing: Editing) -> None:
    begin_arranging(panel)
    last = panel.entries.rows[-1]
    grip, height = QPoint(6, 6), last.height()
    drag(last.handle, grip, grip - QPoint(0, height), grip - QPoint(0, 2 * height))
    assert order(editing) == [INPUTS[2], INPUTS[0], INPUTS[1]]
    assert [row.line.key for row in panel.entries.rows] == order(editing)


def test_a_drag_that_ends_where_it_began_changes_nothing(panel: AppPanel, editing: Editing) -> None:
    begin_arranging(panel)
    first = panel.entries.rows[0]
    grip = QPoint(6, 6)
    drag(first.handle, grip, grip + QPoint(0, 2 * first.height()), grip)
    assert order(editing) == list(INPUTS)
    assert not editing.document.can_undo


@pytest.mark.parametrize("by_key", [True, False])
def test_the_author_gives_an_input_a_name_of_its_own(panel: AppPanel, editing: Editing, by_key: bool) -> None:
    begin_arranging(panel)
    entry = panel.entries.rows[1]
    if by_key:
        entry.setFocus()
        press(entry, Key.Key_F2)
    else:
        double_click(entry.name)
    write("Patience")
    click(panel.edit_button)
    assert labels(panel) == ["Text", "Patience", "Guidance scale"]
    editing.undo()
    assert labels(panel) == ["Text", "Steps", "Guidance scale"]


@pytest.mark.parametrize("by_key", [True, False])
def test_an_input_is_taken_off_the_panel(panel: AppPanel, editing: Editing, by_key: bool) -> None:
    begin_arranging(panel)
    entry = panel.entries.rows[1]
    if by_key:
        entry.setFocus()
        press(entry, Key.Key_Delete)
        assert panel.entries.rows[1].hasFocus()
    else:
        click(entry.remove)
    assert order(editing) == [INPUTS[0], INPUTS[2]]


def test_when_the_last_input_is_taken_off_the_panel_says_how_to_fill_it(
    panel: AppPanel, editing: Editing
) -> None:
    begin_arranging(panel)
    for _ in INPUTS:
        click(panel.entries.rows[0].remove)
    assert "No inputs yet" in texts(panel)
    editing.undo()
    settle()
    assert panel.sheet.isVisible()


def test_arrows_walk_through_the_list(panel: AppPanel) -> None:
    begin_arranging(panel)
    rows = panel.entries.rows
    rows[0].setFocus()
    press(rows[0], Key.Key_Down)
    assert rows[1].hasFocus()
    press(rows[1], Key.Key_Up)
    assert rows[0].hasFocus()


def test_moving_passes_over_entries_that_nobody_sees(
    show: Show, open_editing: Open, workflow: Workflow
) -> None:
    extra = [{"input": "gone.text"}, *workflow.extra["panel"]]
    editing = open_editing(workflow.model_copy(update={"extra": {**workflow.extra, "panel": extra}}))
    panel = show(AppPanel, editing)
    begin_arranging(panel)
    entry = panel.entries.rows[1]
    entry.setFocus()
    press(entry, Key.Key_Up, ALT)
    assert order(editing) == [INPUTS[1], INPUTS[0], INPUTS[2]]


# In step


def test_another_document_is_shown_at_once(panel: AppPanel, editing: Editing, open_editing: Open) -> None:
    other = open_editing(edits.show_on_panel(bare("two_loras"), "sampler.seed"))
    panel.show_editing(other)
    assert labels(panel) == ["Seed"]
    editing.document.apply("Hide", lambda w: edits.hide_from_panel(w, "prompt.text"))
    assert labels(panel) == ["Seed"]
    panel.show_editing(editing)
    assert labels(panel) == ["Steps", "Guidance scale"]
    panel.show_editing(None)
    assert texts(panel) == "No document is open."


def test_switching_two_hundred_times_leaves_no_widgets_behind(
    panel: AppPanel, editing: Editing, open_editing: Open
) -> None:
    other = open_editing(edits.show_on_panel(bare("two_loras"), "sampler.seed"))
    before = widgets_in(panel)
    for _ in range(100):
        panel.show_editing(other)
        panel.show_editing(editing)
        settle()
    assert widgets_in(panel) == before
