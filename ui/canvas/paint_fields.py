"""Draws the fields inside a node: label on the left, value on the right, each kind with its own sign."""

from __future__ import annotations

import re

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainterPath, QPen

from nodeflow.document.model import SeedMode
from nodeflow.document.values import JSONValue
from nodeflow.node.spec import InputSpec
from nodeflow.values import Curve
from ui.canvas.brush import NO_PEN, Brush
from ui.canvas.fields import FieldKind, fraction, label_text, slider_range, value_text
from ui.canvas.geometry import PROMPT_LINES, Field
from ui.theme.metrics import GRID

COLOR_CODE = re.compile(r"#[0-9a-fA-F]{6}")
ROUND = 3.0
PAD = float(GRID)
ICON = 2.0 * GRID
LABEL_SHARE = 0.62
"""A value leaves a long label at least the rest of the row."""

SEED_ICONS = {
    SeedMode.FIXED: "lock-simple-fill",
    SeedMode.INCREMENT: "plus-circle",
    SeedMode.RANDOMIZE: "shuffle",
}
_LEADING = {FieldKind.MODEL: "cube", FieldKind.PICTURE: "image", FieldKind.MASK: "selection-inverse"}
_CARETS = (FieldKind.CHOICE, FieldKind.MODEL, FieldKind.PICTURE)
CURVE_WIDTH = 9.0 * GRID
SWATCH_WIDTH = 4.0 * GRID
FLATTEST = 0.25
"""The share of its range over which a small curve is drawn at least."""


def seed_icon_box(field: Field) -> QRectF:
    """Where the icon of a seed's mode lies; a click there changes the mode."""
    return QRectF(field.rect.right() - ICON - 3, field.rect.top(), ICON + 3, field.rect.height())


def paint_field(
    brush: Brush, field: Field, value: JSONValue, seed: SeedMode | None, *, hover: bool, fault: bool
) -> None:
    """Draw one field."""
    if field.linked:
        _label(brush, field, field.rect.adjusted(PAD - 4, 0, 0, 0))
        return
    painter, paints = brush.painter, brush.paints
    painter.setPen(QPen(paints.error, 1.2) if fault else NO_PEN)
    painter.setBrush(paints.field_hover if hover else paints.field)
    painter.drawRoundedRect(field.rect, ROUND, ROUND)
    match field.kind:
        case FieldKind.PROMPT:
            _prompt(brush, field, value)
        case FieldKind.TOGGLE:
            _toggle(brush, field, value)
        case _:
            _row(brush, field, value, seed)


def _row(brush: Brush, field: Field, value: JSONValue, seed: SeedMode | None) -> None:
    paints = brush.paints
    if field.kind is FieldKind.SLIDER and value is not None:
        _fill(brush, field, value)
    box = field.rect.adjusted(PAD, 0, -PAD, 0)
    if field.kind is FieldKind.SEED:
        icon = SEED_ICONS[seed or SeedMode.FIXED]
        brush.icon(
            icon, seed_icon_box(field), paints.accent_pen if seed is SeedMode.RANDOMIZE else paints.muted
        )
        box.setRight(box.right() - ICON + 2)
    elif field.kind is FieldKind.CURVE and value is not None:
        _curve(brush, field, value, box)
        return
    elif field.kind is FieldKind.COLOR:
        box.setRight(_swatch(brush, value, box) - PAD)
    elif field.kind in _CARETS:
        brush.icon("caret-down", QRectF(box.right() - 12, box.top(), 14, box.height()), paints.muted)
        box.setRight(box.right() - ICON)
    text = value_text(field.spec, value)
    value_box = QRectF(box)
    value_box.setLeft(box.right() - LABEL_SHARE * box.width())
    brush.painter.setPen(paints.muted if value is None else paints.text)
    taken = brush.texts.draw(brush.painter, text, paints.body_font, value_box, right=True)
    box.setRight(box.right() - taken - PAD)
    if field.kind in _LEADING:
        brush.icon(_LEADING[field.kind], QRectF(box.right() - 10, box.top(), 14, box.height()), paints.muted)
        box.setRight(box.right() - ICON)
    _label(brush, field, box)


def _curve(brush: Brush, field: Field, value: JSONValue, box: QRectF) -> None:
    """Draw a curve small."""
    place = QRectF(box.right() - CURVE_WIDTH, box.top() + 4, CURVE_WIDTH, box.height() - 8)
    path = curve_path(field.spec, value, place)
    painter, paints = brush.painter, brush.paints
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(paints.outline.color(), 1))
    painter.drawLine(place.bottomLeft(), place.bottomRight())
    painter.setPen(QPen(paints.accent, 1.6))
    painter.drawPath(path)
    _label(brush, field, QRectF(box.left(), box.top(), place.left() - PAD - box.left(), box.height()))


def curve_path(spec: InputSpec, value: JSONValue, box: QRectF) -> QPainterPath:
    """A curve's line, from its lowest to its highest value, inside a box; empty if the value is none."""
    try:
        curve = spec.socket.read(value)
    except ValueError:
        return QPainterPath()
    if not isinstance(curve, Curve):
        return QPainterPath()
    low, high = min(curve.values), max(curve.values)
    least = FLATTEST * (slider_range(spec)[1] - slider_range(spec)[0])
    if high - low < least:  # what hardly changes is to look so
        low, high = (low + high - least) / 2, (low + high + least) / 2
    places = [(0.0, curve.at(0.0)), *curve.points, (1.0, curve.at(1.0))]
    path = QPainterPath()
    for index, (position, height) in enumerate(places):
        share = (height - low) / ((high - low) or 1)
        point = QPointF(box.left() + position * box.width(), box.bottom() - share * box.height())
        path.moveTo(point) if index == 0 else path.lineTo(point)
    return path


def _swatch(brush: Brush, value: JSONValue, box: QRectF) -> float:
    """Draw a colour at the right; returns where it begins."""
    color = QColor(value) if isinstance(value, str) and COLOR_CODE.fullmatch(value) else None
    place = QRectF(box.right() - SWATCH_WIDTH, box.top() + 4, SWATCH_WIDTH, box.height() - 8)
    brush.painter.setPen(brush.paints.outline)
    brush.painter.setBrush(color if color is not None else Qt.BrushStyle.NoBrush)
    brush.painter.drawRoundedRect(place, ROUND, ROUND)
    return place.left()


def _fill(brush: Brush, field: Field, value: JSONValue) -> None:
    width = field.rect.width() * fraction(field.spec, value)
    if width < 1:
        return
    brush.painter.setPen(NO_PEN)
    brush.painter.setBrush(brush.paints.fill)
    box = QRectF(field.rect.left(), field.rect.top(), width, field.rect.height())
    if width < 2 * ROUND:
        brush.painter.drawRect(box.adjusted(0, 2, 0, -2))
    else:
        brush.painter.drawRoundedRect(box, ROUND, ROUND)


def _toggle(brush: Brush, field: Field, value: JSONValue) -> None:
    paints = brush.paints
    box = field.rect.adjusted(PAD, 0, -PAD, 0)
    track = QRectF(box.right() - 26, box.center().y() - 7, 26, 14)
    brush.painter.setPen(NO_PEN)
    brush.painter.setBrush(paints.accent if value else paints.outline.color())
    brush.painter.drawRoundedRect(track, 7, 7)
    brush.painter.setBrush(paints.on_accent.color() if value else paints.text.color())
    brush.painter.drawEllipse(
        QPointF(track.right() - 7 if value else track.left() + 7, track.center().y()), 5, 5
    )
    box.setRight(track.left() - PAD)
    _label(brush, field, box)


def _prompt(brush: Brush, field: Field, value: JSONValue) -> None:
    paints, painter = brush.paints, brush.painter
    box = field.rect.adjusted(PAD, 6, -PAD, -4)
    text = value if isinstance(value, str) else ""
    if not text.strip():
        painter.setPen(paints.muted)
        hint = QRectF(box.left(), box.top(), box.width(), 16)
        brush.texts.draw(painter, f"{label_text(field.spec.name)}…", paints.body_font, hint)
        return
    painter.setPen(paints.text)
    painter.setFont(paints.body_font)
    height = paints.body_metrics.lineSpacing()
    lines = min(PROMPT_LINES, int((box.height() + 2) // height))
    y = box.top()
    for line in brush.texts.wrapped(text, paints.body_font, box.width(), lines):
        painter.drawStaticText(
            QPointF(box.left(), y), brush.texts.line(line, paints.body_font, box.width() + 8)[0]
        )
        y += height


def _label(brush: Brush, field: Field, box: QRectF) -> None:
    if box.width() > ICON:
        brush.painter.setPen(brush.paints.muted)
        brush.texts.draw(brush.painter, label_text(field.spec.name), brush.paints.body_font, box)
