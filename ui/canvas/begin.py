"""Which gesture a press begins, and what a click without a drag does."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt

from ui.canvas.area_item import AreaItem
from ui.canvas.fields import NUMERIC, OPENED, FieldKind
from ui.canvas.gestures.gesture import Gesture, Modifiers
from ui.canvas.gestures.link import LinkDrag
from ui.canvas.gestures.move import Move
from ui.canvas.gestures.select import BandSelect
from ui.canvas.gestures.small import Cut, ResizeArea, ResizeNode, Slide
from ui.canvas.hit import Hit, Part
from ui.canvas.node_item import NodeItem
from ui.canvas.paint_fields import seed_icon_box
from ui.canvas.view import CanvasView


def begin(
    view: CanvasView, hit: Hit, point: QPointF, button: Qt.MouseButton, keys: Modifiers
) -> Gesture | None:
    """The gesture that dragging from a press would be.

    Args:
        view: Where it happens.
        hit: What was pressed.
        point: Where, in scene coordinates.
        button: Which button.
        keys: Which modifier keys are held.
    """
    if button == Qt.MouseButton.RightButton:
        return Cut(view, point) if keys & Modifiers.ControlModifier else None
    # Some desktops keep Alt and a drag for moving windows.
    lasso, add = (
        bool(keys & (Modifiers.AltModifier | Modifiers.ControlModifier)),
        bool(keys & Modifiers.ShiftModifier),
    )
    gesture: Gesture = BandSelect(view, point, lasso=lasso, add=add)
    match hit.part:
        case Part.SOCKET:
            gesture = LinkDrag(view, point, hit)
        case Part.EDGE if hit.node is not None:
            gesture = ResizeNode(view, point, hit.node)
        case Part.GRIP if hit.area is not None:
            gesture = ResizeArea(view, point, hit.area)
        case Part.AREA if hit.area is not None and not lasso:
            gesture = _on_area(view, hit.area, point, add=add)
        case _ if hit.node is not None:
            gesture = _on_node(view, hit, point, keys)
    return gesture


def _on_area(view: CanvasView, area: AreaItem, point: QPointF, *, add: bool) -> Gesture:
    scene = view.canvas
    if area.key in scene.selected_areas or add:
        return Move(view, point, scene.selected, scene.areas(scene.selected_areas | {area.key}), area)
    return Move(view, point, frozenset(), [area], area)


def _on_node(view: CanvasView, hit: Hit, point: QPointF, keys: Modifiers) -> Gesture:
    assert hit.node is not None  # noqa: S101 - the caller looked
    name = hit.node.look.name
    if hit.field is not None and hit.port is not None and hit.field.kind in NUMERIC:
        value = hit.node.look.value(hit.port.input)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return Slide(view, point, hit.port, hit.field, value)
    scene = view.canvas
    if name not in scene.selected:
        if keys & Modifiers.ShiftModifier:
            view.select(scene.selected | {name}, scene.selected_areas)
        elif not keys & Modifiers.ControlModifier:
            view.select({name})
        else:
            return Move(view, point, frozenset({name}))
    return Move(view, point, scene.selected, scene.areas(scene.selected_areas))


def click(view: CanvasView, hit: Hit, point: QPointF, keys: Modifiers) -> None:
    """A press that was let go where it began."""
    if hit.node is None:
        _click_beside(view, hit, point, keys)
        return
    name = hit.node.look.name
    if keys & Modifiers.ControlModifier:
        view.select(view.canvas.selected ^ {name}, view.canvas.selected_areas)
        return
    if not keys & Modifiers.ShiftModifier:
        view.select({name})
    if hit.part is Part.FOOTER:
        view.canvas.toggle_seldom(name)
    elif hit.part is Part.FIELD and hit.field is not None and hit.port is not None:
        _click_field(view, hit, point)


def _click_beside(view: CanvasView, hit: Hit, point: QPointF, keys: Modifiers) -> None:
    scene, more = view.canvas, keys & (Modifiers.ControlModifier | Modifiers.ShiftModifier)
    if hit.area is not None and more:
        view.select(scene.selected, scene.selected_areas ^ {hit.area.key})
    elif hit.area is not None:
        view.select((), {hit.area.key})
    elif hit.link is not None and keys & Modifiers.AltModifier:
        view.intents.insert_reroute(hit.link.link, hit.link.port, point)
    elif hit.link is not None:
        view.select({hit.link.key.node, hit.link.link.node})


def _click_field(view: CanvasView, hit: Hit, point: QPointF) -> None:
    assert hit.node is not None and hit.field is not None and hit.port is not None  # noqa: S101, PT018
    field = hit.field
    if field.kind is FieldKind.TOGGLE:
        view.intents.edit_value(hit.port, not hit.node.look.value(hit.port.input))
    elif field.kind is FieldKind.SEED and seed_icon_box(field).contains(point - hit.node.pos()):
        view.intents.cycle_seed_mode(hit.port)
    elif field.kind in OPENED:
        view.editor.open(hit.port, field)


def double_click(view: CanvasView, hit: Hit, point: QPointF) -> None:
    """Edit a field, open what was hit, bend a link, or search for a node on empty canvas."""
    if hit.part is Part.FIELD and hit.field is not None and hit.port is not None:
        if hit.field.kind is not FieldKind.TOGGLE:
            view.editor.open(hit.port, hit.field)
    elif hit.part is Part.HEADER and hit.node is not None:
        geometry = hit.node.look.geometry
        if geometry.collapsed and not hit.node.look.is_reroute:
            view.intents.collapse(hit.node.look.name, False)
        else:
            view.intents.open_node(hit.node.look.name)
    elif hit.part is Part.PICTURE and hit.node is not None:
        _open_picture(view, hit.node, point)
    elif hit.part is Part.SOCKET and (end := hit.output or hit.port) is not None:
        view.intents.open_socket(end)
    elif hit.area is not None:
        view.area_editor.open(hit.area)
    elif hit.link is not None:
        view.intents.insert_reroute(hit.link.link, hit.link.port, point)
    elif hit.part is Part.NOTHING:
        view.intents.search(point)


def _open_picture(view: CanvasView, node: NodeItem, point: QPointF) -> None:
    """Open the picture on a node, at a place given in shares of it."""
    box = node.look.geometry.preview
    if box is not None:
        inside = point - node.pos() - box.topLeft()
        view.intents.open_picture(
            node.look.name, QPointF(inside.x() / box.width(), inside.y() / box.height())
        )
