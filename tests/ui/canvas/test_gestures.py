"""Every gesture, with the events a mouse would send."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nodeflow.document.model import Frame, Node, NodeLayout, Note
from nodeflow.document.values import Link
from ui.bare_canvas.testing import Hand
from ui.canvas.actions import Moves, OpenEnd, Port, Verdict
from ui.canvas.canvas import Canvas
from ui.canvas.link_item import LinkKey
from ui.canvas.look import Glow
from ui.canvas.scene import CanvasScene

ALT, CTRL, SHIFT = (
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)
MIDDLE, RIGHT = Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton


def test_a_click_selects_and_shift_and_control_add(canvas: Canvas, hand: Hand, qtbot: QtBot) -> None:
    with qtbot.waitSignal(canvas.selectionChanged) as told:
        hand.click(hand.header("sampler"))
    assert told.args == [frozenset({"sampler"})]
    hand.click(hand.header("latent"), keys=SHIFT)
    assert canvas.canvas.selected == {"sampler", "latent"}
    hand.click(hand.header("sampler"), keys=CTRL)
    assert canvas.canvas.selected == {"latent"}
    hand.click(QPointF(700, 600))
    assert canvas.canvas.selected == frozenset()


def test_a_rubber_band_selects_what_it_touches(canvas: Canvas, hand: Hand) -> None:
    box = canvas.canvas.bounds(["prompt", "negative"])
    hand.drag(box.topLeft() - QPointF(12, 12), box.bottomRight() + QPointF(-60, -10))
    assert canvas.canvas.selected == {"prompt", "negative"}
    assert canvas.overlay.band is None


def test_a_lasso_selects_what_it_surrounds(canvas: Canvas, hand: Hand) -> None:
    box = canvas.canvas.bounds(["decode"]).adjusted(-14, -14, 14, 14)
    hand.drag(box.topLeft(), box.topRight(), box.bottomRight(), box.bottomLeft(), keys=ALT)
    assert canvas.canvas.selected == {"decode"}


def test_moving_snaps_to_the_grid_and_is_one_step(canvas: Canvas, hand: Hand) -> None:
    start = hand.header("latent")
    hand.drag(start, start + QPointF(43, 101))
    ((moves,),) = hand.called("move")
    assert isinstance(moves, Moves)
    place = canvas.canvas.nodes["latent"].pos()
    assert moves.nodes == {"latent": place}
    assert (place.x() % 8, place.y() % 8) == (0, 0)
    assert canvas.canvas.workflow.layout["latent"].position == place.toTuple()


def test_shift_moves_freely_and_escape_puts_back(canvas: Canvas, hand: Hand) -> None:
    item, start = canvas.canvas.nodes["latent"], hand.header("latent")
    before = item.pos()
    hand.press(start)
    hand.move(start + QPointF(37, 11), keys=SHIFT)
    assert item.pos() != before
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert item.pos() == before
    hand.release(start)
    assert not hand.called("move")


def test_control_duplicates(canvas: Canvas, hand: Hand) -> None:
    before, start = canvas.canvas.nodes["latent"].pos(), hand.header("latent")
    hand.drag(start, start + QPointF(0, 200), keys=CTRL)
    assert hand.called("duplicate") == [(frozenset({"latent"}),)]
    assert canvas.canvas.nodes["latent"].pos() == before


def test_a_frame_takes_its_nodes_along(canvas: Canvas, hand: Hand) -> None:
    scene = canvas.canvas
    frame = Frame(title="Prompts", nodes=("prompt", "negative"))
    scene.show(scene.workflow.model_copy(update={"frames": (frame,)}))
    start = scene.frames[0].pos() + QPointF(60, 10)
    hand.drag(start, start + QPointF(0, -80))
    ((moves,),) = hand.called("move")
    assert isinstance(moves, Moves)
    assert moves.nodes.keys() == {"prompt", "negative"}
    assert moves.frames.keys() == {0}


@pytest.fixture
def marked(canvas: Canvas) -> CanvasScene:
    """A frame around the prompts, and a note far from everything."""
    scene = canvas.canvas
    frame = Frame(title="Prompts", nodes=("prompt", "negative"))
    note = Note(text="Mind the seed", position=(600, 500), size=(200, 100))
    scene.show(scene.workflow.model_copy(update={"frames": (frame,), "notes": (note,)}))
    return scene


def test_a_band_selects_frames_and_notes_that_lie_inside(marked: CanvasScene, hand: Hand) -> None:
    everything = marked.bounds().adjusted(-40, -40, 40, 40)
    hand.drag(everything.topLeft(), everything.bottomRight())
    assert marked.selected == marked.nodes.keys()
    assert marked.selected_areas == {marked.frames[0].key, marked.notes[0].key}
    note = marked.notes[0].box
    hand.drag(note.topLeft() - QPointF(20, 20), note.center())
    assert not marked.selected_areas


def test_shift_click_adds_a_note_and_all_move_together(
    canvas: Canvas, marked: CanvasScene, hand: Hand
) -> None:
    hand.click(hand.header("latent"))
    hand.click(marked.notes[0].pos() + QPointF(60, 10), keys=SHIFT)
    assert marked.selected == {"latent"}
    assert marked.selected_areas == {marked.notes[0].key}
    before = marked.nodes["latent"].pos(), marked.notes[0].pos()
    start = hand.header("latent")
    hand.drag(start, start + QPointF(0, 160))
    ((moves,),) = hand.called("move")
    assert isinstance(moves, Moves)
    steps = moves.nodes["latent"] - before[0], moves.notes[0] - before[1]
    assert steps[0] == steps[1] != QPointF()
    hand.click(marked.notes[0].pos() + QPointF(60, 10), keys=SHIFT)
    assert marked.selected == {"latent"}
    assert not marked.selected_areas


def test_a_note_is_resized_at_its_corner(canvas: Canvas, hand: Hand) -> None:
    scene = canvas.canvas
    note = Note(text="Mind the seed", position=(600, 500), size=(200, 100))
    scene.show(scene.workflow.model_copy(update={"notes": (note,)}))
    hand.drag(QPointF(794, 594), QPointF(874, 634))
    assert scene.workflow.notes[0].size == (280, 140)


def test_a_node_is_widened_at_its_edge(canvas: Canvas, hand: Hand) -> None:
    body = canvas.canvas.nodes["sampler"].body
    edge = QPointF(body.right() - 2, body.bottom() - 6)
    hand.drag(edge, edge + QPointF(81, 0))
    assert canvas.canvas.nodes["sampler"].body.width() == 320


def test_a_link_is_drawn_from_output_to_input_and_back(canvas: Canvas, hand: Hand) -> None:
    hand.drag(hand.output("prompt", "conditioning"), hand.input("sampler", "negative"))
    link = Link("prompt", "conditioning")
    assert hand.called("reconnect") == []
    assert hand.called("connect") == [(link, Port("sampler", "negative"))]
    scene = canvas.canvas
    node = Node(type="VAEDecode")
    nodes, layout = {**scene.workflow.nodes, "other": node}, dict(scene.workflow.layout)
    layout["other"] = NodeLayout(position=(900, 400))
    scene.show(scene.workflow.model_copy(update={"nodes": nodes, "layout": layout}))
    hand.drag(hand.input("other", "latent"), hand.output("sampler", "latent"))
    assert hand.called("connect")[-1] == (Link("sampler", "latent"), Port("other", "latent"))
    assert LinkKey("other", "latent", 0) in scene.links


def test_while_a_link_is_dragged_sockets_say_whether_they_fit(canvas: Canvas, hand: Hand) -> None:
    start = hand.output("checkpoint", "model")
    hand.press(start)
    hand.move(start + QPointF(40, 200))
    glow = canvas.canvas.nodes["sampler"].look.glow
    assert glow is not None
    assert glow["model", False] is Glow.FITS
    assert glow["latent", False] is Glow.DIM
    hand.move(hand.input("sampler", "latent"))
    assert canvas.overlay.bubble is not None
    assert canvas.overlay.bubble[1] == "Latent cannot come from Model"
    hand.release(hand.input("sampler", "latent"))
    assert canvas.canvas.nodes["sampler"].look.glow is None
    assert canvas.overlay.wire is None
    assert not hand.called("connect")


def test_a_converter_is_offered_and_taken(
    canvas: Canvas, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    verdict = Verdict(False, "Needs a latent.", ("VAEEncode",))
    monkeypatch.setattr(canvas.intents, "can_connect", lambda source, target: verdict)
    start, end = hand.output("checkpoint", "model"), hand.input("sampler", "latent")
    hand.press(start)
    hand.move(end)
    assert canvas.overlay.bubble is not None
    assert canvas.overlay.bubble[1] == "Needs a latent. Let go to put VAE Encode in between."
    hand.release(end)
    assert hand.called("connect_through") == [
        (Link("checkpoint", "model"), Port("sampler", "latent"), "VAEEncode")
    ]


def test_a_link_dropped_on_nothing_asks_for_a_node(canvas: Canvas, hand: Hand) -> None:
    hand.drag(hand.output("sampler", "latent"), QPointF(950, 500))
    ((place, end),) = hand.called("drop_link_on_empty")
    assert isinstance(end, OpenEnd)
    assert (end.source, end.target, end.socket.name) == (Link("sampler", "latent"), None, "Latent")
    assert isinstance(place, QPointF)
    assert (place - QPointF(950, 500)).manhattanLength() < 3


def test_a_link_is_picked_up_at_its_end(canvas: Canvas, hand: Hand) -> None:
    link, port = Link("sampler", "latent"), Port("decode", "latent")
    hand.drag(hand.input("decode", "latent"), QPointF(950, 500))
    assert hand.called("disconnect") == [(((link, port),),)]
    assert LinkKey("decode", "latent", 0) not in canvas.canvas.links
    prompt = Link("prompt", "conditioning")
    hand.drag(hand.input("sampler", "positive"), hand.input("sampler", "negative"))
    assert hand.called("reconnect") == [(prompt, Port("sampler", "positive"), Port("sampler", "negative"))]


def test_a_click_on_a_linked_socket_changes_nothing(canvas: Canvas, hand: Hand) -> None:
    before = canvas.canvas.workflow
    hand.click(hand.input("decode", "latent"))
    assert canvas.canvas.workflow is before


def test_a_stroke_cuts_links(canvas: Canvas, hand: Hand) -> None:
    start = hand.output("decode", "image")
    middle = (start + hand.input("save", "image")) / 2
    hand.drag(middle - QPointF(0, 60), middle + QPointF(0, 60), button=RIGHT, keys=CTRL)
    assert LinkKey("save", "image", 0) not in canvas.canvas.links
    assert LinkKey("decode", "model", 0) in canvas.canvas.links


def test_a_node_dropped_on_a_link_goes_in_between(canvas: Canvas, hand: Hand) -> None:
    scene = canvas.canvas
    node, place = Node(type="LoRALoader"), NodeLayout(position=(600, 560))
    nodes, layout = {**scene.workflow.nodes, "lora": node}, {**scene.workflow.layout, "lora": place}
    nodes["decode"] = Node(type="VAEDecode")  # its link would run beside the other
    scene.show(scene.workflow.model_copy(update={"nodes": nodes, "layout": layout}))
    link = scene.links[LinkKey("sampler", "model", 0)]
    start, end = hand.header("lora"), QPointF(560, (link.start.y() + link.end.y()) / 2)
    hand.press(start)
    hand.move(end)
    assert link.strong
    hand.release(end)
    assert scene.workflow.nodes["sampler"].inputs["model"] == Link("lora", "model")
    assert scene.workflow.nodes["lora"].inputs["model"] == Link("checkpoint", "model")


def test_sliding_on_a_number_is_one_step_for_undo(canvas: Canvas, hand: Hand) -> None:
    start = hand.field("sampler", "guidance_scale", 0.3)
    hand.drag(start, start + QPointF(60, 0))
    edits = hand.called("edit_value")
    assert len({edit[2] for edit in edits}) == 1
    assert edits[0][2]
    coarse = canvas.canvas.workflow.nodes["sampler"].inputs["guidance_scale"] - 5.0
    hand.drag(start, start + QPointF(60, 0), keys=SHIFT)
    fine = canvas.canvas.workflow.nodes["sampler"].inputs["guidance_scale"] - 5.0 - coarse
    assert 0 < fine < coarse / 5


def test_a_click_on_a_seeds_icon_changes_its_mode(canvas: Canvas, hand: Hand) -> None:
    hand.click(hand.field("sampler", "seed", 0.97))
    assert canvas.canvas.workflow.seeds["sampler.seed"] == "increment"
    assert canvas.canvas.nodes["sampler"].look.seeds == {"seed": "increment"}


def test_the_footer_shows_what_is_hidden(canvas: Canvas, hand: Hand) -> None:
    item = canvas.canvas.nodes["sampler"]
    assert item.look.geometry.footer is not None
    hand.click(item.pos() + item.look.geometry.footer.center())
    assert item.look.geometry.field("start_step") is not None


def test_the_middle_button_and_space_pan(canvas: Canvas, hand: Hand) -> None:
    for button in (MIDDLE, Qt.MouseButton.LeftButton):
        before = canvas.visible_rect().topLeft()
        if button is not MIDDLE:
            QTest.keyPress(canvas, Qt.Key.Key_Space)
        pixel = QPoint(700, 700)
        hand.press(canvas.mapToScene(pixel), button)
        hand.move(canvas.mapToScene(pixel - QPoint(80, 40)), button)
        hand.release(canvas.mapToScene(pixel - QPoint(80, 40)), button)
        moved = canvas.visible_rect().topLeft() - before
        assert (round(moved.x() * canvas.zoom), round(moved.y() * canvas.zoom)) == (80, 40)
    QTest.keyRelease(canvas, Qt.Key.Key_Space)


def test_the_view_follows_a_drag_over_its_edge(canvas: Canvas, hand: Hand, qtbot: QtBot) -> None:
    before = canvas.visible_rect().left()
    hand.press(hand.header("save"))
    hand.move(canvas.mapToScene(QPoint(1596, 400)))
    qtbot.waitUntil(lambda: canvas.visible_rect().left() > before + 40)
    hand.release(canvas.mapToScene(QPoint(1596, 400)))
    assert canvas.canvas.nodes["save"].pos().x() > 1400


def test_a_node_and_its_outputs_are_told_as_they_are_written_on_it(
    canvas: Canvas, hand: Hand, qtbot: QtBot
) -> None:
    for place, said in (
        (hand.header("sampler"), "Sampler: "),
        (hand.output("sampler", "latent"), "Latent (Latent)"),
    ):
        with qtbot.waitSignal(canvas.statusMessage) as told:
            hand.move(place, Qt.MouseButton.NoButton)
        assert told.args[0].startswith(said)
        assert told.args[0].strip(": ") == told.args[0]


def test_hovering_tells_what_is_there(canvas: Canvas, hand: Hand, qtbot: QtBot) -> None:
    with qtbot.waitSignal(canvas.statusMessage) as told:
        hand.move(hand.field("sampler", "steps"), Qt.MouseButton.NoButton)
    assert told.args == ["Steps (Integer): Steps of the whole schedule."]
    assert canvas.canvas.nodes["sampler"].look.hot == "steps"
    hand.move(QPointF(700, 600), Qt.MouseButton.NoButton)
    assert canvas.canvas.nodes["sampler"].look.hot is None
