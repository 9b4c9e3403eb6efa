"""Frames and notes."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF

from nodeflow.document.model import Mode, Workflow
from ui.document import edits
from ui.editing.part import Part
from ui.theme.metrics import GRID

NOTE = (26.0 * GRID, 14.0 * GRID)


class Areas(Part):
    """Commands on frames and notes, which go by their place in the document's lists."""

    def frame_selection(self) -> None:
        """Put a frame around the selected nodes, or an empty one into the view."""
        scope, chosen = self._scope, self._chosen
        title = self._tr("Frame")
        label = self._tr("Add frame")
        if chosen:
            self._editing.apply(label, lambda w: edits.add_frame(self._placed(w), chosen, title, at=scope))
            return
        box = QRectF(0, 0, 50 * GRID, 30 * GRID)
        box.moveCenter(self._editing.canvas.visible_rect().center())
        corner, size = _snapped(box.topLeft()), box.size().toTuple()
        self._editing.apply(label, lambda w: edits.add_frame(w, (), title, corner, size, at=scope))

    def add_note(self, position: QPointF | None = None) -> None:
        """Put a note on the canvas, where it hides behind no node unless told, and begin to write on it."""
        scope = self._scope
        free = self._editing.nodes.free_place() if position is None else position
        place, text = _snapped(free), self._tr("Note")
        if self._editing.apply(
            self._tr("Add note"), lambda w: edits.add_note(w, text, place, NOTE, at=scope)
        ):
            self._editing.canvas.edit_area(self._editing.scene.notes[-1])

    def rename_frame(self, index: int, title: str) -> None:
        """Give a frame another title."""
        scope = self._scope
        self._editing.apply(self._tr("Rename frame"), lambda w: edits.rename_frame(w, index, title, at=scope))

    def edit_note(self, index: int, text: str) -> None:
        """Give a note another text."""
        scope = self._scope
        self._editing.apply(self._tr("Edit note"), lambda w: edits.set_note(w, index, text, at=scope))

    def color_frame(self, index: int, color: str | None) -> None:
        """Colour a frame; None gives it the usual colour."""
        scope = self._scope
        self._editing.apply(self._tr("Colour frame"), lambda w: edits.color_frame(w, index, color, at=scope))

    def color_note(self, index: int, color: str | None) -> None:
        """Colour a note; None gives it the usual colour."""
        scope = self._scope
        self._editing.apply(self._tr("Colour note"), lambda w: edits.color_note(w, index, color, at=scope))

    def toggle_frame_mode(self, index: int, mode: Mode) -> None:
        """Mute or bypass all nodes in a frame, or let them take part again if they are."""
        scope, old = self._scope, self._body.frames[index].mode
        label = self._tr("Mute frame") if mode is Mode.MUTE else self._tr("Bypass frame")
        new = None if old is mode else mode
        self._editing.apply(label, lambda w: edits.set_frame_mode(w, index, new, at=scope))

    def frame_nodes(self, index: int) -> None:
        """Let a frame hold the nodes that lie inside it now, and only those."""
        scope, scene = self._scope, self._editing.scene
        item = scene.frames[index]
        box = item.box
        inside = [n for n in self._body.nodes if n in scene.nodes and box.contains(scene.nodes[n].body)]
        self._editing.apply(
            self._tr("Set what is in the frame"),
            lambda w: edits.set_frame_nodes(w, index, inside, at=scope),
        )

    def remove_frame(self, index: int) -> None:
        """Remove a frame; its nodes stay."""
        scope = self._scope
        self._editing.apply(self._tr("Delete frame"), lambda w: edits.remove_frame(w, index, at=scope))

    def remove_note(self, index: int) -> None:
        """Remove a note."""
        scope = self._scope
        self._editing.apply(self._tr("Delete note"), lambda w: edits.remove_note(w, index, at=scope))

    def resize_frame(self, index: int, rect: QRectF) -> None:
        """Draw a frame elsewhere or in another size; it takes in the nodes that lie in it then."""
        scope, scene = self._scope, self._editing.scene
        held = {name for other in self._body.frames for name in other.nodes}
        own = self._body.frames[index].nodes
        new = [
            name
            for name in self._body.nodes
            if name in own or (name not in held and rect.contains(scene.nodes[name].body))
        ]

        def edit(workflow: Workflow) -> Workflow:
            corner, size = rect.topLeft().toTuple(), rect.size().toTuple()
            resized = edits.resize_frame(workflow, index, corner, size, at=scope)
            return edits.set_frame_nodes(resized, index, new, at=scope) if set(new) != set(own) else resized

        self._editing.apply(self._tr("Resize frame"), edit)

    def resize_note(self, index: int, rect: QRectF) -> None:
        """Draw a note in another size."""
        scope = self._scope
        corner, size = rect.topLeft().toTuple(), rect.size().toTuple()
        self._editing.apply(
            self._tr("Resize note"), lambda w: edits.place_note(w, index, corner, size, at=scope)
        )


def _snapped(point: QPointF) -> tuple[float, float]:
    return round(point.x() / GRID) * GRID, round(point.y() / GRID) * GRID
