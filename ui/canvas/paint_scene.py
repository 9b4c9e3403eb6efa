"""Draws a part of the scene: item by item, or from afar in a few batches."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import partial

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem

from ui.canvas.background import draw_dots
from ui.canvas.brush import NO_PEN
from ui.canvas.detail import Detail
from ui.canvas.link_item import LinkItem, LinkKey
from ui.canvas.node_item import NodeItem
from ui.canvas.picture import Step, united
from ui.canvas.scene import CanvasScene
from ui.canvas.stage import Stage

MANY = 0.25
"""From this share of the graph on, drawing all of it is quicker than finding out what is needed."""
_OPTION = QStyleOptionGraphicsItem()
_BOUNDS = Qt.ItemSelectionMode.IntersectsItemBoundingRect
_SMOOTH = QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform


def steps_of(scene: CanvasScene, boxes: Sequence[QRectF]) -> Iterator[Step]:
    """What draws everything in some boxes, from the lowest to the highest."""
    if scene.stage.detail is Detail.OVERVIEW:
        yield from _far_steps(scene, boxes)
        return
    yield partial(_dots, scene, boxes)
    for item in _items(scene, boxes):
        yield partial(_smoothly, item)


def rough_steps_of(scene: CanvasScene, boxes: Sequence[QRectF]) -> Iterator[Step]:
    """The same without what nodes hold, for the moments of a zoom."""
    if scene.stage.detail is Detail.OVERVIEW:
        yield from _far_steps(scene, boxes)
        return
    near = _near(scene, boxes)
    nodes = [item.look.name for item in near if isinstance(item, NodeItem)]
    yield partial(_ground, scene, boxes)
    for item in near:
        if isinstance(item, LinkItem):
            yield item.sketch
    yield lambda painter: scene.stage.overview.paint_blank(painter, scene.stage.brush.paints, nodes)


def _dots(scene: CanvasScene, boxes: Sequence[QRectF], painter: QPainter) -> None:
    painter.setRenderHints(_SMOOTH)
    for box in boxes:
        draw_dots(painter, box, painter.transform().m11(), scene.stage.brush.paints)


def _smoothly(item: QGraphicsItem, painter: QPainter) -> None:
    painter.setRenderHints(_SMOOTH)
    _draw(item, painter)


def _draw(item: QGraphicsItem, painter: QPainter) -> None:
    """Draw an item. None is turned or scaled, and calling them from here is quicker than through Qt."""
    place = item.pos()
    painter.translate(place)
    item.paint(painter, _OPTION)
    painter.translate(-place)


def _items(scene: CanvasScene, boxes: Sequence[QRectF]) -> list[QGraphicsItem]:
    """The items that touch a box, each once, from the lowest to the highest."""
    ordered = scene.items(united(boxes), _BOUNDS, Qt.SortOrder.AscendingOrder)
    if len(boxes) == 1:
        return ordered
    wanted = _near(scene, boxes)
    return [item for item in ordered if item in wanted]


def _far_steps(scene: CanvasScene, boxes: Sequence[QRectF]) -> Iterator[Step]:
    stage = scene.stage
    nodes, links = None, None
    if stage.lifted or sum(map(_area, boxes)) < MANY * _area(stage.overview.extent):
        near = _near(scene, boxes)
        nodes = [item.look.name for item in near if isinstance(item, NodeItem)]
        links = [item.key for item in near if isinstance(item, LinkItem)]
    yield partial(_ground, scene, boxes)
    yield from _batches(stage, nodes, links)


def draw_items(painter: QPainter, stage: Stage, nodes: Sequence[NodeItem], links: Sequence[LinkItem]) -> None:
    """Draw some nodes and links, as near or as far as all are seen."""
    painter.setRenderHints(_SMOOTH, stage.detail is not Detail.OVERVIEW)
    if stage.detail is Detail.OVERVIEW:
        for step in _batches(stage, [node.look.name for node in nodes], [link.key for link in links]):
            step(painter)
    else:
        for item in (*links, *nodes):
            _draw(item, painter)


def _batches(stage: Stage, nodes: Collection[str] | None, links: Iterable[LinkKey] | None) -> Iterator[Step]:
    paints = stage.brush.paints
    for pen, lines in stage.overview.links(paints, links):
        yield partial(_lines, pen, lines)
    for brush, rects in stage.overview.nodes(paints, nodes):
        yield partial(_rects, brush, rects)


def _lines(pen: QPen, lines: list[QLineF], painter: QPainter) -> None:
    painter.setPen(pen)
    painter.drawLines(lines)


def _rects(brush: QBrush | QColor, rects: list[QRectF], painter: QPainter) -> None:
    painter.setPen(NO_PEN)
    painter.setBrush(brush)
    painter.drawRects(rects)


def _near(scene: CanvasScene, boxes: Sequence[QRectF]) -> set[QGraphicsItem]:
    return {item for box in boxes for item in scene.items(box, _BOUNDS)}


def _ground(scene: CanvasScene, boxes: Sequence[QRectF], painter: QPainter) -> None:
    for box in boxes:
        painter.fillRect(box, scene.stage.brush.paints.canvas)
    for area in scene.areas():
        _draw(area, painter)


def _area(box: QRectF) -> float:
    return box.width() * box.height()
