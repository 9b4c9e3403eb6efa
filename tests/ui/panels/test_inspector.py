"""The inspector: everything about what is selected, in step with document and canvas."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from nodeflow.document.files import load_workflow
from nodeflow.document.model import Mode, SeedMode, Workflow
from nodeflow.document.scope import Scope
from nodeflow.document.values import Link
from ui.document import edits
from ui.editing.editing import Editing
from ui.editing.testing import differences
from ui.panels.input_row import InputRow
from ui.panels.inspector.inspector import Inspector
from ui.panels.testing import choose, click, double_click, drag, keyboard, press, settle, widgets_in, write
from ui.values.seed import SeedEditor

Key = Qt.Key
Show = Callable[[type[Inspector], Editing | None], Inspector]
Open = Callable[[Workflow | str], Editing]


@pytest.fixture
def inspector(show: Show, editing: Editing) -> Inspector:
    return show(Inspector, editing)


def select(inspector: Inspector, *names: str) -> None:
    assert inspector.editing is not None
    inspector.editing.scene.select(set(names))
    settle()


def input_row(inspector: Inspector, name: str) -> InputRow:
    row = inspector.page.form.row(name) or inspector.page.seldom.row(name)
    assert row is not None
    return row


def value(editing: Editing, node: str, name: str) -> object:
    return editing.document.workflow.nodes[node].inputs.get(name)


def type_number(inspector: Inspector, name: str, text: str) -> None:
    editor = input_row(inspector, name).editor
    assert editor is not None
    editor.setFocus()
    press(keyboard(), Key.Key_Return)
    write(text)


def field_of(editor: QWidget) -> QWidget:
    field = editor.focusProxy()
    assert field is not None
    return field


def seen_texts(widget: QWidget) -> str:
    labels = [child for child in widget.findChildren(QWidget) if child.isVisible() and hasattr(child, "text")]
    return "\n".join(str(label.text()) for label in labels).replace("\u200b", "")


def marks(inspector: Inspector) -> list[QColor]:
    """The colours of the marks before a node's outputs."""
    labels = inspector.page.findChildren(QLabel)
    shown = [label.pixmap().toImage() for label in labels if not label.pixmap().isNull()]
    return [picture.pixelColor(picture.rect().center()) for picture in shown]


def test_marks_of_sockets_follow_the_theme(inspector: Inspector, editing: Editing) -> None:
    select(inspector, "prompt")
    theme, (before,) = editing.desk.theme, marks(inspector)
    dark = theme.theme.colors.dark
    theme.choose(dark=not dark)
    settle()
    assert marks(inspector) != [before]
    theme.choose(dark=dark)
    settle()
    assert marks(inspector) == [before]


# The workflow as a whole


def test_with_nothing_selected_it_shows_the_workflow_and_its_models(inspector: Inspector) -> None:
    told = seen_texts(inspector.overview)
    assert "text_to_image" in told
    assert "pocket" in told
    assert "Select a node" in told


def test_f2_renames_the_workflow_and_its_description_is_typed_below(
    inspector: Inspector, editing: Editing
) -> None:
    press(inspector, Key.Key_F2)
    write("Portraits")
    inspector.overview.description.setFocus()
    write("For the calendar", control=True)
    assert editing.document.workflow.name == "Portraits"
    assert editing.document.workflow.description == "For the calendar"
    editing.undo()
    editing.undo()
    assert inspector.overview.name.text() == "text_to_image"
    assert inspector.overview.description.toPlainText() == "A prompt becomes a picture."


def test_without_a_document_it_says_so(show: Show) -> None:
    assert "No document is open" in seen_texts(show(Inspector, None))


# The header


def test_a_double_click_on_the_name_renames_the_node(inspector: Inspector, editing: Editing) -> None:
    select(inspector, "prompt")
    double_click(inspector.page.header.name)
    write("apple")
    assert "apple" in editing.document.workflow.nodes
    assert editing.selection == {"apple"}
    assert inspector.page.header.name.text() == "apple"


def test_escape_gives_a_new_name_up(inspector: Inspector, editing: Editing) -> None:
    select(inspector, "prompt")
    double_click(inspector.page.header.name)
    write("apple", end=Key.Key_Escape)
    assert "prompt" in editing.document.workflow.nodes
    assert inspector.page.header.name.text() == "prompt"


@pytest.mark.parametrize("mode", list(Mode))
def test_buttons_mute_and_bypass_and_undo_brings_them_up_again(
    inspector: Inspector, editing: Editing, mode: Mode
) -> None:
    select(inspector, "prompt", "negative")
    buttons = inspector.page.header.modes.buttons
    click(buttons[mode])
    assert {editing.document.workflow.nodes[n].mode for n in ("prompt", "negative")} == {mode}
    assert buttons[mode].isChecked()
    editing.undo()
    assert buttons[None].isChecked()
    assert differences(editing) == []


def test_of_nodes_in_different_modes_no_button_is_down(inspector: Inspector, editing: Editing) -> None:
    editing.document.apply("Mute", lambda w: edits.set_mode(w, ["prompt"], Mode.MUTE))
    select(inspector, "prompt", "negative")
    assert not any(button.isChecked() for button in inspector.page.header.modes.buttons.values())


def test_a_comment_is_kept_when_one_goes_elsewhere(inspector: Inspector, editing: Editing) -> None:
    select(inspector, "sampler")
    click(inspector.page.header.comment.viewport())
    write("Try 30 steps", end=Key.Key_Tab)
    assert editing.document.workflow.nodes["sampler"].comment == "Try 30 steps"


def test_a_colour_is_picked_from_a_menu(inspector: Inspector, editing: Editing) -> None:
    select(inspector, "sampler")
    click(inspector.page.header.color)
    menu = QApplication.activePopupWidget()
    choose(menu.actions()[1].text())  # type: ignore[union-attr]  # a menu is open
    assert editing.document.workflow.layout["sampler"].color is not None


# Values


def test_a_number_is_typed_and_undo_and_redo_show_it(inspector: Inspector, editing: Editing) -> None:
    select(inspector, "sampler")
    row = input_row(inspector, "steps")
    before = value(editing, "sampler", "steps")
    type_number(inspector, "steps", "31")
    assert value(editing, "sampler", "steps") == 31
    for shown, step in ((before, editing.undo), (31, editing.redo)):
        step()
        assert row.editor is not None
        assert row.editor.value == shown
        assert value(editing, "sampler", "steps") == shown
        assert differences(editing) == []


def test_dragging_a_slider_is_one_step(inspector: Inspector, editing: Editing) -> None:
    select(inspector, "sampler")
    before = value(editing, "sampler", "guidance_scale")
    editor = input_row(inspector, "guidance_scale").editor
    assert editor is not None
    field = field_of(editor)
    middle = field.rect().center()
    drag(field, middle, *(middle + QPoint(step, 0) for step in range(4, 40, 4)))
    assert value(editing, "sampler", "guidance_scale") != before
    editing.undo()
    assert value(editing, "sampler", "guidance_scale") == before
    assert not editing.document.can_undo


def test_two_drags_in_a_row_are_two_steps(inspector: Inspector, editing: Editing) -> None:
    select(inspector, "sampler")
    editor = input_row(inspector, "guidance_scale").editor
    assert editor is not None
    field = field_of(editor)
    for _ in range(2):
        middle = field.rect().center()
        drag(field, middle, middle + QPoint(10, 0), middle + QPoint(20, 0))
    editing.undo()
    assert editing.document.can_undo


def test_reset_gives_the_default_again(inspector: Inspector, editing: Editing) -> None:
    select(inspector, "sampler")
    type_number(inspector, "steps", "31")
    click(input_row(inspector, "steps").reset)
    assert "steps" not in editing.document.workflow.nodes["sampler"].inputs
    assert not input_row(inspector, "steps").reset.isVisible()


def test_a_seed_says_what_happens_to_it_before_a_run(inspector: Inspector, editing: Editing) -> None:
    select(inspector, "sampler")
    editor = input_row(inspector, "seed").editor
    assert isinstance(editor, SeedEditor)
    click(editor.mode)
    choose("Draw a new seed for every run")
    assert editing.document.workflow.seeds["sampler.seed"] is SeedMode.RANDOMIZE
    editing.undo()
    assert editor.seed_mode is SeedMode.FIXED


def test_a_preset_sets_its_values_as_one_step(inspector: Inspector, editing: Editing) -> None:
    select(inspector, "latent")
    before = editing.document.workflow.nodes["latent"].inputs
    click(inspector.page.presets)
    choose("SDXL 1216x832")
    assert [value(editing, "latent", name) for name in ("width", "height")] == [1216, 832]
    editing.undo()
    assert editing.document.workflow.nodes["latent"].inputs == before


# Several nodes


def test_of_several_nodes_it_shows_what_they_share_and_says_where_they_differ(
    inspector: Inspector, editing: Editing
) -> None:
    select(inspector, "prompt", "negative")
    row = input_row(inspector, "text")
    assert row.editor is not None
    assert row.editor.mixed
    assert inspector.page.header.name.text() == "2 nodes"
    select(inspector, "prompt", "sampler")
    assert [row.binding.spec.name for row in inspector.page.form.rows] == ["model"]


def test_a_value_typed_for_several_nodes_is_set_in_all_as_one_step(
    inspector: Inspector, editing: Editing
) -> None:
    editing.document.apply("Copy", lambda w: edits.duplicate(w, ["latent"]))
    names = [name for name, node in editing.document.workflow.nodes.items() if node.type == "EmptyLatent"]
    editing.document.apply("Set", lambda w: edits.set_input(w, f"{names[0]}.height", 256))
    select(inspector, *names)
    type_number(inspector, "height", "512")
    assert [value(editing, name, "height") for name in names] == [512, 512]
    editing.undo()
    assert [value(editing, name, "height") for name in names] == [256, 128]
    editor = input_row(inspector, "height").editor
    assert editor is not None
    assert editor.mixed


# Links


def test_a_link_leads_to_where_it_comes_from_and_can_be_cut(inspector: Inspector, editing: Editing) -> None:
    select(inspector, "sampler")
    click(input_row(inspector, "latent").unlink)
    assert "latent" not in editing.document.workflow.nodes["sampler"].inputs
    editing.undo()
    click(input_row(inspector, "latent").jumps[0])
    assert editing.selection == {"latent"}


def test_a_free_input_is_linked_from_a_menu_of_what_fits(inspector: Inspector, editing: Editing) -> None:
    editing.document.apply("Cut", lambda w: edits.disconnect(w, "sampler.latent"))
    select(inspector, "sampler")
    row = input_row(inspector, "latent")
    click(row.findChildren(QWidget, "jump")[0])
    choose("latent.latent")
    assert value(editing, "sampler", "latent") == Link("latent", "latent")


def test_an_output_leads_to_what_it_feeds(inspector: Inspector, editing: Editing) -> None:
    select(inspector, "latent")
    click(inspector.page.outputs.findChildren(QWidget, "jump")[0])
    assert editing.selection == {"sampler"}


# More about nodes


def test_the_pin_puts_an_input_on_the_app_panel_and_takes_it_away(
    inspector: Inspector, editing: Editing
) -> None:
    before = edits.panel_inputs(editing.document.workflow)
    select(inspector, "sampler")
    click(input_row(inspector, "steps").pin)
    *others, last = edits.panel_inputs(editing.document.workflow)
    assert (others, last.place) == (before, (None, "sampler", "steps"))
    click(input_row(inspector, "steps").pin)
    assert edits.panel_inputs(editing.document.workflow) == before


def test_the_documentation_is_unfolded_by_a_click_and_names_every_input(
    inspector: Inspector, editing: Editing
) -> None:
    select(inspector, "sampler")
    click(inspector.page.documentation.title)
    told = seen_texts(inspector.page.documentation)
    spec = editing.spec("sampler")
    assert all(entry.description in told for entry in spec.inputs)
    assert spec.summary in told


def test_seldom_used_inputs_are_folded_unless_they_say_something(
    inspector: Inspector, editing: Editing
) -> None:
    select(inspector, "sampler")
    seldom = inspector.page.seldom.rows
    assert seldom
    assert not seldom[0].isVisible()
    name = next(row.binding.spec.name for row in seldom if row.binding.spec.name == "start_step")
    editing.document.apply("Set", lambda w: edits.set_input(w, f"sampler.{name}", 3))
    select(inspector, "latent")
    select(inspector, "sampler")
    assert input_row(inspector, name).isVisible()


def test_inputs_that_a_choice_brings_come_and_go_with_it(inspector: Inspector, editing: Editing) -> None:
    editing.document.apply("Add", lambda w: edits.add_node(w, "Guidance", (0, 0), name="guide"))

    def shown(method: str) -> list[str]:
        editing.document.apply("Set", lambda w: edits.set_input(w, "guide.method", method))
        settle()
        return [row.binding.spec.name for row in inspector.page.form.rows]

    select(inspector, "guide")
    assert shown("fdg") == ["method", "high_scale"]
    assert shown("mambo_g") == ["method", "alpha"]
    assert shown("cfg") == ["method", "unconditional", "negative_scale", "negative_curve"]
    editing.document.apply("Set", lambda w: edits.set_input(w, "guide.alpha", 3.0))
    assert shown("cfg")[-1] == "alpha"  # what is set can be seen, and be reset
    assert [row.binding.spec.name for row in inspector.page.seldom.rows] == ["rescale", "start", "stop"]


# Mending


def test_a_wrong_value_is_told_at_the_input_and_mended_there(inspector: Inspector, editing: Editing) -> None:
    editing.document.apply("Set", lambda w: edits.set_input(w, "sampler.steps", 5000))
    editing.faults.look()
    select(inspector, "sampler")
    mending = input_row(inspector, "steps").mending
    assert "1000" in mending.words.text()
    click(mending.offers.buttons[0])
    editing.faults.look()
    assert value(editing, "sampler", "steps") == 1000
    assert not mending.isVisible()


def test_an_unknown_node_type_is_named_and_the_node_can_be_removed(show: Show, open_editing: Open) -> None:
    workflow = load_workflow("text_to_image")
    nodes = {**workflow.nodes, "sampler": workflow.nodes["sampler"].model_copy(update={"type": "Warp"})}
    editing = open_editing(workflow.model_copy(update={"nodes": nodes}))
    inspector = show(Inspector, editing)
    select(inspector, "sampler")
    mending = inspector.page.mending
    assert "Warp" in mending.words.text()
    click(next(button for button in mending.offers.buttons if button.whole_text == "Remove node"))
    assert "sampler" not in editing.document.workflow.nodes


# Inside a subgraph


@pytest.fixture
def inside(show: Show, open_editing: Open) -> Inspector:
    """The inspector inside a subgraph of the sampler and what follows it."""
    editing = open_editing(edits.group(load_workflow("text_to_image"), ["sampler", "decode"], "heart"))
    inspector = show(Inspector, editing)
    editing.show_scope(Scope(("heart",)))
    settle()
    return inspector


def definition(inspector: Inspector) -> tuple[list[str], list[str]]:
    assert inspector.editing is not None
    body = inspector.editing.document.workflow.subgraphs["heart"]
    return list(body.inputs), list(body.outputs)


def test_inside_a_subgraph_its_sockets_are_renamed_by_keys(inside: Inspector) -> None:
    first = inside.interface.inputs.rows[0]
    first.setFocus()
    press(first, Key.Key_F2)
    write("base")
    assert definition(inside)[0][0] == "base"
    assert inside.editing is not None
    assert "base" in inside.editing.document.workflow.nodes["heart"].inputs


def test_inside_a_subgraph_its_sockets_are_put_in_order_by_keys_and_by_dragging(inside: Inspector) -> None:
    names = definition(inside)[0]
    rows = inside.interface.inputs.rows
    rows[0].setFocus()
    press(rows[0], Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert definition(inside)[0] == [names[1], names[0], *names[2:]]
    last = inside.interface.inputs.rows[-1]
    handle, height = last.handle, last.height()
    drag(handle, QPoint(5, 5), QPoint(5, 5 - height), QPoint(5, 5 - 4 * height))
    assert definition(inside)[0] == [names[-1], names[1], names[0], *names[2:-1]]
    assert inside.editing is not None
    inside.editing.undo()
    inside.editing.undo()
    assert [row.line.name for row in inside.interface.inputs.rows] == names


def test_inside_a_subgraph_sockets_are_hidden_and_shown(inside: Inspector) -> None:
    inputs, outputs = definition(inside)
    click(inside.interface.outputs.rows[0].remove)
    assert definition(inside)[1] == []
    click(inside.interface.add_output)
    choose("decode", "Image")
    assert definition(inside)[1] == outputs
    click(inside.interface.add_input)
    choose("sampler", "Steps")
    assert definition(inside)[0] == [*inputs, "steps"]


def test_inside_a_subgraph_f2_renames_it_everywhere(inside: Inspector) -> None:
    press(inside, Key.Key_F2)
    write("core")
    assert inside.editing is not None
    workflow = inside.editing.document.workflow
    assert list(workflow.subgraphs) == ["core"]
    assert workflow.nodes["heart"].subgraph == "core"


# In step


def test_another_document_is_shown_at_once_and_the_first_is_left_alone(
    inspector: Inspector, editing: Editing, open_editing: Open
) -> None:
    select(inspector, "sampler")
    other = open_editing("two_loras")
    other.scene.select({"sampler"})
    inspector.show_editing(other)
    inspector.activateWindow()
    settle()
    type_number(inspector, "steps", "44")
    assert value(other, "sampler", "steps") == 44
    assert value(editing, "sampler", "steps") != 44
    editing.scene.select({"latent"})
    settle()
    assert inspector.page.header.name.text() == "sampler"
    inspector.show_editing(editing)
    settle()
    assert inspector.page.header.name.text() == "latent"


def test_two_hundred_selections_leave_no_widgets_behind(inspector: Inspector, editing: Editing) -> None:
    names, choice = list(editing.document.workflow.nodes), random.Random(5)  # noqa: S311 - any selections will do
    select(inspector, "sampler")
    before = widgets_in(inspector)
    for _ in range(200):
        select(inspector, *choice.sample(names, choice.randint(0, 3)))
    select(inspector, "sampler")
    assert widgets_in(inspector) == before


def test_a_panel_that_is_not_seen_rests_and_catches_up(inspector: Inspector, editing: Editing) -> None:
    select(inspector, "sampler")
    inspector.hide()
    select(inspector, "latent")
    assert inspector.page.header.name.text() == "sampler"
    inspector.show()
    assert inspector.page.header.name.text() == "latent"


def test_all_fields_of_a_form_begin_in_one_line(inspector: Inspector, editing: Editing) -> None:
    select(inspector, editing.add_node("LoRALoader"))
    named = [input_row(inspector, name) for name in ("model", "unet_weight", "text_encoder_weight")]

    def beside() -> set[bool]:
        return {row._content.x() > row.label.x() for row in named}

    inspector.resize(250, 700)
    settle()
    assert beside() == {False}, "the longest name leaves no room for a field beside it"
    inspector.resize(400, 700)
    settle()
    assert beside() == {True}
    assert len({row._content.x() for row in named}) == 1
