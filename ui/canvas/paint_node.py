"""Draws a whole node at the two near levels of detail."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPen

from nodeflow.document.model import Mode
from ui.canvas.brush import NO_PEN, Brush
from ui.canvas.detail import Detail
from ui.canvas.fields import label_text
from ui.canvas.look import Look
from ui.canvas.paint_fields import paint_field
from ui.canvas.paint_header import STRIPE, paint_header, paint_progress
from ui.canvas.paint_sockets import paint_sockets
from ui.canvas.paint_tag import GAP, TAG, paint_tag
from ui.canvas.shapes import CORNER
from ui.canvas.status import Phase
from ui.theme.metrics import GRID

COMMENT = 2.5 * GRID
"""The height of the line above a node that shows its comment."""
ICE = "#6fb7e8"
"""The colour of a node that keeps its result, unless it has one of its own."""
INACTIVE = {Mode.MUTE: 0.45, Mode.BYPASS: 0.65}


def paint_node(brush: Brush, look: Look, detail: Detail) -> None:
    """Draw a node."""
    if look.is_reroute:
        paint_sockets(brush, look)
        _outline(brush, look)
        return
    opacity = INACTIVE[look.mode] if look.mode else 1.0
    if look.mode:
        brush.painter.setOpacity(opacity)
    _body(brush, look)
    if detail is Detail.FULL:
        paint_header(brush, look)
        _content(brush, look)
    else:
        _far(brush, look)
    if look.status.phase is Phase.RUNNING:
        paint_progress(brush, look)
    if look.mode:
        brush.painter.setOpacity(1.0)
    _outline(brush, look)
    if look.tags:
        _tags(brush, look)
    if look.comment and detail is Detail.FULL:
        _comment(brush, look)
    paint_sockets(brush, look, far=detail is not Detail.FULL)


def _body(brush: Brush, look: Look) -> None:
    painter, paints, rect = brush.painter, brush.paints, look.geometry.rect
    painter.setPen(NO_PEN)
    painter.setBrush(paints.shadow)
    painter.drawRoundedRect(rect.adjusted(-1, 1, 1, 3), CORNER + 1, CORNER + 1)
    painter.setBrush(paints.node)
    painter.drawRoundedRect(rect, CORNER, CORNER)
    if look.frozen or (look.layout is not None and look.layout.color):
        own = look.layout.color if look.layout is not None else None
        tint = paints.tint(own or ICE)
        painter.setBrush(tint)
        painter.drawRoundedRect(rect, CORNER, CORNER)


def _outline(brush: Brush, look: Look) -> None:
    painter, paints, rect = brush.painter, brush.paints, look.geometry.rect
    pen: QPen | None = paints.outline
    if look.selected:
        pen = paints.outline_selected
    elif look.status.faulty:
        pen = paints.outline_error
    elif look.status.phase is Phase.RUNNING:
        pen = paints.accent_pen
    elif look.missing:
        pen = paints.outline_missing
    elif look.hovered:
        pen = paints.outline_hover
    elif look.is_reroute:
        return
    painter.setPen(pen or NO_PEN)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(rect, CORNER, CORNER)


def _content(brush: Brush, look: Look) -> None:
    painter, paints, geometry = brush.painter, brush.paints, look.geometry
    painter.setPen(paints.muted)
    for label in geometry.labels:
        brush.texts.draw(painter, label_text(label.name), paints.body_font, label.rect, right=label.right)
    for field in geometry.fields:
        name = field.spec.name
        paint_field(
            brush,
            field,
            look.value(name),
            look.seeds.get(name),
            hover=look.hot == name,
            fault=name in look.status.problems,
        )
    if geometry.preview is not None and look.status.preview is not None:
        painter.drawImage(geometry.preview, look.status.preview)
    if geometry.footer is not None:
        _footer(brush, look, geometry.footer)


def _tags(brush: Brush, look: Look) -> None:
    for output, name in look.tags.items():
        point, spec = look.geometry.outputs.get(output), look.geometry.output_specs.get(output)
        if point is not None and spec is not None:
            color = brush.paints.link(spec.socket, strong=False).color()
            box = TAG.translated(point.x() + GAP, point.y())
            paint_tag(brush, box, point, name, color)


def _comment(brush: Brush, look: Look) -> None:
    paints, rect = brush.paints, look.geometry.rect
    line = QRectF(rect.left(), rect.top() - COMMENT, rect.width(), COMMENT)
    brush.icon("chat-text", QRectF(line.left(), line.top(), 14, line.height()), paints.muted)
    brush.painter.setPen(paints.muted)
    brush.texts.draw(brush.painter, look.comment, paints.small_font, line.adjusted(2.25 * GRID, 0, 0, 0))


def _footer(brush: Brush, look: Look, box: QRectF) -> None:
    paints, hidden = brush.paints, look.geometry.hidden
    brush.icon(
        "caret-down" if hidden else "caret-up", QRectF(box.left(), box.top(), 14, box.height()), paints.muted
    )
    brush.painter.setPen(paints.muted)
    text = f"{hidden} more" if hidden else "Less"
    brush.texts.draw(brush.painter, text, paints.small_font, box.adjusted(2.25 * GRID, 0, 0, 0))


def _far(brush: Brush, look: Look) -> None:
    """Draw only a large title: from here small text would be grey noise."""
    painter, paints, geometry = brush.painter, brush.paints, look.geometry
    painter.setPen(NO_PEN)
    painter.setBrush(paints.warning if look.missing else paints.category(look.spec.category))
    stripe = QRectF(GRID, GRID, STRIPE * 1.5, geometry.header.height() - 2 * GRID)
    painter.drawRect(stripe)
    if geometry.preview is not None and look.status.preview is not None:
        painter.drawImage(geometry.preview, look.status.preview)
    elif not geometry.collapsed:
        painter.setBrush(paints.field)
        painter.drawRects([field.rect for field in geometry.fields if not field.linked])
    painter.setPen(paints.text)
    box = geometry.header.adjusted(2.75 * GRID, 0, -GRID, 0)
    brush.texts.draw(painter, look.title, paints.far_font, box)
