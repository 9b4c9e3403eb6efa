"""The problems panel: what is wrong, where, and mending it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QPushButton

from nodeflow.document.files import load_workflow
from nodeflow.document.model import Workflow
from nodeflow.document.scope import Scope
from nodeflow.folders import templates_folder
from ui.document import edits
from ui.editing.editing import Editing
from ui.editing.testing import Told, differences
from ui.panels.problems import Problems
from ui.panels.testing import click, press, settle, widgets_in
from ui.sentences import as_sentence

Key = Qt.Key
Show = Callable[[type[Problems], Editing | None], Problems]
Open = Callable[[Workflow | str], Editing]
STEPS = "sampler.steps"


def with_type(workflow: Workflow, name: str, type_id: str) -> Workflow:
    node = workflow.nodes[name].model_copy(update={"type": type_id})
    return workflow.model_copy(update={"nodes": {**workflow.nodes, name: node}})


@pytest.fixture
def editing(open_editing: Open) -> Editing:
    """`two_loras` with a wrong number, an unknown type and the same LoRA missing twice."""
    workflow = edits.set_input(load_workflow("two_loras"), STEPS, 5000)
    for name in ("flat", "ink"):
        workflow = edits.set_input(workflow, f"{name}.lora", "ghibli")
    return open_editing(with_type(workflow, "decode", "VAEDecoder"))


@pytest.fixture
def panel(show: Show, editing: Editing) -> Problems:
    return show(Problems, editing)


def find(panel: Problems, node: str) -> int:
    return next(number for number, fault in enumerate(panel.model.faults) if fault.node == node)


def pick(panel: Problems, node: str) -> None:
    """Click on the problem of a node."""
    place = panel.view.visualRect(panel.model.index(find(panel, node), 0)).center()
    QTest.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    settle()


def offer(panel: Problems, text: str) -> QPushButton:
    buttons = {button.whole_text: button for button in panel.offers.buttons}
    assert text in buttons, list(buttons)
    return buttons[text]


def look(panel: Problems) -> None:
    assert panel.editing is not None
    panel.editing.faults.look()
    settle()


def nodes_with_problems(panel: Problems) -> set[str]:
    return {fault.node for fault in panel.model.faults}


def test_every_problem_is_listed_with_its_place_and_what_to_do(panel: Problems) -> None:
    assert {"decode", "sampler", "flat", "ink"} <= nodes_with_problems(panel)
    row = panel.model.index(find(panel, "sampler"), 0)
    told = row.data(Qt.ItemDataRole.AccessibleTextRole)
    assert told.startswith("sampler · Steps. Must be from 1 to 1000, not 5000")


def test_enter_shows_the_place_on_the_canvas_and_selects_the_node(panel: Problems, editing: Editing) -> None:
    editing.canvas.set_zoom(2)
    panel.view.setFocus()
    panel.view.setCurrentIndex(panel.model.index(find(panel, "sampler"), 0))
    press(panel.view, Key.Key_Return)
    assert editing.selection == {"sampler"}
    assert editing.canvas.visible_rect().intersects(editing.scene.nodes["sampler"].body)


def test_arrows_walk_from_problem_to_problem(panel: Problems) -> None:
    panel.view.setFocus()
    panel.view.setCurrentIndex(panel.model.index(0, 0))
    press(panel.view, Key.Key_Down)
    assert panel.view.currentIndex().row() == 1
    assert panel.current() == panel.model.faults[1]


def test_a_wrong_number_becomes_the_nearest_right_one_and_undo_brings_the_problem_back(
    panel: Problems, editing: Editing
) -> None:
    pick(panel, "sampler")
    click(offer(panel, "Use 1000"))
    look(panel)
    assert editing.document.workflow.nodes["sampler"].inputs["steps"] == 1000
    assert "sampler" not in nodes_with_problems(panel)
    editing.undo()
    look(panel)
    assert "sampler" in nodes_with_problems(panel)
    editing.redo()
    look(panel)
    assert "sampler" not in nodes_with_problems(panel)
    assert differences(editing) == []


def test_another_model_replaces_a_missing_one_wherever_it_is_named(panel: Problems, editing: Editing) -> None:
    told = Told(editing)
    pick(panel, "flat")
    click(offer(panel, "Choose another…"))
    chooser = QApplication.activePopupWidget()
    assert chooser is not None
    search = chooser.findChild(QLineEdit)
    assert search is not None
    QTest.keyClicks(search, "contrast")
    QTest.keyClick(search, Key.Key_Return)
    settle()
    nodes = editing.document.workflow.nodes
    assert [nodes[name].inputs["lora"] for name in ("flat", "ink")] == ["high-contrast", "high-contrast"]
    assert told.said[-1] == "2 nodes use high-contrast now"
    editing.undo()
    assert editing.document.workflow.nodes["ink"].inputs["lora"] == "ghibli"


def test_a_file_that_was_put_in_its_place_meanwhile_is_found_by_looking_again(
    panel: Problems, editing: Editing
) -> None:
    from nodeflow.folders import BUNDLED_MODELS

    found = next(BUNDLED_MODELS.rglob("high-contrast*"))
    target = editing.desk.folders.models[0] / found.parent.name / f"ghibli{found.suffix}"
    target.parent.mkdir(parents=True)
    shutil.copyfile(found, target)
    pick(panel, "flat")
    click(offer(panel, "Look again"))
    look(panel)
    assert nodes_with_problems(panel).isdisjoint({"flat", "ink"})


def test_a_missing_picture_is_replaced_by_one_from_a_file_dialog(
    show: Show, open_editing: Open, tmp_path: Path
) -> None:
    editing = open_editing(edits.set_input(load_workflow("image_to_image"), "sketch.file", "gone.png"))
    panel = show(Problems, editing)
    picture = tmp_path / "elsewhere" / "mine.png"
    picture.parent.mkdir()
    shutil.copyfile(templates_folder() / "sketch.png", picture)
    pick(panel, "sketch")
    click(offer(panel, "Browse…"))
    dialog = next(w for w in QApplication.topLevelWidgets() if isinstance(w, QFileDialog))
    line = dialog.findChild(QLineEdit)
    assert line is not None
    QTest.keyClicks(line, str(picture))
    QTest.keyClick(line, Key.Key_Return)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    look(panel)
    assert "mine.png" in str(editing.document.workflow.nodes["sketch"].inputs["file"])
    assert "sketch" not in nodes_with_problems(panel)


def test_an_unknown_type_is_replaced_by_a_similar_one_and_its_links_stay(
    panel: Problems, editing: Editing
) -> None:
    links = dict(editing.document.workflow.nodes["decode"].inputs)
    pick(panel, "decode")
    click(offer(panel, "Replace with VAE Decode"))
    look(panel)
    node = editing.document.workflow.nodes["decode"]
    assert (node.type, dict(node.inputs)) == ("VAEDecode", links)
    assert "decode" not in nodes_with_problems(panel)


def test_another_type_for_an_unknown_one_is_searched_for(panel: Problems, editing: Editing) -> None:
    told = Told(editing)
    pick(panel, "decode")
    click(offer(panel, "Replace with…"))
    assert told.searches[-1].replace
    assert editing.selection == {"decode"}


def test_the_name_of_an_unknown_type_is_copied_to_look_for_its_package(panel: Problems) -> None:
    pick(panel, "decode")
    click(offer(panel, "Copy its name"))
    assert QApplication.clipboard().text() == "VAEDecoder"


def test_a_node_of_unknown_type_is_removed(panel: Problems, editing: Editing) -> None:
    pick(panel, "decode")
    click(offer(panel, "Remove node"))
    assert "decode" not in editing.document.workflow.nodes
    assert differences(editing) == []


def test_a_missing_link_is_made_or_a_node_added_for_it(show: Show, open_editing: Open) -> None:
    workflow = edits.disconnect(load_workflow("text_to_image"), "sampler.latent")
    editing = open_editing(edits.remove_nodes(workflow, ["latent"]))
    panel = show(Problems, editing)
    pick(panel, "sampler")
    click(offer(panel, "Add Empty Latent"))
    look(panel)
    assert not panel.model.faults
    assert panel.view.isHidden()


def test_a_problem_inside_a_subgraph_is_mended_there(show: Show, open_editing: Open) -> None:
    workflow = edits.set_input(load_workflow("text_to_image"), STEPS, 5000)
    editing = open_editing(edits.group(workflow, ["sampler", "decode"], "heart"))
    panel = show(Problems, editing)
    pick(panel, "sampler")
    press(panel.view, Key.Key_Return)
    assert editing.scope == Scope(("heart",))
    click(offer(panel, "Use 1000"))
    assert editing.document.workflow.subgraphs["heart"].nodes["sampler"].inputs["steps"] == 1000


def test_where_nothing_is_wrong_it_says_so(show: Show, open_editing: Open) -> None:
    panel = show(Problems, open_editing("text_to_image"))
    assert panel.view.isHidden()
    assert "Nothing is wrong." in panel.words.text()


def test_the_selected_problem_stays_selected_when_others_come_and_go(
    panel: Problems, editing: Editing
) -> None:
    pick(panel, "sampler")
    editing.document.apply("Set", lambda w: edits.set_input(w, "latent.width", 3))
    look(panel)
    current = panel.current()
    assert current is not None
    assert current.node == "sampler"
    editing.undo()
    look(panel)
    assert panel.current() == current


def test_another_document_is_shown_at_once_and_nothing_is_left_behind(
    panel: Problems, editing: Editing, open_editing: Open
) -> None:
    other = open_editing("text_to_image")
    pick(panel, "sampler")
    before = widgets_in(panel)
    for _ in range(50):
        panel.show_editing(other)
        assert panel.model.rowCount() == 0
        panel.show_editing(editing)
        pick(panel, "sampler")
    assert widgets_in(panel) == before


def test_the_first_problem_is_selected_so_that_one_sees_how_to_mend_it(panel: Problems) -> None:
    assert panel.current() == panel.model.faults[0]
    assert panel.offers.buttons


def test_in_a_wide_panel_ways_to_mend_lie_beside_the_list(panel: Problems) -> None:
    assert panel.offers.y() > panel.view.y()
    panel.resize(900, 120)
    settle()
    assert panel.offers.x() > panel.view.x()
    assert panel.offers.y() == panel.view.y()


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("there is no mask", "There is no mask"),
        ("from_my_phone.png is damaged", "from_my_phone.png is damaged"),
        ("memory. Ran out", "Memory. Ran out"),
        ("sampler.positive takes a prompt", "sampler.positive takes a prompt"),
        ("", ""),
    ],
)
def test_messages_are_sentences_but_names_of_files_stay(message: str, shown: str) -> None:
    assert as_sentence(message) == shown
