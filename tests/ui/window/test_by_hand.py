"""What the menus offer, done by keys and by the menus under the pointer, in the whole window."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from nodeflow.document.files import find_workflow, load_workflow, parse_workflow
from nodeflow.document.model import Mode, Workflow
from nodeflow.document.values import Link
from ui.bare_canvas.testing import Hand
from ui.canvas.graph import INPUTS
from ui.document import edits
from ui.editing.editing import Editing
from ui.editing.testing import differences
from ui.node_library.kept import kept_nodes
from ui.panels.testing import choose, keyboard, open_menu, press, settle, write
from ui.window.main_window import MainWindow

Key = Qt.Key
NONE = Qt.KeyboardModifier.NoModifier
ALT, CONTROL, SHIFT = (
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)
COLUMN = {"prompt": (0, 0), "negative": (52, 330), "latent": (24, 800)}
"""Places that are out of line, with unequal gaps."""


@pytest.fixture
def hand(editing: Editing) -> Hand:
    return Hand(editing.canvas)


@pytest.fixture
def select(hand: Hand) -> Callable[..., None]:
    """Selects nodes with clicks on their headers."""

    def click_on(*names: str) -> None:
        for number, name in enumerate(names):
            hand.click(hand.header(name), keys=SHIFT if number else NONE)

    return click_on


Select = Callable[..., None]


def do(key: Key, keys: Qt.KeyboardModifier = CONTROL) -> None:
    """Press a key wherever the keyboard is."""
    press(keyboard(), key, keys)


def workflow(editing: Editing) -> Workflow:
    return editing.document.workflow


def under(editing: Editing, place: QPointF, *entries: str) -> None:
    """Choose from the menu of what lies at a place."""
    open_menu(editing.canvas.viewport(), editing.canvas.mapFromScene(place))
    choose(*entries)


def test_copy_cut_and_paste(editing: Editing, select: Select) -> None:
    before = workflow(editing)
    select("sampler", "decode")
    do(Key.Key_C)
    assert parse_workflow(QGuiApplication.clipboard().text()).nodes.keys() == {"sampler", "decode"}
    do(Key.Key_V)
    assert editing.selection == {"sampler_2", "decode_2"}
    assert workflow(editing).nodes["decode_2"].inputs["latent"] == Link("sampler_2", "latent")
    do(Key.Key_X)
    assert workflow(editing).nodes.keys() == before.nodes.keys()
    do(Key.Key_V)
    assert len(editing.selection) == 2
    for _ in range(3):
        do(Key.Key_Z)
    assert workflow(editing) == before
    assert differences(editing) == []


def test_what_is_copied_is_pasted_in_another_tab(
    window: MainWindow, editing: Editing, select: Select
) -> None:
    select("prompt", "sampler")
    do(Key.Key_C)
    do(Key.Key_N)
    other = window.editing
    assert other is not None
    assert other is not editing
    do(Key.Key_V)
    assert workflow(other).nodes["sampler"].inputs["positive"] == Link("prompt", "conditioning")


@pytest.mark.parametrize(("key", "mode"), [(Key.Key_M, Mode.MUTE), (Key.Key_B, Mode.BYPASS)])
def test_nodes_are_muted_and_bypassed(editing: Editing, select: Select, key: Key, mode: Mode) -> None:
    select("prompt", "negative")
    do(key)
    assert {workflow(editing).nodes[name].mode for name in ("prompt", "negative")} == {mode}
    do(key)
    assert {node.mode for node in workflow(editing).nodes.values()} == {None}


def framed(editing: Editing, hand: Hand, *nodes: str) -> QPointF:
    """Frame nodes by keys, and select the frame with a click on its title, the place of which this gives."""
    for number, name in enumerate(nodes):
        hand.click(hand.header(name), keys=SHIFT if number else NONE)
    do(Key.Key_F, CONTROL | SHIFT)
    item = editing.scene.frames[-1]
    title = item.pos() + item.rect.topLeft() + QPointF(60, 12)
    hand.click(title)
    assert editing.selection == frozenset()
    return title


@pytest.mark.parametrize(("key", "mode"), [(Key.Key_M, Mode.MUTE), (Key.Key_B, Mode.BYPASS)])
def test_a_whole_frame_is_muted_and_bypassed(editing: Editing, hand: Hand, key: Key, mode: Mode) -> None:
    framed(editing, hand, "prompt", "negative")
    do(key)
    assert workflow(editing).frames[0].mode is mode
    assert {editing.scene.nodes[name].look.mode for name in ("prompt", "negative")} == {mode}
    do(key)
    assert workflow(editing).frames[0].mode is None
    assert differences(editing) == []


def test_a_frame_is_copied_duplicated_and_cut_with_its_nodes(editing: Editing, hand: Hand) -> None:
    title = framed(editing, hand, "prompt", "negative")
    before = workflow(editing)
    for keys in ((Key.Key_C, Key.Key_V), (Key.Key_D,)):
        hand.click(title)
        for key in keys:
            do(key)
        assert workflow(editing).frames[1].nodes == ("prompt_2", "negative_2")
        do(Key.Key_Z)
        assert workflow(editing) == before
    hand.click(title)
    do(Key.Key_X)
    assert workflow(editing).frames == ()
    assert "prompt" not in workflow(editing).nodes
    do(Key.Key_Z)
    assert workflow(editing) == before
    assert differences(editing) == []


def test_a_frame_is_renamed_coloured_and_removed(window: MainWindow, editing: Editing, hand: Hand) -> None:
    title = framed(editing, hand, "prompt", "negative")
    do(Key.Key_F2, NONE)
    write("Words")
    assert workflow(editing).frames[0].title == "Words"
    under(editing, title, "Colour", "Green")
    assert workflow(editing).frames[0].color is not None
    under(editing, title, "Bypass all in it")
    assert workflow(editing).frames[0].mode is Mode.BYPASS
    hand.click(title)
    do(Key.Key_Delete, NONE)
    assert workflow(editing).frames == ()
    assert "prompt" in workflow(editing).nodes


def test_a_note_is_written_where_nothing_lies_and_removed(editing: Editing, hand: Hand) -> None:
    do(Key.Key_N, CONTROL | SHIFT)
    write("Mind the seed", control=True)
    (note,) = editing.scene.notes
    box = note.rect.translated(note.pos())
    assert not any(box.intersects(item.body) for item in editing.scene.nodes.values())
    assert editing.canvas.visible_rect().contains(box)
    hand.click(box.center())
    do(Key.Key_Delete, NONE)
    assert workflow(editing).notes == ()


def test_nodes_are_collapsed_coloured_and_commented(editing: Editing, hand: Hand, select: Select) -> None:
    select("prompt")
    do(Key.Key_E)
    assert workflow(editing).layout["prompt"].collapsed
    hand.double_click(hand.header("prompt"))
    assert not workflow(editing).layout["prompt"].collapsed
    under(editing, hand.header("prompt"), "Colour", "Blue")
    assert workflow(editing).layout["prompt"].color is not None
    under(editing, hand.header("prompt"), "Comment…")
    write("Say it shortly")
    assert workflow(editing).nodes["prompt"].comment == "Say it shortly"


def scatter(editing: Editing) -> None:
    editing.apply("Scatter", lambda w: edits.place_nodes(w, COLUMN))


EDGES = {
    (Key.Key_Left, ALT): lambda body: body.left(),
    (Key.Key_Right, ALT): lambda body: body.right(),
    (Key.Key_Up, ALT): lambda body: body.top(),
    (Key.Key_Down, ALT): lambda body: body.bottom(),
    (Key.Key_C, ALT | SHIFT): lambda body: body.center().x(),
    (Key.Key_R, ALT | SHIFT): lambda body: body.center().y(),
}


@pytest.mark.parametrize("chord", EDGES, ids=["left", "right", "top", "bottom", "column", "row"])
def test_nodes_are_aligned(editing: Editing, chord: tuple[Key, Qt.KeyboardModifier]) -> None:
    scatter(editing)
    editing.canvas.select(frozenset(COLUMN))
    do(*chord)
    edges = [EDGES[chord](editing.scene.nodes[name].body) for name in COLUMN]
    assert edges == pytest.approx([edges[0]] * 3, abs=0.2)


@pytest.mark.parametrize("key", [Key.Key_Down, Key.Key_Right])
def test_gaps_are_made_equal(editing: Editing, key: Key) -> None:
    scatter(editing)
    editing.canvas.select(frozenset(COLUMN))
    do(key, ALT | SHIFT)
    bodies = [editing.scene.nodes[name].body for name in COLUMN]
    if key is Key.Key_Down:
        gaps = [two.top() - one.bottom() for one, two in pairwise(sorted(bodies, key=lambda b: b.top()))]
    else:
        gaps = [two.left() - one.right() for one, two in pairwise(sorted(bodies, key=lambda b: b.left()))]
    assert gaps[0] == pytest.approx(gaps[1], abs=0.2)


def test_the_graph_is_laid_out(editing: Editing) -> None:
    editing.apply("Heap", lambda w: edits.place_nodes(w, dict.fromkeys(w.nodes, (0.0, 0.0))))
    do(Key.Key_L)
    bodies = [item.body for item in editing.scene.nodes.values()]
    assert not any(a.intersects(b) for i, a in enumerate(bodies) for b in bodies[:i])


@pytest.mark.parametrize("kind", ["workflow", "picture", "path"])
def test_what_is_on_the_clipboard_becomes_nodes(editing: Editing, tmp_path: Path, kind: str) -> None:
    picture = QImage(8, 8, QImage.Format.Format_RGB32)
    picture.fill(QColor("red"))
    if kind == "workflow":
        QGuiApplication.clipboard().setText(find_workflow("two_loras").read_text("utf-8"))
    elif kind == "picture":
        QGuiApplication.clipboard().setImage(picture)
    else:
        assert picture.save(str(tmp_path / "red.png"))
        QGuiApplication.clipboard().setText(str(tmp_path / "red.png"))
    do(Key.Key_V)
    types = sorted(workflow(editing).nodes[name].type for name in editing.selection)
    whole = sorted(node.type for node in load_workflow("two_loras").nodes.values())
    assert types == (whole if kind == "workflow" else ["LoadImage"])
    do(Key.Key_Z)
    assert not editing.document.can_undo


def test_a_group_is_made_entered_kept_and_comes_apart(
    window: MainWindow, editing: Editing, hand: Hand, select: Select
) -> None:
    names = set(workflow(editing).nodes)
    select("sampler", "decode")
    do(Key.Key_G)
    (group,) = editing.selection
    do(Key.Key_Down)
    assert editing.scope.path == (group,)
    do(Key.Key_Up)
    assert not editing.scope.path
    under(editing, hand.header(group), "Save as reusable node…")
    write("Draw")
    assert list(kept_nodes(window.desk.library)) == ["Draw"]
    hand.click(hand.header(group))
    do(Key.Key_G, CONTROL | SHIFT)
    assert set(workflow(editing).nodes) == names
    do(Key.Key_Tab, NONE)
    QTest.keyClicks(keyboard(), "draw")
    do(Key.Key_Return, NONE)
    (added,) = editing.selection
    assert workflow(editing).nodes[added].subgraph is not None


def test_sockets_of_a_group_are_shown_and_removed_in_menus(
    editing: Editing, hand: Hand, select: Select
) -> None:
    select("prompt", "negative")
    do(Key.Key_G)
    hand.double_click(hand.header("group"))
    under(editing, hand.field("prompt", "text"), "Show text on the subgraph")
    assert set(workflow(editing).subgraphs["group"].inputs) == {"model", "text"}
    under(editing, hand.output(INPUTS, "text"), "Remove")
    assert set(workflow(editing).subgraphs["group"].inputs) == {"model"}
    assert differences(editing) == []


def test_an_output_becomes_wireless_and_is_used_by_its_name(editing: Editing, hand: Hand) -> None:
    model = Link("checkpoint", "model")
    under(editing, hand.output("checkpoint", "model"), "Make wireless…")
    write("base")
    assert editing.wireless() == {model: "base"}
    under(editing, hand.input("decode", "model"), "Disconnect model")
    assert "model" not in workflow(editing).nodes["decode"].inputs
    under(editing, hand.input("decode", "model"), "Use wireless", "base")
    assert workflow(editing).nodes["decode"].inputs["model"] == model
    under(editing, hand.output("checkpoint", "model"), "Show the wires of “base” again")
    assert editing.wireless() == {}
    assert differences(editing) == []


def test_an_input_is_exposed_on_the_app_panel_and_taken_off(editing: Editing, hand: Hand) -> None:
    def shown() -> list[str]:
        return [".".join(item.place[1:]) for item in edits.panel_inputs(workflow(editing))]

    before = shown()
    assert "sampler.steps" not in before
    under(editing, hand.field("sampler", "steps"), "Expose on the app panel")
    assert shown() == [*before, "sampler.steps"]
    under(editing, hand.field("sampler", "steps"), "Take off the app panel")
    assert shown() == before


def test_zooming_and_the_minimap(editing: Editing) -> None:
    do(Key.Key_0)
    assert editing.canvas.zoom == pytest.approx(1)
    do(Key.Key_Plus)
    assert editing.canvas.zoom == pytest.approx(1.25)
    do(Key.Key_Minus)
    assert editing.canvas.zoom == pytest.approx(1)
    do(Key.Key_K, CONTROL | SHIFT)
    assert not editing.canvas.minimap.isVisible()
    do(Key.Key_K, CONTROL | SHIFT)
    assert editing.canvas.minimap.isVisible()


def test_snapping_is_switched_off_in_the_menu(window: MainWindow, editing: Editing, hand: Hand) -> None:
    do(Key.Key_A, ALT)
    assert QApplication.activePopupWidget() is not None, "the menu opens by its letter"
    choose("Snap to the grid")
    start = hand.header("latent")
    hand.drag(start, start + QPointF(-33, 203))
    assert workflow(editing).layout["latent"].position[1] % 8 != 0
    settle()


def test_why_a_wire_does_not_fit_is_said_with_the_nodes_own_name(
    window: MainWindow, editing: Editing, hand: Hand
) -> None:
    hand.drag(hand.output("checkpoint", "model"), hand.input("sampler", "positive"))
    assert window.status.message.text() == "sampler.positive takes Conditioning, not Model."
    assert not editing.document.can_undo
