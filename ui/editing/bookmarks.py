"""Bookmarks: named places on the canvas, kept in the document."""

from __future__ import annotations

from PySide6.QtCore import QPointF

from nodeflow.document.bookmarks import Bookmark
from ui.document import edits
from ui.editing.part import Part


class Bookmarks(Part):
    """Commands on bookmarks."""

    def keep_bookmark(self, name: str) -> None:
        """Keep what the view shows now under a name."""
        canvas = self._editing.canvas
        place = Bookmark(canvas.visible_rect().center().toTuple(), canvas.zoom, self._scope)
        if self._editing.apply(
            self._tr("Keep bookmark"), lambda w: edits.set_bookmark(w, name.strip(), place)
        ):
            self._say(self._tr("Bookmark {0} kept").format(name.strip()))

    def remove_bookmark(self, name: str) -> None:
        """Forget a place."""
        self._editing.apply(self._tr("Remove bookmark"), lambda w: edits.remove_bookmark(w, name))

    def jump_to_bookmark(self, name: str) -> None:
        """Look at a place that was kept."""
        place = edits.bookmarks(self._workflow).get(name)
        if place is None:
            self._say(self._tr("There is no bookmark {0}: Ctrl and a number keeps one").format(name))
            return
        self._editing.show(place.scope)
        self._editing.canvas.look_at(QPointF(*place.position), place.zoom)

    def bookmarks(self) -> list[str]:
        """The names of all bookmarks."""
        return list(edits.bookmarks(self._workflow))
