"""Copying and pasting, in this window or another: the clipboard holds a small workflow as text."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF, QUrl
from PySide6.QtGui import QGuiApplication

from nodeflow.document.model import Workflow
from ui.canvas.actions import Spot
from ui.canvas.area_item import AreaKind
from ui.document import edits
from ui.document.clipboard import holds_nodes
from ui.editing.part import Part
from ui.theme.metrics import GRID

LONGEST = 10_000
"""Characters of a text that are looked through for names of files."""


class Clipboard(Part):
    """Commands on the clipboard."""

    def copy(self) -> bool:
        """Put the selected nodes, and frames with theirs, on the clipboard; False if there are none."""
        try:
            text = edits.copy_nodes(self._workflow, self._held, at=self._scope)
        except edits.EditRefused as error:
            self._say(error.message)
            return False
        QGuiApplication.clipboard().setText(text)
        self._say(self._tr("{0} copied").format(len(self._held)))
        return True

    def cut(self) -> None:
        """Put the selected nodes, and frames with theirs, on the clipboard and remove them."""
        scope, held, frames = self._scope, self._held, self._chosen_areas(AreaKind.FRAME)

        def edit(workflow: Workflow) -> Workflow:
            for index in frames:
                workflow = edits.remove_frame(workflow, index, at=scope)
            return edits.remove_nodes(workflow, held, at=scope)

        if self.copy():
            self._editing.apply(self._tr("Cut nodes"), edit)

    def paste(self, position: QPointF | None = None) -> None:
        """Put what the clipboard holds into the graph: nodes, or files.

        Args:
            position: Where; None: at the pointer, or in the middle of the view if that is elsewhere.
        """
        # None where nobody ever copied anything, whatever the signature says.
        data = QGuiApplication.clipboard().mimeData() or QMimeData()
        place = self._editing.canvas.pointer_or_middle() if position is None else position
        if can_paste(data):
            self._editing.dropping.take(data, Spot(place))
        else:
            self._say(self._tr("The clipboard holds nothing that can be pasted here"))

    def paste_text(self, text: str, position: QPointF) -> None:
        """Put the nodes that a text holds into the graph."""
        scope = self._scope
        corner = (round(position.x() / GRID) * GRID, round(position.y() / GRID) * GRID)
        self._editing.nodes.insert(
            self._tr("Paste nodes"),
            lambda w: edits.paste_nodes(w, text, corner, incoming=True, at=scope),
        )


def can_paste(data: QMimeData) -> bool:
    """Whether anything in it could be pasted; a glance, for greying out a menu."""
    return data.hasImage() or holds_nodes(data.text()) or bool(paths_in(data))


def paths_in(data: QMimeData) -> list[Path]:
    """The files that were dropped or copied, or that a text names line by line."""
    if data.hasUrls():
        return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    lines = data.text()[:LONGEST].splitlines() if data.hasText() else []
    paths = [_named(line.strip().strip("'\"")) for line in lines if line.strip()]
    return [path for path in paths if path] if all(paths) else []


def _named(text: str) -> Path | None:
    """The file that a line of text names by its whole path; None if it names none."""
    path = Path(QUrl(text).toLocalFile() if text.startswith("file:") else text)
    try:
        return path if path.is_absolute() and path.exists() else None
    except (OSError, ValueError):  # too long, or no path at all
        return None
