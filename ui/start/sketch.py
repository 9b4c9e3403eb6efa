"""A workflow drawn small: where its nodes lie and what is linked, for files that have made no picture yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from ui.start.rounded import RADIUS
from ui.theme import Colors

NODE = QSize(240, 160)
"""How large a node is taken to be, in the document's units."""
MARGIN = 6

Places = dict[str, tuple[float, float]]


def read_sketch(content: Any) -> tuple[Places, list[tuple[str, str]]]:
    """Where a workflow's nodes lie, and which are linked, from the content of its file.

    Whatever is not as expected is left out: a file that cannot be opened may still have a shape.
    """
    nodes = _mapping(_mapping(content).get("nodes"))
    layout = _mapping(_mapping(content).get("layout"))
    places: Places = {}
    for index, name in enumerate(nodes):
        match _mapping(layout.get(name)).get("position"):
            case [int() | float() as x, int() | float() as y]:
                places[name] = (float(x), float(y))
            case _:
                places[name] = (index * 1.2 * NODE.width(), 0.0)
    links = [(source, name) for name, node in nodes.items() for source in _sources(node) if source in places]
    return places, links


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _sources(node: Any) -> Iterator[str]:
    for value in _mapping(_mapping(node).get("inputs")).values():
        for item in value if isinstance(value, list) else [value]:
            origin = _mapping(item).get("from")
            if isinstance(origin, str):
                yield origin.partition(".")[0]


def draw_sketch(
    places: Places, links: list[tuple[str, str]], size: QSize, colors: Colors, ratio: float
) -> QPixmap:
    """Draw it.

    Args:
        places: The nodes' top left corners.
        links: From which node to which.
        size: Of the picture, in pixels of the layout.
        colors: The theme's.
        ratio: Pixels of the screen for each of them.
    """
    result = QPixmap(size * ratio)
    result.setDevicePixelRatio(ratio)
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colors.canvas))
    painter.drawRoundedRect(QRectF(0, 0, size.width(), size.height()), RADIUS, RADIUS)
    if places:
        _draw_graph(painter, places, links, QRectF(0, 0, size.width(), size.height()), colors)
    painter.end()
    return result


def _draw_graph(
    painter: QPainter, places: Places, links: list[tuple[str, str]], box: QRectF, colors: Colors
) -> None:
    boxes = {name: QRectF(x, y, NODE.width(), NODE.height()) for name, (x, y) in places.items()}
    whole = QRectF()
    for rect in boxes.values():
        whole = whole.united(rect)
    room = box.adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
    scale = min(room.width() / whole.width(), room.height() / whole.height(), 0.1)
    painter.translate(box.center())
    painter.scale(scale, scale)
    painter.translate(-whole.center())
    painter.setPen(QPen(QColor(colors.text_muted), 1 / scale))
    for source, target in links:
        start, end = boxes[source], boxes[target]
        painter.drawLine(QPointF(start.right(), start.center().y()), QPointF(end.left(), end.center().y()))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colors.accent))
    for rect in boxes.values():
        painter.drawRoundedRect(rect, 1.5 / scale, 1.5 / scale)
