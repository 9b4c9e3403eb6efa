"""The search for nodes to add: at a place, at the loose end of a link, into a link, or in place of others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from ui.palette.offers import offers
from ui.palette.palette import Palette
from ui.widgets.choices import Row

if TYPE_CHECKING:
    from ui.desk import Desk
    from ui.editing.editing import Editing
    from ui.editing.requests import SearchRequest


class NodeSearch(Palette):
    """The popup that offers nodes.

    Args:
        desk: Whose node types and reusable nodes are offered.
        parent: Its window.
    """

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(desk.theme.theme, parent)
        self._asked: tuple[SearchRequest, Editing] | None = None

    def open(self, request: SearchRequest, editing: Editing) -> None:
        """Offer what fits.

        Args:
            request: Where, and what it must fit.
            editing: The document that it goes into.
        """
        self._asked = (request, editing)
        self.open_at(request.where, self._hint(request))

    def _hint(self, request: SearchRequest) -> str:
        if request.end is not None:
            name = request.end.socket.name
            taken = request.end.source is not None
            text = self.tr("Add a node that takes {0}") if taken else self.tr("Add a node that makes {0}")
            return text.format(name)
        if request.link is not None:
            return self.tr("Insert a node into the wire")
        return self.tr("Replace with…") if request.replace else self.tr("Add a node")

    def found(self, text: str) -> Sequence[Row]:
        """What fits and matches."""
        if self._asked is None:
            return ()
        request, editing = self._asked
        return offers(text, request, editing)
