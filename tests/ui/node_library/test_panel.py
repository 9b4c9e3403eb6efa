"""The node library: searched, read, starred, and added by mouse and keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QModelIndex, QPoint, QPointF, Qt
from PySide6.QtGui import QDrag, QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QPushButton

from nodeflow.document.values import Link
from ui.canvas.link_item import LinkKey
from ui.editing.editing import Editing
from ui.editing.testing import differences
from ui.node_library.panel import NodeLibrary
from ui.node_library.row import entry_of, star_box
from ui.panels.testing import choose, click, open_menu, press, settle

Key = Qt.Key
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def listed(panel: NodeLibrary) -> dict[str, list[str]]:
    """What is seen: the nodes of each group."""
    model = panel.model
    heads = [model.index(row, 0) for row in range(model.rowCount())]
    return {
        head.data(): [model.index(n, 0, head).data() for n in range(model.rowCount(head))] for head in heads
    }


def place_of(panel: NodeLibrary, title: str, group: str = "") -> QModelIndex:
    model = panel.model
    for row in range(model.rowCount()):
        head = model.index(row, 0)
        for number in range(model.rowCount(head)):
            index = model.index(number, 0, head)
            if index.data() == title and group in ("", head.data()):
                return index
    raise AssertionError(f"{title} is not in {listed(panel)}")


def click_on(panel: NodeLibrary, title: str, group: str = "", *, double: bool = False) -> None:
    index = place_of(panel, title, group)
    panel.tree.scrollTo(index)
    place = panel.tree.visualRect(index).center()
    QTest.mouseClick(panel.tree.viewport(), LEFT, NONE, place)
    if double:
        QTest.mouseDClick(panel.tree.viewport(), LEFT, NONE, place)
    settle()


def words(panel: NodeLibrary) -> str:
    """What the page says."""
    return "\n".join(label.text() for label in panel.page.findChildren(QLabel) if label.isVisible())


def keep(editing: Editing, name: str) -> Path:
    """Make a reusable node of two prompts."""
    editing.desk.library.mkdir(parents=True, exist_ok=True)
    editing.scene.select({"prompt", "negative"})
    editing.group_selection()
    path = editing.desk.library / f"{name}.json"
    editing.save_subgraph(next(iter(editing.selection)), path)
    editing.undo()
    return path


def drop(editing: Editing, data: QMimeData, place: QPointF) -> None:
    pixel = editing.canvas.mapFromScene(place)
    copy = Qt.DropAction.CopyAction
    enter = QDragEnterEvent(pixel, copy, data, LEFT, NONE)
    QApplication.sendEvent(editing.canvas.viewport(), enter)
    assert enter.isAccepted()
    QApplication.sendEvent(editing.canvas.viewport(), QDropEvent(QPointF(pixel), copy, data, LEFT, NONE))


@pytest.fixture
def carried(monkeypatch: pytest.MonkeyPatch) -> list[QMimeData]:
    """What was dragged; a drag would wait for its end."""
    found: list[QMimeData] = []

    def take(drag: QDrag, *_: object) -> Qt.DropAction:
        data, copy = drag.mimeData(), QMimeData()
        for kind in data.formats():
            copy.setData(kind, data.data(kind))
        found.append(copy)
        return Qt.DropAction.CopyAction

    monkeypatch.setattr(QDrag, "exec", take)
    return found


def drag(panel: NodeLibrary, title: str) -> None:
    index = place_of(panel, title)
    panel.tree.scrollTo(index)
    start = panel.tree.visualRect(index).center()
    view = panel.tree.viewport()
    QTest.mousePress(view, LEFT, NONE, start)
    for step in (4, 12, 24):
        QTest.mouseMove(view, start + QPoint(step, step))
    QTest.mouseRelease(view, LEFT, NONE, start + QPoint(24, 24))
    settle()


def test_all_node_types_are_listed_by_category(panel: NodeLibrary, editing: Editing) -> None:
    groups = listed(panel)
    assert sum(map(len, groups.values())) == len(editing.desk.specs)
    assert {"Refiner", "Sampler"} <= set(groups["Sampling"])
    assert groups["Sampling"] == sorted(groups["Sampling"])


def test_typing_searches_and_enter_adds_the_best(panel: NodeLibrary, editing: Editing) -> None:
    panel.search.setFocus()
    QTest.keyClicks(panel.search, "lor")
    assert listed(panel)["Found"][0] == "LoRA Loader"
    press(panel.search, Key.Key_Return)
    assert editing.selection == {"lora_loader"}
    assert differences(editing) == []


def test_arrows_go_through_what_was_found(panel: NodeLibrary, editing: Editing) -> None:
    panel.search.setFocus()
    QTest.keyClicks(panel.search, "vae")
    second = listed(panel)["Found"][1]
    press(panel.search, Key.Key_Down)
    assert panel.chosen is not None
    assert panel.chosen.title == second
    press(panel.search, Key.Key_Return)
    (name,) = editing.selection
    assert editing.document.workflow.nodes[name].type == second.replace(" ", "")


def test_what_matches_nothing_says_so(panel: NodeLibrary) -> None:
    QTest.keyClicks(panel.search, "qqqqqq")
    assert listed(panel) == {}
    assert "qqqqqq" in panel.hint.text()


def test_a_node_is_documented(panel: NodeLibrary) -> None:
    click_on(panel, "Sampler")
    said = words(panel)
    assert "comes with nodeflow" in said
    assert "Denoise latents" in said
    for part in ("Guidance scale", "default", "Inputs", "Outputs", "Gives Latent", "1 to"):
        assert part in said


def test_its_words_flow_over_lines_as_the_panel_is_wide(panel: NodeLibrary) -> None:
    click_on(panel, "Resize Latent")
    assert "sample the result again with a `denoise` of 0.5 or more" in words(panel)


@pytest.mark.parametrize("by_key", [True, False])
def test_a_double_click_or_enter_adds(panel: NodeLibrary, editing: Editing, by_key: bool) -> None:
    click_on(panel, "Empty Latent", double=not by_key)
    if by_key:
        press(panel.tree, Key.Key_Return)
    assert editing.selection == {"empty_latent"}
    bodies = {name: item.body for name, item in editing.scene.nodes.items()}
    added = bodies.pop("empty_latent")
    assert not any(added.intersects(other) for other in bodies.values()), "it hides no other"
    assert listed(panel)["Recently used"] == ["Empty Latent"]


def test_a_drag_adds_where_it_is_dropped(
    panel: NodeLibrary, editing: Editing, carried: list[QMimeData]
) -> None:
    drag(panel, "Solid Color")
    drop(editing, carried[0], QPointF(400, 1200))
    assert editing.selection == {"solid_color"}
    assert editing.document.workflow.layout["solid_color"].position == pytest.approx((400, 1200), abs=2)
    editing.undo()
    assert "solid_color" not in editing.document.workflow.nodes


def test_a_drop_on_a_wire_goes_in_between(
    panel: NodeLibrary, editing: Editing, carried: list[QMimeData]
) -> None:
    drag(panel, "LoRA Loader")
    wire = editing.scene.links[LinkKey("sampler", "model", 0)]
    drop(editing, carried[0], (wire.start + wire.end) / 2)
    nodes = editing.document.workflow.nodes
    assert nodes["sampler"].inputs["model"] == Link("lora_loader", "model")
    assert nodes["lora_loader"].inputs["model"] == Link("checkpoint", "model")
    editing.undo()
    assert editing.document.workflow.nodes["sampler"].inputs["model"] == Link("checkpoint", "model")
    assert differences(editing) == []


def test_a_drop_on_a_wire_that_it_does_not_fit_lies_there(
    panel: NodeLibrary, editing: Editing, carried: list[QMimeData]
) -> None:
    drag(panel, "Solid Color")
    wire = editing.scene.links[LinkKey("sampler", "model", 0)]
    drop(editing, carried[0], (wire.start + wire.end) / 2)
    assert editing.selection == {"solid_color"}
    assert editing.document.workflow.nodes["sampler"].inputs["model"] == Link("checkpoint", "model")


def test_a_click_on_the_star_keeps_a_favourite(panel: NodeLibrary, editing: Editing) -> None:
    for expected in (["Refiner"], None):
        index = place_of(panel, "Refiner", "Sampling")
        panel.tree.scrollTo(index)
        QTest.mouseClick(panel.tree.viewport(), LEFT, NONE, star_box(panel.tree.visualRect(index)).center())
        settle()
        assert listed(panel).get("Favourites") == expected


def test_the_star_on_the_page_and_in_the_menu_do_the_same(panel: NodeLibrary) -> None:
    click_on(panel, "Sampler")
    click(panel.page.star)
    assert listed(panel)["Favourites"] == ["Sampler"]
    assert panel.page.star.isChecked()
    place = panel.tree.visualRect(panel.tree.currentIndex()).center()
    open_menu(panel.tree.viewport(), place)
    choose("Remove from favourites")
    assert "Favourites" not in listed(panel)


def test_a_title_folds_its_nodes_and_stays_folded(panel: NodeLibrary, editing: Editing) -> None:
    head = place_of(panel, "Sampler").parent()
    panel.tree.scrollTo(head)
    QTest.mouseClick(panel.tree.viewport(), LEFT, NONE, panel.tree.visualRect(head).center())
    assert not panel.tree.isExpanded(head)
    editing.desk.node_memory.note_use("Refiner")
    assert not panel.tree.isExpanded(place_of(panel, "Sampler", "Sampling").parent())
    QTest.keyClicks(panel.search, "sampler")
    assert panel.tree.visualRect(place_of(panel, "Sampler")).isValid(), "a search shows all that it found"


def test_what_could_not_be_loaded_is_listed_with_its_reason(panel: NodeLibrary, editing: Editing) -> None:
    editing.desk.faults.append("nodes of 'glow' (glow.nodes) were not loaded: No module named 'scipy'")
    editing.desk.specsChanged.emit()
    assert listed(panel)["Not loaded"] == ["glow"]
    click_on(panel, "glow")
    assert "No module named" in words(panel)
    assert not panel.page.add.isVisible()
    again: list[bool] = []
    panel.reloadWanted.connect(lambda: again.append(True))
    click(panel.page.reload)
    assert again


def test_a_reusable_node_is_listed_read_added_and_dragged(
    panel: NodeLibrary, editing: Editing, carried: list[QMimeData]
) -> None:
    path = keep(editing, "two prompts")
    panel._sync()
    click_on(panel, "two prompts", "Reusable nodes")
    assert "Outputs" in words(panel)
    press(panel.tree, Key.Key_Return)
    (name,) = editing.selection
    assert editing.document.workflow.nodes[name].subgraph
    editing.undo()
    drag(panel, "two prompts")
    assert carried[0].urls()[0].toLocalFile() == str(path)
    drop(editing, carried[0], QPointF(400, 1200))
    assert editing.document.workflow.nodes[next(iter(editing.selection))].subgraph
    assert listed(panel)["Recently used"] == ["two prompts"]


def test_f2_renames_a_reusable_node_and_its_star_goes_along(panel: NodeLibrary, editing: Editing) -> None:
    path = keep(editing, "two prompts")
    panel._sync()
    click_on(panel, "two prompts")
    click(panel.page.star)
    press(panel.tree, Key.Key_F2)
    editor = QApplication.focusWidget()
    assert editor is not None
    QTest.keyClick(editor, Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(editor, "words")
    QTest.keyClick(editor, Key.Key_Return)
    settle()
    assert not path.exists()
    assert path.with_stem("words").exists()
    groups = listed(panel)
    assert (groups["Favourites"], groups["Reusable nodes"]) == (["words"], ["words"])


def test_a_name_that_is_taken_is_refused_and_said(panel: NodeLibrary, editing: Editing) -> None:
    for name in ("one", "two"):
        keep(editing, name)
    panel._sync()
    told: list[str] = []
    panel.said.connect(told.append)
    click_on(panel, "one")
    press(panel.tree, Key.Key_F2)
    editor = QApplication.focusWidget()
    assert editor is not None
    QTest.keyClick(editor, Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(editor, "two")
    QTest.keyClick(editor, Key.Key_Return)
    settle()
    assert listed(panel)["Reusable nodes"] == ["one", "two"]
    assert "already" in told[-1]


def test_delete_asks_and_moves_a_reusable_node_to_the_trash(panel: NodeLibrary, editing: Editing) -> None:
    path = keep(editing, "two prompts")
    gone: list[Path] = []

    def remove(file: Path) -> bool:
        gone.append(file)
        file.unlink()
        return True

    panel.remove_file = remove
    panel._sync()
    click_on(panel, "two prompts")
    press(panel.tree, Key.Key_Delete)
    box = panel.findChild(QMessageBox)
    assert box is not None
    button = next(b for b in box.findChildren(QPushButton) if b.text() == "Move to trash")
    QTest.mouseClick(button, LEFT)
    settle()
    assert gone == [path]
    assert "Reusable nodes" not in listed(panel)


def test_a_damaged_reusable_node_is_said_and_nothing_breaks(panel: NodeLibrary, editing: Editing) -> None:
    editing.desk.library.mkdir(parents=True)
    (editing.desk.library / "odd.json").write_text("{")
    told: list[str] = []
    panel.said.connect(told.append)
    panel._sync()
    click_on(panel, "odd")
    assert "odd.json" in told[-1]
    before = editing.document.workflow
    press(panel.tree, Key.Key_Return)
    assert editing.document.workflow is before


def test_a_reusable_node_that_is_saved_appears_by_itself(
    panel: NodeLibrary, editing: Editing, qtbot: object
) -> None:
    keep(editing, "one")
    panel._sync()
    keep(editing, "two")
    QTest.qWait(1)
    for _ in range(200):
        if listed(panel).get("Reusable nodes") == ["one", "two"]:
            break
        QTest.qWait(10)
    assert listed(panel)["Reusable nodes"] == ["one", "two"]


def test_entries_are_none_for_titles(panel: NodeLibrary) -> None:
    assert entry_of(panel.model.index(0, 0)) is None
