"""Draws sockets: filled when linked, hollow when free; they glow or fade while a link is dragged."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPen

from nodeflow.node.sockets import Socket
from ui.canvas.brush import NO_PEN, Brush
from ui.canvas.look import Glow, Look
from ui.canvas.shapes import RADIUS, socket_path
from ui.theme.socket_style import socket_style

DIM = 0.25
HALO = 10.0
SMALL = 3.5


def paint_sockets(brush: Brush, look: Look, *, far: bool = False) -> None:
    """Draw the sockets of a node; from further away not those that need not be wired."""
    geometry = look.geometry
    for name, point in geometry.inputs.items():
        spec = geometry.input_specs.get(name)
        if spec is not None:
            glow = look.glow.get((name, False), Glow.DIM) if look.glow is not None else Glow.PLAIN
            linked = name in look.linked
            wanted = spec.required and not linked and name not in look.node.inputs
            # A free input that can be typed into need not be wired: its socket stays small.
            quiet = not linked and spec.socket.literal is not None
            if far and quiet and glow is Glow.PLAIN:
                continue
            _socket(brush, point, spec.socket, linked=linked, glow=glow, wanted=wanted, quiet=quiet)
    for name, point in geometry.outputs.items():
        glow = look.glow.get((name, True), Glow.DIM) if look.glow is not None else Glow.PLAIN
        socket = geometry.output_specs[name].socket
        _socket(brush, point, socket, linked=name in look.used, glow=glow)


def _socket(
    brush: Brush,
    point: QPointF,
    socket: Socket,
    *,
    linked: bool,
    glow: Glow,
    wanted: bool = False,
    quiet: bool = False,
) -> None:
    painter, paints = brush.painter, brush.paints
    fill, outline = paints.socket(socket)
    painter.translate(point)
    if glow is Glow.DIM:
        painter.setOpacity(DIM)
    elif glow is Glow.FITS:
        halo = fill.color()
        halo.setAlphaF(0.35)
        painter.setPen(NO_PEN)
        painter.setBrush(halo)
        painter.drawEllipse(QPointF(), HALO, HALO)
    if wanted and glow is Glow.PLAIN:
        painter.setPen(QPen(paints.warning, 1.2, Qt.PenStyle.DotLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(QPointF(), HALO - 1, HALO - 1)
    painter.setPen(outline)
    painter.setBrush(fill if linked else paints.node)
    painter.drawPath(socket_path(socket_style(socket).shape, SMALL if quiet else RADIUS))
    if glow is Glow.DIM:
        painter.setOpacity(1.0)
    painter.translate(-point)
