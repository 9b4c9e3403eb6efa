"""The kept picture of the view shows what drawing everything anew would, and spares most of the drawing."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QTransform
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nodeflow.document.model import Note
from ui.bare_canvas.testing import Hand
from ui.canvas.brush import Brush
from ui.canvas.canvas import Canvas
from ui.canvas.detail import Detail
from ui.canvas.look import Look
from ui.canvas.paint_node import paint_node
from ui.canvas.picture import MARGIN, Step
from ui.canvas.view_picture import ViewPicture

SIZE = QSize(300, 200)
CELL = 40.0
ASIDE = 0.3
"""Keeps edges of squares from lying right between two pixels, where Qt may take either."""
ROUNDING = 40
"""Of 255: Qt draws smooth edges a trace differently where a curve is cut off by the part that is drawn."""


class Board:
    """Something to look at: squares, each in a colour of its own that can be changed."""

    def __init__(self) -> None:
        self.turn: dict[tuple[int, int], int] = {}
        self.drawn: list[QRectF] = []
        self.filled = 0

    def steps(self, boxes: Sequence[QRectF]) -> Iterator[Step]:
        self.drawn += boxes
        for box in boxes:
            inner = box.translated(-ASIDE, -ASIDE)
            for x in range(int(inner.left() // CELL), int(inner.right() // CELL) + 1):
                for y in range(int(inner.top() // CELL), int(inner.bottom() // CELL) + 1):
                    yield partial(self._fill, x, y)

    def _fill(self, x: int, y: int, painter: QPainter) -> None:
        self.filled += 1
        hue = (37 * x + 91 * y + 50 * self.turn.get((x, y), 0)) % 360
        painter.fillRect(cell(x, y), QColor.fromHsv(hue, 200, 200))

    def picture(self, patience: float = math.inf) -> ViewPicture:
        return ViewPicture(self.steps, self.steps, patience)

    def change(self, x: int, y: int) -> QRectF:
        self.turn[x, y] = self.turn.get((x, y), 0) + 1
        return cell(x, y)


def cell(x: int, y: int) -> QRectF:
    return QRectF(x * CELL + ASIDE, y * CELL + ASIDE, CELL, CELL)


def shown(picture: ViewPicture, view: QTransform, ratio: float = 1, *, moving: bool = False) -> QImage:
    image = QImage(SIZE * ratio, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.black)
    painter = QPainter(image)
    picture.draw(painter, view, SIZE, "style", moving=moving, smooth=True)
    painter.end()
    return image


def at(x: float, y: float, zoom: float = 1.0) -> QTransform:
    return QTransform(zoom, 0, 0, zoom, x, y)


steps = st.lists(
    st.one_of(
        st.tuples(st.just("pan"), st.integers(-400, 400), st.integers(-400, 400)),
        st.tuples(st.just("pan"), st.integers(-12, 12), st.integers(-12, 12)),
        st.tuples(st.just("zoom"), st.sampled_from([50, 80, 100, 125]), st.just(0)),
        st.tuples(st.just("change"), st.integers(-9, 9), st.integers(-9, 9)),
        st.tuples(st.just("forget"), st.just(0), st.just(0)),
    ),
    max_size=12,
)


@given(steps=steps, ratio=st.sampled_from([1.0, 1.5, 2.0]), patience=st.sampled_from([0.0, 0.0005, math.inf]))
def test_the_picture_shows_what_drawing_anew_would(
    qapp: QApplication, steps: list[tuple[str, int, int]], ratio: float, patience: float
) -> None:
    board = Board()
    picture = board.picture(patience)
    x, y, zoom = 0, 0, 1.0
    for step, first, second in steps:
        match step:
            case "pan":
                x, y = x + first, y + second
            case "zoom":
                zoom = first / 100
            case "change":
                picture.spoil([board.change(first, second)])
            case "forget":
                picture.forget()
        # While something moves, it need not be sharp, but what comes after must not suffer from it.
        shown(picture, at(x, y, zoom), ratio, moving=True)
        rested = shown(picture, at(x, y, zoom), ratio)
        assert rested == shown(board.picture(), at(x, y, zoom), ratio)


def test_panning_draws_strips_ahead_and_mostly_nothing(qapp: QApplication) -> None:
    board = Board()
    picture = board.picture()
    shown(picture, at(0, 0))
    board.drawn.clear()
    drew = []
    for step in range(1, 31):
        shown(picture, at(-9 * step, 0))
        drew.append(len(board.drawn))
        board.drawn.clear()
    assert 0 < sum(map(bool, drew)) <= 9 * 30 / MARGIN + 1
    assert max(drew) == 1


def test_a_change_is_mended_where_it_is(qapp: QApplication) -> None:
    board = Board()
    picture = board.picture()
    shown(picture, at(0, 0))
    board.drawn.clear()
    picture.spoil([board.change(1, 1), board.change(6, 4)])
    shown(picture, at(0, 0))
    assert len(board.drawn) == 2
    assert all(box.width() < CELL + 10 for box in board.drawn)
    picture.spoil([board.change(40, 40)])
    shown(picture, at(0, 0))
    assert len(board.drawn) == 2, "what is out of view must not be drawn"


def test_very_many_changes_are_one(qapp: QApplication) -> None:
    board = Board()
    picture = board.picture()
    shown(picture, at(0, 0))
    board.drawn.clear()
    picture.spoil([board.change(x, y) for x in range(-20, 20) for y in range(-20, 20)])
    assert shown(picture, at(0, 0)) == shown(board.picture(), at(0, 0))
    assert len(board.drawn) == 2


@pytest.mark.parametrize("zoom", [0.95, 1.2])
def test_while_zooming_the_picture_is_stretched_and_what_it_lacks_is_drawn(
    qapp: QApplication, zoom: float
) -> None:
    board = Board()
    picture = board.picture()
    shown(picture, at(0, 0))
    board.drawn.clear()
    view = QTransform.fromTranslate(-150, -100) * at(150, 100, zoom)
    moving = shown(picture, view, moving=True)
    assert all(min(box.width(), box.height()) < 50 for box in board.drawn)
    assert bool(board.drawn) is (zoom < 1)
    sharp = shown(board.picture(), view)
    middles = [view.map(cell(x, y).center()).toPoint() for x in range(-2, 10) for y in range(-2, 8)]
    seen = [point for point in middles if QRect(QPoint(), SIZE).contains(point)]
    assert len(seen) > 20
    assert [moving.pixel(point) for point in seen] == [sharp.pixel(point) for point in seen]


def test_the_next_picture_is_drawn_a_little_in_each_frame_of_a_zoom(qapp: QApplication) -> None:
    board = Board()
    picture = ViewPicture(board.steps, lambda _: (), patience=0)
    shown(picture, at(0, 0))
    filled: list[int] = []
    while not filled or filled[-1]:
        before = board.filled
        shown(picture, at(0, 0, 1.5), moving=True)
        filled.append(board.filled - before)
    assert len(filled) > 10
    assert set(filled[:-1]) == {1}
    board.change(3, 2)
    picture.spoil([cell(3, 2)])
    anew = shown(board.picture(), at(0, 0, 1.5))
    assert shown(picture, at(0, 0, 1.5), moving=True) == anew


def test_a_zoom_that_goes_too_far_is_drawn_sharply_even_while_moving(qapp: QApplication) -> None:
    board = Board()
    picture = board.picture()
    for zoom in (1.0, 2.0, 0.5):
        assert shown(picture, at(0, 0, zoom), moving=True) == shown(board.picture(), at(0, 0, zoom))


@pytest.fixture
def painted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of nodes as they are painted."""
    names: list[str] = []

    def tell(brush: Brush, look: Look, detail: Detail) -> None:
        names.append(look.name)
        paint_node(brush, look, detail)

    monkeypatch.setattr("ui.canvas.node_item.paint_node", tell)
    return names


def alike(one: QImage, other: QImage) -> bool:
    """Whether two pictures are the same but for how edges are rounded."""
    first, second = (np.asarray(image.constBits(), dtype=np.int16) for image in (one, other))
    return bool(np.abs(first - second).max() <= ROUNDING)


def kept_and_anew(canvas: Canvas) -> tuple[QImage, QImage]:
    """What the canvas shows now, and what it would show if it were drawn anew."""
    QApplication.processEvents()
    kept = canvas.viewport().grab().toImage()
    canvas.redraw()
    return kept, canvas.viewport().grab().toImage()


@pytest.mark.parametrize("zoom", [0.2, 0.35, 0.8])
def test_the_canvas_shows_every_edit_at_any_zoom(canvas: Canvas, hand: Hand, zoom: float) -> None:
    canvas.set_zoom(zoom)
    canvas.moving = False
    acts: list[Callable[[], None]] = [
        lambda: canvas.pan(QPoint(60, -40)),
        lambda: hand.drag(hand.header("sampler"), hand.header("sampler") + QPointF(170, 90)),
        lambda: canvas.select({"latent", "save"}),
        lambda: canvas.intents.collapse("decode", True),
        lambda: canvas.pan(QPoint(-200, 150)),
        lambda: hand.drag(hand.output("latent", "latent"), hand.header("prompt") + QPointF(0, 400)),
        lambda: QTest.keyClick(canvas, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier),
        canvas.intents.delete,
    ]
    kept_and_anew(canvas)
    for act in acts:
        act()
        assert alike(*kept_and_anew(canvas))


@pytest.mark.parametrize("zoom", [0.2, 0.35, 0.8])
def test_what_is_dragged_is_drawn_over_the_rest_and_leaves_no_trace(
    canvas: Canvas, hand: Hand, zoom: float
) -> None:
    canvas.set_zoom(zoom)
    canvas.moving = False
    canvas.select({"sampler"})
    before, _ = kept_and_anew(canvas)
    grip = hand.header("sampler")
    hand.press(grip)
    for step in range(1, 9):
        hand.move(grip + QPointF(70, -45) * step)
        kept, anew = kept_and_anew(canvas)
        assert alike(kept, anew)
        assert not alike(kept, before)
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert alike(kept_and_anew(canvas)[0], before)


def test_dragging_paints_only_what_is_dragged(canvas: Canvas, hand: Hand, painted: list[str]) -> None:
    grip = hand.header("sampler")
    hand.press(grip)
    hand.move(grip + QPointF(0, 10))
    kept_and_anew(canvas)
    painted.clear()
    for step in range(2, 6):
        hand.move(grip + QPointF(0, 20) * step)
        QApplication.processEvents()
    hand.release(grip)
    assert painted == ["sampler"] * 4


def test_panning_paints_no_node_that_was_in_view(canvas: Canvas, painted: list[str]) -> None:
    kept_and_anew(canvas)
    painted.clear()
    canvas.pan(QPoint(5, 3))
    QApplication.processEvents()
    assert len(painted) < len(canvas.canvas.nodes)
    painted.clear()
    canvas.pan(QPoint(5, 3))
    canvas.set_zoom(canvas.zoom * 1.1)
    QApplication.processEvents()
    assert painted == []


def test_after_a_zoom_the_canvas_is_sharp_again(canvas: Canvas, qtbot: QtBot) -> None:
    kept_and_anew(canvas)
    canvas.set_zoom(canvas.zoom * 1.13)
    stretched, sharp = kept_and_anew(canvas)
    assert stretched != sharp
    qtbot.waitUntil(lambda: not canvas.moving)
    rested, anew = kept_and_anew(canvas)
    assert rested == anew


def test_a_part_of_a_note_is_mended_without_a_trace_around_it(canvas: Canvas) -> None:
    note = Note(text="some words " * 40, position=(0.0, -400.0), size=(400.0, 200.0))
    canvas.canvas.show(canvas.canvas.workflow.model_copy(update={"notes": (note,)}))
    canvas.centerOn(QPointF(200, -300))
    kept_and_anew(canvas)
    canvas.canvas.update(QRectF(100, -300, 80, 40))
    kept, anew = kept_and_anew(canvas)
    assert kept == anew
