"""Zoom, levels of detail, fitting, bookmarks, keys, drops, and that everything can be drawn."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nodeflow.document.model import Mode, NodeLayout
from ui.bare_canvas.demo import show_states
from ui.bare_canvas.testing import Hand
from ui.canvas.canvas import Canvas
from ui.canvas.detail import Detail, detail_at
from ui.canvas.link_item import LinkKey
from ui.theme import theme_for

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.mark.parametrize(
    ("zoom", "detail"), [(0.1, 0), (0.29, 0), (0.3, 1), (0.39, 1), (0.4, 2), (1.0, 2), (4.0, 2)]
)
def test_detail_depends_on_zoom(canvas: Canvas, zoom: float, detail: int) -> None:
    assert detail_at(zoom) == detail
    canvas.set_zoom(zoom)
    assert canvas.canvas.stage.detail == detail


def test_from_afar_no_item_paints_itself(canvas: Canvas, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[Detail] = []
    monkeypatch.setattr("ui.canvas.node_item.paint_node", lambda brush, look, detail: drawn.append(detail))
    canvas.set_zoom(0.2)
    canvas.moving = False
    canvas.grab()
    assert drawn == []
    canvas.set_zoom(0.35)
    canvas.moving = False
    canvas.grab()
    assert set(drawn) == {Detail.COMPACT}


def test_from_afar_nodes_and_changes_are_still_seen(canvas: Canvas, hand: Hand) -> None:
    canvas.set_zoom(0.2)
    canvas.moving = False

    def at(point: QPointF) -> str:
        QApplication.processEvents()
        return canvas.viewport().grab().toImage().pixelColor(canvas.mapFromScene(point)).name()

    body = canvas.canvas.nodes["sampler"].body
    low = QPointF(body.center().x(), body.bottom() - 20)
    assert at(low) == canvas.canvas.stage.theme.colors.node_line
    hand.drag(body.center(), body.center() + QPointF(0, 600))
    assert at(low) != canvas.canvas.stage.theme.colors.node_line
    assert canvas.canvas.workflow.layout["sampler"].position[1] > 600
    canvas.select({"latent"})
    assert at(canvas.canvas.nodes["latent"].body.center()) == canvas.canvas.stage.theme.colors.accent


def _wheel(canvas: Canvas, pixel: QPoint, angle: int, keys: Qt.KeyboardModifier) -> None:
    event = QWheelEvent(
        QPointF(pixel),
        QPointF(canvas.mapToGlobal(pixel)),
        QPoint(),
        QPoint(0, angle),
        Qt.MouseButton.NoButton,
        keys,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas.viewport(), event)


def test_zooming_keeps_what_is_under_the_pointer(canvas: Canvas) -> None:
    pixel = QPoint(400, 300)
    before, zoom = canvas.mapToScene(pixel), canvas.zoom
    _wheel(canvas, pixel, 240, CTRL)
    assert canvas.zoom > zoom * 1.2
    assert (canvas.mapToScene(pixel) - before).manhattanLength() < 3
    _wheel(canvas, pixel, -100_000, CTRL)
    assert canvas.zoom == pytest.approx(0.05)


def test_smoothness_returns_after_motion(canvas: Canvas, qtbot: QtBot) -> None:
    canvas.pan(QPoint(5, 5))
    assert canvas.moving
    qtbot.waitUntil(lambda: not canvas.moving)


def test_fitting(canvas: Canvas) -> None:
    canvas.set_zoom(3)
    QTest.keyClick(canvas, Qt.Key.Key_A)
    assert canvas.visible_rect().contains(canvas.canvas.bounds())
    canvas.select({"save"})
    QTest.keyClick(canvas, Qt.Key.Key_F)
    middle = canvas.visible_rect().center() - canvas.canvas.nodes["save"].body.center()
    assert middle.manhattanLength() < 4


def test_numbers_keep_bookmarks_and_jump_to_them(canvas: Canvas, hand: Hand) -> None:
    QTest.keyClick(canvas, Qt.Key.Key_3, CTRL)
    QTest.keyClick(canvas, Qt.Key.Key_4)
    assert hand.called("keep_bookmark") == [("3",)]
    assert hand.called("jump_to_bookmark") == [("4",)]


def test_arrows_walk_from_node_to_node(canvas: Canvas) -> None:
    seen = []
    canvas.select({"checkpoint"})
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left):
        QTest.keyClick(canvas, key)
        (name,) = canvas.canvas.selected
        seen.append(name)
    assert seen == ["prompt", "negative", "sampler", "decode", "checkpoint"]


def test_a_value_is_edited_without_the_mouse(canvas: Canvas) -> None:
    canvas.select({"latent"})
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Down, Qt.Key.Key_Return):
        QTest.keyClick(canvas, key)
    assert canvas.editor.widget is not None
    line = canvas.editor.widget.focusProxy()
    assert line is not None
    QTest.keyClicks(line, "1024/2")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert canvas.canvas.workflow.nodes["latent"].inputs["height"] == 512


@pytest.mark.parametrize("size", [(1300, 500), (700, 900), (1600, 900)])
def test_what_is_fitted_into_the_view_does_not_lie_under_the_minimap(
    canvas: Canvas, size: tuple[int, int]
) -> None:
    canvas.resize(*size)
    canvas.fit_all()
    corner = canvas.mapToScene(canvas.minimap.geometry()).boundingRect()
    bodies = [item.body for item in canvas.canvas.nodes.values()]
    assert not any(body.intersects(corner) for body in bodies)
    assert all(canvas.visible_rect().contains(body) for body in bodies)


def test_the_minimap_moves_the_view(canvas: Canvas, qtbot: QtBot) -> None:
    canvas.set_zoom(2)
    QTest.mouseClick(canvas.minimap, Qt.MouseButton.LeftButton, pos=QPoint(20, 64))
    left = canvas.visible_rect().center().x()
    QTest.mouseClick(canvas.minimap, Qt.MouseButton.LeftButton, pos=QPoint(170, 64))
    right = canvas.visible_rect().center().x()
    assert right > left + 200
    QTest.mousePress(canvas.minimap, Qt.MouseButton.LeftButton, pos=QPoint(170, 64))
    QTest.mouseMove(canvas.minimap, QPoint(90, 64))
    QTest.mouseRelease(canvas.minimap, Qt.MouseButton.LeftButton, pos=QPoint(90, 64))
    assert left < canvas.visible_rect().center().x() < right - 50
    assert canvas.minimap.geometry().right() < canvas.width()


def test_dropped_files_are_handed_on(canvas: Canvas, hand: Hand, tmp_path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "style.safetensors"))])
    how = Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(canvas.viewport(), QDragEnterEvent(QPoint(300, 300), *how))
    QApplication.sendEvent(canvas.viewport(), QDropEvent(QPointF(300, 300), *how))
    assert "style.safetensors" in str(hand.called("drop")[0][1])


@pytest.mark.parametrize("dark", [True, False])
@pytest.mark.parametrize("zoom", [0.2, 0.4, 1.0, 2.0])
def test_every_state_can_be_drawn_in_both_themes(canvas: Canvas, dark: bool, zoom: float) -> None:
    scene = canvas.canvas
    theme = theme_for(dark=dark)
    scene.set_theme(theme)
    show_states(scene)
    workflow = scene.workflow
    nodes = {name: node.model_copy(update={"type": "Unknown"}) for name, node in workflow.nodes.items()}
    some = {**workflow.nodes, "save": nodes["save"]}
    some["decode"] = some["decode"].model_copy(update={"mode": Mode.BYPASS, "comment": "Look at this"})
    folded = NodeLayout(position=(0, 120), collapsed=True, color="#20a0ff")
    layout = {**workflow.layout, "checkpoint": folded}
    extra = {"wireless": {"sampler.latent": "picture"}}
    scene.show(workflow.model_copy(update={"nodes": some, "layout": layout, "extra": extra}))
    canvas.set_zoom(zoom)
    canvas.moving = False
    image = canvas.viewport().grab().toImage()
    colors = {image.pixelColor(x, y).name() for x in range(0, 1600, 3) for y in range(0, 900, 3)}
    assert theme.colors.canvas in colors
    assert len(colors) > 6


def test_an_error_while_painting_spares_the_rest(canvas: Canvas, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ValueError("cannot be drawn")

    told: list[object] = []
    monkeypatch.setattr("ui.canvas.node_item.paint_node", fail)
    monkeypatch.setattr("sys.excepthook", lambda kind, error, trace: told.append(error))
    canvas.redraw()
    image = canvas.grab().toImage()
    assert len(told) >= len(canvas.canvas.nodes)
    link = canvas.canvas.links[LinkKey("save", "image", 0)]
    middle = canvas.mapFromScene((link.start + link.end) / 2)
    assert image.pixelColor(middle).name() != canvas.canvas.stage.theme.colors.canvas
