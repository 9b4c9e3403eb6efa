"""Searching for nodes by typing, and what a choice does."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from nodeflow.document.values import Link
from ui.bare_canvas.testing import Hand
from ui.canvas.link_item import LinkKey
from ui.editing.editing import Editing
from ui.palette.palette import Palette
from ui.palette.search import NodeSearch
from ui.panels.testing import choose, open_menu
from ui.window.main_window import MainWindow


def key(window: MainWindow, key: Qt.Key, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(QApplication.activePopupWidget() or QApplication.focusWidget() or window, key, keys)


def search(window: MainWindow) -> NodeSearch:
    popup = window.popups.search
    assert popup.isVisible()
    return popup


def titles(popup: Palette) -> list[str]:
    return [row.title for row in popup.model.rows]


NOWHERE = QPointF(700, 620)
"""A place of the scene where nothing lies."""


def test_tab_typing_and_enter_add_a_node(window: MainWindow, editing: Editing) -> None:
    key(window, Qt.Key.Key_Tab)
    popup = search(window)
    QTest.keyClicks(popup.line, "empty")
    assert titles(popup)[0] == "Empty Latent"
    QTest.keyClick(popup.line, Qt.Key.Key_Return)
    assert not popup.isVisible()
    assert editing.selection == {"empty_latent"}


def test_escape_leaves_everything_as_it_was(window: MainWindow, editing: Editing) -> None:
    before = editing.document.workflow
    key(window, Qt.Key.Key_Tab)
    popup = search(window)
    QTest.keyClicks(popup.line, "sampler")
    QTest.keyClick(popup.line, Qt.Key.Key_Escape)
    assert not popup.isVisible()
    assert editing.document.workflow is before
    assert QApplication.focusWidget() is editing.canvas, "keys go to the canvas again"


def test_arrows_choose_another(window: MainWindow, editing: Editing) -> None:
    key(window, Qt.Key.Key_Tab)
    popup = search(window)
    QTest.keyClicks(popup.line, "vae")
    second = titles(popup)[1]
    QTest.keyClick(popup.line, Qt.Key.Key_Down)
    QTest.keyClick(popup.line, Qt.Key.Key_Return)
    (name,) = editing.selection
    assert editing.document.workflow.nodes[name].type == second.replace(" ", "")


def test_a_click_chooses(window: MainWindow, editing: Editing) -> None:
    key(window, Qt.Key.Key_Tab)
    popup = search(window)
    QTest.keyClicks(popup.line, "refiner")
    place = popup.list.visualRect(popup.model.index(0, 0)).center()
    QTest.mouseClick(popup.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert editing.selection == {"refiner"}


def test_only_what_fits_is_offered_to_the_end_of_a_link(window: MainWindow, editing: Editing) -> None:
    hand = Hand(editing.canvas)
    hand.drag(hand.output("checkpoint", "model"), NOWHERE)
    popup = search(window)
    assert "Save Image" not in titles(popup)
    QTest.keyClicks(popup.line, "lo")
    assert titles(popup)[0] == "LoRA Loader"
    assert "model" in popup.model.rows[0].detail, "it says which input would be linked"
    QTest.keyClick(popup.line, Qt.Key.Key_Return)
    (name,) = editing.selection
    assert editing.document.workflow.nodes[name].inputs["model"] == Link("checkpoint", "model")


def test_a_node_goes_into_a_wire(window: MainWindow, editing: Editing) -> None:
    hand, link = Hand(editing.canvas), editing.scene.links[LinkKey("sampler", "latent", 0)]
    hand.drag(hand.header("latent"), hand.header("latent") + QPointF(0, 200))
    middle = editing.canvas.mapFromScene((link.start + link.end) / 2)
    open_menu(editing.canvas.viewport(), middle)
    choose("Insert a node…")
    popup = search(window)
    assert "VAE Decode" not in titles(popup), "it makes no latent"
    QTest.keyClicks(popup.line, "flip latent")
    QTest.keyClick(popup.line, Qt.Key.Key_Return)
    assert editing.document.workflow.nodes["sampler"].inputs["latent"] == Link("flip_latent", "latent")


def test_replacing_offers_what_is_alike_first(window: MainWindow, editing: Editing) -> None:
    editing.scene.select({"sampler"})
    key(window, Qt.Key.Key_S, Qt.KeyboardModifier.ShiftModifier)
    popup = search(window)
    assert titles(popup)[:2] == ["Sampler", "Refiner"]
    QTest.keyClicks(popup.line, "refiner")
    QTest.keyClick(popup.line, Qt.Key.Key_Return)
    node = editing.document.workflow.nodes["sampler"]
    assert node.type == "Refiner"
    assert node.inputs["latent"] == Link("latent", "latent"), "links that fit stay"


def test_a_wireless_output_is_offered_to_an_input(window: MainWindow, editing: Editing) -> None:
    editing.set_wireless(Link("checkpoint", "model"), "base model")
    name, hand = editing.add_node("LoRALoader", QPointF(700, 500)), Hand(editing.canvas)
    hand.drag(hand.input(name, "model"), hand.input(name, "model") + QPointF(-40, 160))
    popup = search(window)
    assert titles(popup)[0] == "Use “base model”"
    QTest.keyClick(popup.line, Qt.Key.Key_Return)
    assert editing.document.workflow.nodes[name].inputs["model"] == Link("checkpoint", "model")


def test_a_kept_subgraph_is_offered(window: MainWindow, editing: Editing) -> None:
    editing.scene.select({"sampler", "decode"})
    editing.group_selection()
    (group,) = editing.selection
    window.library.keep(group, "My sampler")
    key(window, Qt.Key.Key_Tab)
    popup = search(window)
    QTest.keyClicks(popup.line, "my sam")
    row = next(index for index, row in enumerate(popup.model.rows) if row.title == "My sampler")
    for _ in range(row):
        QTest.keyClick(popup.line, Qt.Key.Key_Down)
    QTest.keyClick(popup.line, Qt.Key.Key_Return)
    (added,) = editing.selection
    assert added != group
    assert editing.document.workflow.nodes[added].subgraph is not None


@pytest.mark.parametrize(("text", "title"), [("note", "Note"), ("frame", "Frame"), ("reroute", "Reroute")])
def test_what_is_no_node_type_is_found_as_well(
    window: MainWindow, editing: Editing, text: str, title: str
) -> None:
    key(window, Qt.Key.Key_Tab)
    popup = search(window)
    QTest.keyClicks(popup.line, text)
    assert title in titles(popup)


def test_nonsense_finds_nothing_and_enter_does_nothing(window: MainWindow, editing: Editing) -> None:
    before = editing.document.workflow
    key(window, Qt.Key.Key_Tab)
    popup = search(window)
    QTest.keyClicks(popup.line, "qqqxyz")
    assert titles(popup) == []
    assert popup.summary.text() == "Nothing found"
    QTest.keyClick(popup.line, Qt.Key.Key_Return)
    assert editing.document.workflow is before
