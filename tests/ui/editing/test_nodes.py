"""Nodes, frames and notes worked on by mouse, keys and commands: each is one step that can be undone."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot

from nodeflow.document.model import Mode
from nodeflow.document.values import Link
from ui.bare_canvas.testing import Hand
from ui.canvas.actions import Moves, Port
from ui.canvas.area_item import AreaKind
from ui.canvas.node_item import NodeItem
from ui.document.layout import Edge
from ui.editing.editing import Editing
from ui.editing.requests import MenuRequest, SearchRequest, TextRequest
from ui.editing.testing import Told, differences

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def test_moving_several_is_one_step(editing: Editing, hand: Hand) -> None:
    before = editing.document.workflow
    hand.click(hand.header("prompt"))
    hand.click(hand.header("negative"), keys=SHIFT)
    hand.drag(hand.header("prompt"), hand.header("prompt") + QPointF(0, -160))
    moved, old = editing.document.workflow.layout, before.layout
    one, two = (moved[name].position[1] - old[name].position[1] for name in ("prompt", "negative"))
    assert one == two == pytest.approx(-160, abs=8)
    editing.undo()
    assert editing.document.workflow == before
    assert differences(editing) == []


def test_a_node_comes_into_line_with_others(editing: Editing, hand: Hand) -> None:
    left = editing.scene.nodes["sampler"].body.left()
    start = hand.header("latent")
    shift = left - editing.scene.nodes["latent"].body.left()
    hand.press(start)
    hand.move(start + QPointF(shift + 5, 300))
    assert editing.canvas.overlay.guides
    assert editing.scene.nodes["latent"].body.left() == left
    hand.release(start + QPointF(shift + 5, 300))
    assert editing.canvas.overlay.guides == []
    assert editing.document.workflow.layout["latent"].position[0] == left


def test_without_snapping_a_node_goes_where_it_is_dragged(editing: Editing, hand: Hand) -> None:
    editing.snapping = False
    start = hand.header("latent")
    hand.drag(start, start + QPointF(-33, 203))
    assert editing.document.workflow.layout["latent"].position[1] % 8 != 0


def test_control_drag_copies_with_links(editing: Editing, hand: Hand) -> None:
    hand.drag(hand.header("prompt"), hand.header("prompt") + QPointF(0, -240), keys=CTRL)
    assert editing.document.workflow.nodes["prompt_2"].inputs["model"] == Link("checkpoint", "model")
    assert editing.selection == {"prompt_2"}


def test_a_slide_is_one_step(editing: Editing, hand: Hand) -> None:
    before = editing.document.workflow
    start = hand.field("sampler", "steps", 0.3)
    hand.drag(start, start + QPointF(20, 0), start + QPointF(60, 0))
    assert editing.document.workflow.nodes["sampler"].inputs["steps"] > 25
    assert editing.document.undo_label == "Set steps"
    editing.undo()
    assert editing.document.workflow == before


def test_the_seeds_icon_goes_on_to_the_next_mode(editing: Editing, hand: Hand) -> None:
    hand.click(hand.field("sampler", "seed", 0.97))
    assert editing.document.workflow.seeds == {"sampler.seed": "increment"}


def test_one_value_for_many_nodes(editing: Editing) -> None:
    editing.set_values([Port("prompt", "text"), Port("negative", "text")], "fog")
    assert {editing.value(Port(name, "text")) for name in ("prompt", "negative")} == {"fog"}
    editing.reset_values([Port("sampler", "steps")])
    assert "steps" not in editing.document.workflow.nodes["sampler"].inputs
    assert editing.value(Port("sampler", "steps")) == editing.spec("sampler").input("steps").default  # type: ignore[union-attr]
    assert editing.value(Port("sampler", "model")) == Link("checkpoint", "model")


def test_a_double_click_on_nothing_and_tab_search_for_a_node(
    editing: Editing, hand: Hand, told: Told
) -> None:
    hand.double_click(QPointF(700, 700))
    QTest.keyClick(editing.canvas, Qt.Key.Key_Tab)
    first, second = told.searches
    assert isinstance(first, SearchRequest)
    assert (first.position - QPointF(700, 700)).manhattanLength() < 3
    assert first.end is second.end is None


def test_a_new_node_hides_no_other(editing: Editing) -> None:
    one, two = editing.add_node("LoRALoader"), editing.add_node("LoRALoader")
    bodies = [item.body for item in editing.scene.nodes.values()]
    assert not any(a.intersects(b) for i, a in enumerate(bodies) for b in bodies[:i])
    assert editing.selection == {two} != {one}


def test_replacing_keeps_links_and_values(editing: Editing, hand: Hand) -> None:
    hand.click(hand.header("save"))
    editing.replace_selected("PreviewImage")
    node = editing.document.workflow.nodes["save"]
    assert (node.type, node.inputs) == ("PreviewImage", {"image": Link("decode", "image")})


def test_mute_bypass_collapse_comment_and_colour(editing: Editing) -> None:
    editing.scene.select({"prompt", "negative"})
    editing.toggle_mute()
    assert editing.scene.nodes["prompt"].look.mode is Mode.MUTE
    editing.toggle_mute()
    editing.toggle_bypass()
    assert editing.scene.nodes["negative"].look.mode is Mode.BYPASS
    editing.toggle_collapse()
    assert editing.scene.nodes["prompt"].look.geometry.collapsed
    editing.comment_selected("Look here")
    editing.color_selected("#20a0ff")
    assert editing.scene.nodes["prompt"].look.comment == "Look here"
    assert differences(editing) == []
    while editing.document.can_undo:
        editing.undo()
    assert differences(editing) == []


def test_a_double_click_on_a_header_asks_for_a_name(editing: Editing, hand: Hand, told: Told) -> None:
    hand.double_click(hand.header("sampler"))
    (request,) = told.texts
    assert isinstance(request, TextRequest)
    request.done("first pass")
    assert editing.document.workflow.nodes["decode"].inputs["latent"] == Link("first pass", "latent")
    assert editing.scene.nodes["first pass"].look.title == "First pass"
    assert editing.selection == {"first pass"}
    request = told.texts[0]
    editing.rename("first pass", "a.b")
    assert "cannot be a name" in told.said[-1]


def framed(editing: Editing) -> QPointF:
    """Put a frame around the prompts; returns its title."""
    editing.scene.select({"prompt", "negative"})
    editing.frame_selection()
    item = editing.scene.frames[0]
    return item.pos() + QPointF(60, 12)


def test_a_frame_moves_with_its_content(editing: Editing, hand: Hand) -> None:
    title = framed(editing)
    before = dict(editing.document.workflow.layout)
    hand.drag(title, title + QPointF(0, -80))
    after = editing.document.workflow.layout
    one, two = (after[name].position[1] - before[name].position[1] for name in ("prompt", "negative"))
    assert one == two == pytest.approx(-80, abs=8)
    assert after["latent"] == before["latent"]
    assert differences(editing) == []


def test_a_frames_title_is_edited_in_place(editing: Editing, hand: Hand) -> None:
    hand.double_click(framed(editing))
    widget = editing.canvas.area_editor.widget
    assert isinstance(widget, QLineEdit)
    QTest.keyClicks(widget, "Prompts")
    QTest.keyClick(widget, Qt.Key.Key_Return)
    assert editing.document.workflow.frames[0].title == "Prompts"
    assert editing.canvas.area_editor.widget is None


def test_a_whole_frame_is_muted_coloured_and_removed_by_keys(editing: Editing, hand: Hand) -> None:
    hand.click(framed(editing))
    assert editing.scene.selected_areas == {(AreaKind.FRAME, 0)}
    assert editing.selection == frozenset()
    editing.toggle_mute()
    assert editing.scene.nodes["prompt"].look.mode is Mode.MUTE
    editing.color_selected("#20a0ff")
    assert editing.document.workflow.frames[0].color == "#20a0ff"
    QTest.keyClick(editing.canvas, Qt.Key.Key_Delete)
    assert editing.document.workflow.frames == ()
    assert "prompt" in editing.document.workflow.nodes
    assert differences(editing) == []


def test_a_frame_takes_in_what_it_is_drawn_around(editing: Editing, hand: Hand) -> None:
    editing.scene.select({"latent"})
    editing.frame_selection()
    item = editing.scene.frames[0]
    corner = item.pos() + item.rect.bottomRight() - QPointF(4, 4)
    save = editing.scene.nodes["save"].body.bottomRight()
    hand.drag(corner, QPointF(save.x() + 60, corner.y() + 100))
    assert set(editing.document.workflow.frames[0].nodes) >= {"latent"}
    assert differences(editing) == []


def test_a_note_is_written_in_place(editing: Editing, hand: Hand) -> None:
    editing.add_note(QPointF(600, 600))
    widget = editing.canvas.area_editor.widget
    assert isinstance(widget, QPlainTextEdit)
    QTest.keyClicks(widget, "Mind the seed")
    QTest.keyClick(widget, Qt.Key.Key_Return, CTRL)
    assert editing.document.workflow.notes[0].text == "Mind the seed"
    hand.double_click(editing.scene.notes[0].pos() + QPointF(20, 20))
    widget = editing.canvas.area_editor.widget
    assert widget is not None
    QTest.keyClick(widget, Qt.Key.Key_Escape)
    assert editing.document.workflow.notes[0].text == "Mind the seed"


def test_align_distribute_and_automatic_layout(editing: Editing) -> None:
    editing.scene.select({"prompt", "negative", "latent"})
    editing.order.move(editing_moves({"prompt": (0, 0), "negative": (50, 333), "latent": (20, 700)}))
    editing.align(Edge.LEFT)
    assert {editing.document.workflow.layout[n].position[0] for n in editing.selection} == {0}
    editing.distribute(horizontal=False)
    bodies = sorted((editing.scene.nodes[n].body for n in editing.selection), key=lambda body: body.top())
    gaps = [two.top() - one.bottom() for one, two in pairwise(bodies)]
    assert gaps[0] == pytest.approx(gaps[1], abs=0.2)
    editing.scene.select(())
    editing.auto_layout()
    bodies = [item.body for item in editing.scene.nodes.values()]
    assert not any(a.intersects(b) for i, a in enumerate(bodies) for b in bodies[:i])
    assert differences(editing) == []


def editing_moves(places: dict[str, tuple[float, float]]) -> Moves:
    return Moves({name: QPointF(*place) for name, place in places.items()})


def test_automatic_layout_leaves_room_for_pictures(editing: Editing) -> None:
    editing.add_node("PreviewImage", QPointF(1400, 500))
    editing.links.connect(Link("decode", "image"), Port("preview_image", "image"))
    editing.scene.select(())
    editing.auto_layout()
    one, two = (editing.scene.nodes[name].body for name in ("save", "preview_image"))
    upper = one if one.top() < two.top() else two
    lower = two if upper is one else one
    assert lower.top() - upper.bottom() >= upper.width()


def test_nodes_without_a_place_keep_that_of_the_canvas(editing: Editing, hand: Hand) -> None:
    editing.apply("Forget", lambda w: w.model_copy(update={"layout": {}}))
    places = {name: item.pos() for name, item in editing.scene.nodes.items()}
    hand.drag(hand.header("latent"), hand.header("latent") + QPointF(0, 400))
    layout = editing.document.workflow.layout
    assert {n: QPointF(*layout[n].position) for n in layout if n != "latent"} == {
        n: p for n, p in places.items() if n != "latent"
    }


def test_numbers_keep_and_find_places(editing: Editing, told: Told) -> None:
    editing.canvas.look_at(QPointF(300, 200), 0.8)
    QTest.keyClick(editing.canvas, Qt.Key.Key_3, CTRL)
    assert editing.bookmarks() == ["3"]
    editing.canvas.look_at(QPointF(2000, 900), 2)
    QTest.keyClick(editing.canvas, Qt.Key.Key_3)
    assert editing.canvas.zoom == pytest.approx(0.8)
    assert (editing.canvas.visible_rect().center() - QPointF(300, 200)).manhattanLength() < 4
    QTest.keyClick(editing.canvas, Qt.Key.Key_4)
    assert "no bookmark 4" in told.said[-1]


def test_the_right_button_asks_for_a_menu_of_what_lies_there(
    editing: Editing, hand: Hand, told: Told
) -> None:
    def ask(point: QPointF) -> MenuRequest:
        pixel = editing.canvas.mapFromScene(point)
        event = QContextMenuEvent(
            QContextMenuEvent.Reason.Mouse, pixel, editing.canvas.viewport().mapToGlobal(pixel)
        )
        QApplication.sendEvent(editing.canvas.viewport(), event)
        request = told.menus[-1]
        assert isinstance(request, MenuRequest)
        return request

    assert ask(hand.input("sampler", "model")).port == Port("sampler", "model")
    assert editing.selection == {"sampler"}
    assert ask(hand.output("decode", "image")).output == Link("decode", "image")
    assert ask(framed(editing)).frame == 0
    nothing = ask(QPointF(700, 900))
    assert (nothing.node, nothing.link, nothing.frame) == (None, None, None)


def test_the_menu_key_asks_for_the_selected_nodes_menu(editing: Editing, told: Told) -> None:
    editing.scene.select({"latent"})
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(), QPoint())
    QApplication.sendEvent(editing.canvas.viewport(), event)
    assert told.menus[-1].node == "latent"


def test_problems_follow_changes(editing: Editing, qtbot: QtBot) -> None:
    with qtbot.waitSignal(editing.problemsChanged):
        editing.links.disconnect([(Link("latent", "latent"), Port("sampler", "latent"))])
        editing.set_values([Port("latent", "width")], 3)
    assert editing.problems().keys() == {"latent", "sampler"}
    assert "width" in editing.scene.nodes["latent"].look.status.problems


def test_what_is_refused_is_said_and_changes_nothing(editing: Editing, told: Told) -> None:
    before = editing.document.workflow
    editing.scene.select({"checkpoint", "sampler"})
    editing.group_selection()
    assert editing.document.workflow is before
    assert "lies between these nodes" in told.said[-1]


def test_shift_and_arrows_move_nodes_as_one_step(editing: Editing) -> None:
    before = editing.document.workflow
    editing.scene.select({"prompt", "negative"})
    for _ in range(3):
        QTest.keyClick(editing.canvas, Qt.Key.Key_Down, SHIFT)
    layout = editing.document.workflow.layout
    assert layout["prompt"].position[1] == before.layout["prompt"].position[1] + 24
    editing.undo()
    assert editing.document.workflow == before


def test_a_node_that_goes_while_it_is_dragged_leaves_nothing_behind(editing: Editing, hand: Hand) -> None:
    there = set(editing.scene.nodes)
    hand.drag(hand.header("latent"), hand.header("latent") + QPointF(0, 300), keys=CTRL)
    (copy,) = set(editing.scene.nodes) - there
    start = hand.header(copy)
    hand.press(start)
    hand.move(start + QPointF(0, 100))
    assert editing.canvas.overlay.lifted
    editing.undo()
    assert not editing.canvas.overlay.lifted
    hand.release(start + QPointF(0, 120))
    drawn = [item.look.name for item in editing.scene.items() if isinstance(item, NodeItem)]
    assert sorted(drawn) == sorted(there)
    assert differences(editing) == []
