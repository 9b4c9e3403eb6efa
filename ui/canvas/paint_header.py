"""Draws a node's header: the category's stripe, the title, and badges that say how its run goes."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPen

from nodeflow.document.model import Mode
from ui.canvas.brush import NO_PEN, Brush
from ui.canvas.look import Look
from ui.canvas.shapes import CORNER, header_path
from ui.canvas.status import Phase
from ui.theme.metrics import GRID

STRIPE = 4.0
KIND = 120.0
"""The widest type that is written beside a title."""
_ICON = 18.0
MODE_ICONS = {Mode.MUTE: "speaker-slash", Mode.BYPASS: "arrow-bend-up-right-bold"}
_PHASES = {Phase.CACHED: ("lightning-fill", "cached"), Phase.WILL_RUN: ("play-circle", "will run")}


def paint_header(brush: Brush, look: Look) -> None:
    """Draw the header of an open or collapsed node."""
    painter, paints, rect = brush.painter, brush.paints, look.geometry.header
    painter.setPen(NO_PEN)
    painter.setBrush(paints.header)
    if look.geometry.collapsed:
        painter.drawRoundedRect(rect, CORNER, CORNER)
    else:
        painter.drawPath(header_path(rect.width(), rect.height()))
    color = paints.warning if look.missing else paints.category(look.spec.category)
    painter.setBrush(color)
    painter.drawRoundedRect(
        QRectF(rect.left() + GRID, rect.top() + GRID, STRIPE, rect.height() - 2 * GRID), 2, 2
    )
    right = _badges(brush, look, rect)
    box = QRectF(rect.left() + 2.5 * GRID, rect.top(), right - rect.left() - 3.5 * GRID, rect.height())
    painter.setPen(paints.muted if look.mode else paints.text)
    used = brush.texts.draw(painter, look.title, paints.title_font, box)
    rest = box.adjusted(used + GRID, 0, 0, 0)
    if look.kind and brush.texts.line(look.kind, paints.small_font, KIND)[1] <= rest.width():
        painter.setPen(paints.muted)
        brush.texts.draw(painter, look.kind, paints.small_font, rest, right=True)


def _badges(brush: Brush, look: Look, rect: QRectF) -> float:
    """Draw the badges from the right; returns where they begin."""
    paints, status = brush.paints, look.status
    right, middle = rect.right() - GRID, rect.center().y()

    def icon(name: str, pen: QPen) -> None:
        nonlocal right
        brush.icon(name, QRectF(right - _ICON, middle - _ICON / 2, _ICON, _ICON), pen)
        right -= _ICON + 2

    if look.geometry.collapsed:
        icon("caret-right", paints.muted)
    if look.missing:
        icon("warning-fill", QPen(paints.warning))
    elif status.faulty:
        icon("warning-circle-fill", QPen(paints.error))
    if look.mode is not None:
        icon(MODE_ICONS[look.mode], paints.muted)
    if look.frozen:
        icon("snowflake-bold", paints.accent_pen)
    if status.phase in _PHASES and not (look.frozen and status.phase is Phase.CACHED):
        pen = paints.accent_pen if status.phase is Phase.WILL_RUN else QPen(paints.success)
        icon(_PHASES[status.phase][0], pen)
    elif status.phase is Phase.RUNNING:
        right = brush.badge(status.detail or "running", right, middle, paints.accent_pen) - 4
    elif status.phase is Phase.DONE and status.seconds is not None:
        right = brush.badge(duration(status.seconds), right, middle, paints.muted) - 4
    return right


def duration(seconds: float) -> str:
    """A time as a badge shows it: `80 ms`, `4.2 s`, `2 min 5 s`."""
    if seconds < 1:
        return f"{round(seconds * 1000)} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds // 60)} min {int(seconds % 60)} s"


def paint_progress(brush: Brush, look: Look) -> None:
    """Draw the bar below the header of a node that runs."""
    rect = look.geometry.header
    painter, paints = brush.painter, brush.paints
    painter.setPen(NO_PEN)
    painter.setBrush(paints.field)
    bar = QRectF(rect.left(), rect.bottom() - 3, rect.width(), 3)
    painter.drawRect(bar)
    share = look.status.progress
    painter.setBrush(paints.accent)
    painter.drawRect(QRectF(bar.left(), bar.top(), bar.width() * (1 if share is None else share), 3))
