"""What lies at a point of the canvas: a socket, a field, a header, a link, a frame, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF

from nodeflow.document.values import Link
from ui.canvas.actions import Port, Spot
from ui.canvas.area_item import AreaItem, AreaKind
from ui.canvas.detail import Detail
from ui.canvas.geometry import Field
from ui.canvas.link_item import LinkItem, nearest_link
from ui.canvas.node_item import NodeItem
from ui.canvas.scene import CanvasScene

SOCKET_REACH = 11.0
LINK_REACH = 7.0
EDGE = 6.0


class Part(StrEnum):
    """The part of an item that was hit."""

    NOTHING = "nothing"
    BODY = "body"
    HEADER = "header"
    FIELD = "field"
    FOOTER = "footer"
    PICTURE = "picture"
    EDGE = "edge"
    SOCKET = "socket"
    LINK = "link"
    AREA = "area"
    GRIP = "grip"


@dataclass(frozen=True)
class Hit:
    """What lies at a point."""

    part: Part = Part.NOTHING
    node: NodeItem | None = None
    port: Port | None = None
    output: Link | None = None
    field: Field | None = None
    link: LinkItem | None = None
    area: AreaItem | None = None


def spot_of(hit: Hit, position: QPointF) -> Spot:
    """The same in the document's names."""
    area = hit.area
    return Spot(
        position,
        hit.node.look.name if hit.node else None,
        hit.port,
        hit.output,
        (hit.link.link, hit.link.port) if hit.link else None,
        area.index if area and area.kind is AreaKind.FRAME else None,
        area.index if area and area.kind is AreaKind.NOTE else None,
    )


def hit_at(scene: CanvasScene, point: QPointF, zoom: float) -> Hit:
    """Find the topmost thing at a point; what is small is easier to hit than its outline says."""
    reach = SOCKET_REACH / min(zoom, 1.0)
    near = scene.items(QRectF(point.x() - reach, point.y() - reach, 2 * reach, 2 * reach))
    nodes = [item for item in near if isinstance(item, NodeItem)]
    if scene.stage.detail is not Detail.OVERVIEW:
        for node in nodes:
            socket = socket_at(node, point, reach)
            if socket is not None:
                return socket
    for node in nodes:
        if node.body.contains(point):
            return _inside(node, point, scene.stage.detail)
    links = (item for item in near if isinstance(item, LinkItem) and item.wireless is None)
    link, gap = nearest_link(links, point)
    if gap * min(zoom, 1.0) <= LINK_REACH:
        return Hit(Part.LINK, link=link)
    for item in near:
        if isinstance(item, AreaItem):
            local = item.mapFromScene(point)
            if item.grip.contains(local):
                return Hit(Part.GRIP, area=item)
            if item.handle.contains(local):
                return Hit(Part.AREA, area=item)
    return Hit()


def socket_at(node: NodeItem, point: QPointF, reach: float) -> Hit | None:
    """The socket of a node near a point."""
    local = point - node.pos()
    look = node.look
    best, found = reach, None
    for is_output, places in ((False, look.geometry.inputs), (True, look.geometry.outputs)):
        for name, place in places.items():
            gap = max(abs(place.x() - local.x()), abs(place.y() - local.y()))
            # Into the node the reach is short: there the fields begin.
            inward = local.x() < place.x() if is_output else local.x() > place.x()
            if gap < best and not (inward and gap > 8.0):
                best, found = gap, (name, is_output)
    if found is None:
        return None
    name, is_output = found
    if is_output:
        return Hit(Part.SOCKET, node, output=Link(look.name, name))
    return Hit(Part.SOCKET, node, port=Port(look.name, name))


def _inside(node: NodeItem, point: QPointF, detail: Detail) -> Hit:
    local = point - node.pos()
    geometry = node.look.geometry
    if detail is Detail.FULL and not geometry.collapsed:
        if local.x() > geometry.rect.right() - EDGE and local.y() > geometry.header.bottom():
            return Hit(Part.EDGE, node)
        field = geometry.field_at(local)
        if field is not None and not field.linked:
            return Hit(Part.FIELD, node, Port(node.look.name, field.spec.name), field=field)
        if geometry.footer is not None and geometry.footer.contains(local):
            return Hit(Part.FOOTER, node)
    if geometry.preview is not None and geometry.preview.contains(local):
        return Hit(Part.PICTURE, node)
    if geometry.header.contains(local):
        return Hit(Part.HEADER, node)
    return Hit(Part.BODY, node)


def frame_nodes(scene: CanvasScene, area: AreaItem) -> tuple[str, ...]:
    """The nodes that move along with a frame."""
    if area.kind is AreaKind.FRAME:
        return tuple(name for name in scene.graph.body.frames[area.index].nodes if name in scene.nodes)
    return ()
