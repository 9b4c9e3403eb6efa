"""What is dragged, drawn over the picture of the scene, which then need not be mended in every frame."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from ui.canvas.link_item import LinkItem
from ui.canvas.node_item import NodeItem
from ui.canvas.paint_scene import draw_items
from ui.canvas.scene import CanvasScene


class Lifted:
    """Nodes and the links at them; the scene is without them meanwhile.

    Args:
        scene: The scene that they are from.
    """

    def __init__(self, scene: CanvasScene) -> None:
        self._scene = scene
        self._nodes: list[NodeItem] = []
        self._links: list[LinkItem] = []

    def __bool__(self) -> bool:
        return bool(self._nodes)

    def lift(self, nodes: Iterable[NodeItem]) -> None:
        """Take nodes out of the scene."""
        self._nodes = list(nodes)
        self._links = list(dict.fromkeys(link for node in self._nodes for link in node.ends.all()))
        for item in (*self._links, *self._nodes):
            self._scene.removeItem(item)
        self._scene.stage.lifted = True

    def lower(self) -> None:
        """Put them back."""
        for item in (*self._links, *self._nodes):
            self._scene.addItem(item)
        self._nodes, self._links = [], []
        self._scene.stage.lifted = False

    def boxes(self) -> list[QRectF]:
        """Where they are, in scene coordinates."""
        return [item.sceneBoundingRect() for item in (*self._links, *self._nodes)]

    def paint(self, painter: QPainter, seen: QRectF) -> None:
        """Draw those that are seen, with a painter in scene coordinates."""
        if self._nodes:
            nodes = [node for node in self._nodes if node.sceneBoundingRect().intersects(seen)]
            links = [link for link in self._links if link.boundingRect().intersects(seen)]
            draw_items(painter, self._scene.stage, nodes, links)
