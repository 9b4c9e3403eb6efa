"""The model browser: searched, filtered, and models on their way into workflows by mouse and keys."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDrag, QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel
from pytestqt.qtbot import QtBot

from nodeflow.document.values import Link, literal
from tests.ui.models.conftest import LORA, write_model
from ui.bare_canvas.testing import Hand
from ui.canvas.link_item import LinkKey
from ui.editing.editing import Editing
from ui.editing.testing import Told, differences
from ui.models.model import PORTRAIT
from ui.models.panel import ModelBrowser
from ui.panels.testing import choose, click, open_menu, press, settle

Key = Qt.Key
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def names(panel: ModelBrowser) -> list[str]:
    assert panel.model is not None
    return [portrait.entry.name for portrait in panel.model.portraits]


def center(panel: ModelBrowser, name: str) -> QPoint:
    assert panel.model is not None
    index = panel.model.index(names(panel).index(name))
    panel.view.scrollTo(index)
    return panel.view.visualRect(index).center()


def click_on(panel: ModelBrowser, name: str, *, double: bool = False) -> None:
    place = center(panel, name)
    QTest.mouseClick(panel.view.viewport(), LEFT, NONE, place)
    if double:
        QTest.mouseDClick(panel.view.viewport(), LEFT, NONE, place)
    settle()


def pick(box: QComboBox, text: str) -> None:
    """Choose from a filter by keys."""
    box.setFocus()
    place = next(n for n in range(box.count()) if box.itemText(n).startswith(text))
    while box.currentIndex() != place:
        QTest.keyClick(box, Key.Key_Down if box.currentIndex() < place else Key.Key_Up)
    settle()


def words(panel: ModelBrowser) -> str:
    labels = panel.details.findChildren(QLabel)
    return "\n".join(label.text().replace("\u200b", "") for label in labels if label.isVisible())


def text_of(editing: Editing, node: str) -> object:
    return literal(editing.document.workflow.nodes[node].inputs["text"])


BUNDLED = ("pocket", "pocket-inpaint", "pocket-friend", "pocket-refiner", "dusk", "flat", "high-contrast")


@pytest.fixture
def carried(monkeypatch: pytest.MonkeyPatch) -> list[QMimeData]:
    """What was dragged; a drag would wait for its end."""
    found: list[QMimeData] = []

    def take(drag: QDrag, *_: object) -> Qt.DropAction:
        copy = QMimeData()
        copy.setUrls(drag.mimeData().urls())
        found.append(copy)
        return Qt.DropAction.CopyAction

    monkeypatch.setattr(QDrag, "exec", take)
    return found


def carry(panel: ModelBrowser, name: str, editing: Editing, place: QPointF, carried: list[QMimeData]) -> None:
    """Drag a model onto the canvas."""
    start, view = center(panel, name), panel.view.viewport()
    QTest.mousePress(view, LEFT, NONE, start)
    for step in (4, 12, 24):
        QTest.mouseMove(view, start + QPoint(step, step))
    QTest.mouseRelease(view, LEFT, NONE, start + QPoint(24, 24))
    data, pixel, copy = carried[-1], editing.canvas.mapFromScene(place), Qt.DropAction.CopyAction
    enter = QDragEnterEvent(pixel, copy, data, LEFT, NONE)
    QApplication.sendEvent(editing.canvas.viewport(), enter)
    assert enter.isAccepted()
    QApplication.sendEvent(editing.canvas.viewport(), QDropEvent(QPointF(pixel), copy, data, LEFT, NONE))
    settle()


def test_all_models_are_listed_by_kind_and_name(panel: ModelBrowser) -> None:
    assert names(panel) == [
        "pocket", "pocket-inpaint", "hands", "pocket-friend", "dusk", "flat", "high-contrast", "neon", "odd",
        "styles/ink", "pocket-refiner",
    ]  # fmt: skip
    assert panel.count.text() == "11"


def test_a_search_looks_through_all_that_is_told(panel: ModelBrowser, qtbot: QtBot) -> None:
    for text, found in (("ink", ["styles/ink"]), ("wet paper", ["styles/ink"]), ("cc-by", ["styles/ink"])):
        panel.search.clear()
        QTest.keyClicks(panel.search, text)
        qtbot.waitUntil(partial(lambda wanted: names(panel) == wanted, found))
    assert panel.count.text() == "1 of 11"
    press(panel.search, Key.Key_Return)
    assert panel.view.hasFocus()
    assert panel.chosen is not None
    panel.search.clear()
    QTest.keyClicks(panel.search, "qqq")
    qtbot.waitUntil(lambda: names(panel) == [])
    assert "No model fits" in panel.hint.text()


def test_kinds_and_folders_are_filtered_and_counted(panel: ModelBrowser) -> None:
    assert panel.kinds.itemText(2) == "Refiner  1"
    pick(panel.kinds, "LoRA")
    assert names(panel) == ["dusk", "flat", "high-contrast", "neon", "odd", "styles/ink"]
    pick(panel.places, "styles")
    assert names(panel) == ["styles/ink"]
    pick(panel.kinds, "Embedding")
    assert names(panel) == []
    pick(panel.places, "All")
    assert names(panel) == ["hands", "pocket-friend"]


def test_they_can_be_sorted_by_size_and_age(panel: ModelBrowser, folder: Path) -> None:
    click(panel.sort)
    choose("Largest first")
    assert names(panel)[:3] == ["pocket", "pocket-inpaint", "pocket-refiner"]
    click(panel.sort)
    choose("Newest first")
    assert names(panel)[-1] in BUNDLED


def test_the_chosen_model_is_described(panel: ModelBrowser) -> None:
    click_on(panel, "styles/ink")
    said = words(panel)
    assert all(part in said for part in ("styles/ink", "LoRA, SDXL", "CC-BY-4.0", "ink.safetensors"))
    assert [chip.toolTip() for chip in panel.details.chips] == [
        "Add “ink wash” to the selected prompt",
        "Add “wet paper” to the selected prompt",
    ]
    click_on(panel, "neon")
    assert panel.details.chips == []
    assert not panel.details.insert.isVisible()


def test_a_damaged_model_says_so_and_is_not_added(panel: ModelBrowser, editing: Editing) -> None:
    click_on(panel, "odd")
    assert "web page" in words(panel)
    assert not panel.details.add.isEnabled()
    told, before = list[str](), editing.document.workflow
    panel.said.connect(told.append)
    press(panel.view, Key.Key_Return)
    assert "web page" in told[-1]
    assert editing.document.workflow is before


def test_previews_are_shown_and_what_has_none_gets_a_drawing(panel: ModelBrowser, qtbot: QtBot) -> None:
    assert panel.model is not None
    model = panel.model
    index = next(model.index(n) for n, name in enumerate(names(panel)) if name == "styles/ink")
    qtbot.waitUntil(lambda: model.preview(index.data(PORTRAIT)) is not None)
    shown = model.preview(index.data(PORTRAIT))
    assert shown is not None
    assert shown.toImage().pixelColor(5, 5).name() == "#ff0000"
    drawn = model.preview(model.index(0).data(PORTRAIT))
    assert drawn is not None
    assert not drawn.isNull()


@pytest.mark.parametrize("by_key", [True, False])
def test_a_double_click_or_enter_adds_the_right_loader(
    panel: ModelBrowser, editing: Editing, by_key: bool
) -> None:
    click_on(panel, "styles/ink", double=not by_key)
    if by_key:
        press(panel.view, Key.Key_Return)
    node = editing.document.workflow.nodes["lora_loader"]
    assert (node.type, literal(node.inputs["lora"])) == ("LoRALoader", "styles/ink")
    click_on(panel, "pocket")
    click(panel.details.add)
    assert editing.document.workflow.nodes["checkpoint_loader"].type == "CheckpointLoader"


def test_a_model_is_dragged_onto_the_canvas_a_wire_and_a_field(
    panel: ModelBrowser, editing: Editing, carried: list[QMimeData]
) -> None:
    carry(panel, "neon", editing, QPointF(300, 1300), carried)
    assert editing.selection == {"lora_loader"}
    editing.undo()
    wire = editing.scene.links[LinkKey("sampler", "model", 0)]
    carry(panel, "neon", editing, (wire.start + wire.end) / 2, carried)
    nodes = editing.document.workflow.nodes
    assert nodes["sampler"].inputs["model"] == Link("lora_loader", "model")
    assert nodes["lora_loader"].inputs["model"] == Link("checkpoint", "model")
    carry(panel, "styles/ink", editing, Hand(editing.canvas).field("lora_loader", "lora"), carried)
    assert literal(editing.document.workflow.nodes["lora_loader"].inputs["lora"]) == "styles/ink"
    assert len(editing.document.workflow.nodes) == 8
    assert differences(editing) == []


def test_trigger_words_go_into_the_selected_prompt(panel: ModelBrowser, editing: Editing) -> None:
    click_on(panel, "styles/ink")
    assert not panel.details.insert.isEnabled()
    editing.scene.select({"sampler"})
    assert not panel.details.insert.isEnabled()
    editing.scene.select({"prompt"})
    before = text_of(editing, "prompt")
    click(panel.details.chips[1])
    assert text_of(editing, "prompt") == f"{before}, wet paper"
    click(panel.details.insert)
    assert text_of(editing, "prompt") == f"{before}, wet paper, ink wash", "nothing is said twice"
    editing.undo()
    editing.undo()
    assert text_of(editing, "prompt") == before


def test_trigger_words_are_copied_by_keys_and_from_the_menu(panel: ModelBrowser) -> None:
    click_on(panel, "styles/ink")
    QTest.keyClick(panel.view, Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "ink wash, wet paper"
    QGuiApplication.clipboard().clear()
    open_menu(panel.view.viewport(), center(panel, "styles/ink"))
    choose("Copy trigger words")
    assert QGuiApplication.clipboard().text() == "ink wash, wet paper"
    QGuiApplication.clipboard().clear()


def test_an_embedding_goes_into_prompts_by_its_name(
    panel: ModelBrowser, editing: Editing, carried: list[QMimeData]
) -> None:
    editing.scene.select({"negative"})
    before = text_of(editing, "negative")
    click_on(panel, "hands", double=True)
    assert text_of(editing, "negative") == f"{before}, embedding:hands"
    other = text_of(editing, "prompt")
    carry(panel, "hands", editing, Hand(editing.canvas).header("prompt"), carried)
    assert text_of(editing, "prompt") == f"{other}, embedding:hands"
    told = Told(editing)
    carry(panel, "hands", editing, QPointF(300, 1300), carried)
    assert "drop it on a node with a prompt" in told.said[-1]


def test_new_models_appear_by_themselves(panel: ModelBrowser, folder: Path, qtbot: QtBot) -> None:
    click_on(panel, "styles/ink")
    write_model(folder / "loras/another.safetensors", LORA)
    qtbot.waitUntil(lambda: "another" in names(panel))
    assert panel.chosen is not None
    assert panel.chosen.entry.name == "styles/ink", "what was chosen stays so"


def test_the_button_looks_again(
    panel: ModelBrowser, folder: Path, qtbot: QtBot, settled: Callable[[object], None]
) -> None:
    (folder / "loras/neon.safetensors").unlink()
    click(panel.rescan)
    qtbot.waitUntil(lambda: "neon" not in names(panel))


def test_the_folder_of_a_model_is_shown(panel: ModelBrowser, folder: Path) -> None:
    wanted: list[Path] = []
    panel.folderWanted.connect(wanted.append)
    click_on(panel, "styles/ink")
    click(panel.details.reveal)
    assert wanted == [folder / "loras/styles/ink.safetensors"]
