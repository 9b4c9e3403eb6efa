"""Keeps the items of frames and notes equal to the document's lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSizeF

from nodeflow.document.model import Frame, Note
from ui.canvas.area_item import FRAME_PADDING, NOTE_SIZE, TITLE, AreaItem, AreaKind

if TYPE_CHECKING:
    from ui.canvas.scene import CanvasScene


def sync_areas(scene: CanvasScene) -> None:
    """Make the scene's frames and notes those of its graph."""
    graph = scene.graph.body
    _fit(scene, scene.frames, AreaKind.FRAME, len(graph.frames))
    _fit(scene, scene.notes, AreaKind.NOTE, len(graph.notes))
    for item, frame in zip(scene.frames, graph.frames, strict=True):
        item.describe(frame.title, frame.color, frame_rect(scene, frame), frame.mode)
    for index, (item, note) in enumerate(zip(scene.notes, graph.notes, strict=True)):
        item.describe(note.text, note.color, _note_rect(note, index))


def frame_rect(scene: CanvasScene, frame: Frame) -> QRectF:
    """A frame's own rectangle, else one around its nodes."""
    if frame.position is not None and frame.size is not None:
        return QRectF(QPointF(*frame.position), QSizeF(*frame.size))
    around = scene.bounds([name for name in frame.nodes if name in scene.nodes])
    if around.isNull():
        return QRectF(QPointF(*(frame.position or (0, 0))), QSizeF(*NOTE_SIZE))
    pad = FRAME_PADDING
    return around.adjusted(-pad, -TITLE - pad / 2, pad, pad)


def _note_rect(note: Note, index: int) -> QRectF:
    position = note.position or (0, -(index + 1) * (NOTE_SIZE[1] + TITLE))
    return QRectF(QPointF(*position), QSizeF(*(note.size or NOTE_SIZE)))


def _fit(scene: CanvasScene, items: list[AreaItem], kind: AreaKind, count: int) -> None:
    while len(items) > count:
        scene.removeItem(items.pop())
    while len(items) < count:
        item = AreaItem(kind, len(items), scene.stage)
        items.append(item)
        scene.addItem(item)
