"""Draws a part of the scene: item by item, or from afar in a few batches."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem

from ui.canvas.background import draw_dots
from ui.canvas.detail import Detail
from ui.canvas.link_item import LinkItem
from ui.canvas.node_item import NodeItem
from ui.canvas.scene import CanvasScene
from ui.canvas.view_picture import united

MANY = 0.25
"""From this share of the graph on, drawing all of it is quicker than finding out what is needed."""
_OPTION = QStyleOptionGraphicsItem()
_BOUNDS = Qt.ItemSelectionMode.IntersectsItemBoundingRect
_SMOOTH = QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform


def paint_scene(painter: QPainter, scene: CanvasScene, boxes: Sequence[QRectF]) -> None:
    """Draw everything in some boxes.

    Args:
        painter: In scene coordinates, clipped.
        scene: What to draw.
        boxes: Which parts of it.
    """
    if scene.stage.detail is Detail.OVERVIEW:
        _from_afar(painter, scene, boxes)
        return
    painter.setRenderHints(_SMOOTH)
    for box in boxes:
        draw_dots(painter, box, painter.transform().m11(), scene.stage.brush.paints)
    # Items are neither turned nor scaled, and calling them from here is quicker than through Qt.
    for item in _items(scene, boxes):
        place = item.pos()
        painter.translate(place)
        item.paint(painter, _OPTION)
        painter.translate(-place)


def _items(scene: CanvasScene, boxes: Sequence[QRectF]) -> list[QGraphicsItem]:
    """The items that touch a box, each once, from the lowest to the highest."""
    ordered = scene.items(united(boxes), _BOUNDS, Qt.SortOrder.AscendingOrder)
    if len(boxes) == 1:
        return ordered
    wanted = {item for box in boxes for item in scene.items(box, _BOUNDS)}
    return [item for item in ordered if item in wanted]


def _from_afar(painter: QPainter, scene: CanvasScene, boxes: Sequence[QRectF]) -> None:
    overview, paints = scene.stage.overview, scene.stage.brush.paints
    for box in boxes:
        painter.fillRect(box, paints.canvas)
    for area in scene.areas():
        painter.translate(area.pos())
        area.paint(painter, _OPTION)
        painter.translate(-area.pos())
    nodes, links = None, None
    if sum(map(_area, boxes)) < MANY * _area(overview.extent):
        near = {item for box in boxes for item in scene.items(box, _BOUNDS)}
        nodes = [item.look.name for item in near if isinstance(item, NodeItem)]
        links = [item.key for item in near if isinstance(item, LinkItem)]
    overview.paint_links(painter, paints, links)
    overview.paint(painter, paints, nodes)


def _area(box: QRectF) -> float:
    return box.width() * box.height()
