"""What an `Editing` asks its window for: a search, a menu, a line of text. Plain values, sent by signals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF

from nodeflow.document.values import Link
from ui.canvas.actions import OpenEnd, Port


@dataclass(frozen=True)
class SearchRequest:
    """Somebody wants to add a node.

    Attributes:
        position: Where it goes, in scene coordinates.
        where: The same place on the screen.
        end: The open end of a link to fill; None: any node will do.
        link: The link to put it into.
        replace: Whether the selected nodes are to become nodes of the chosen type.
    """

    position: QPointF
    where: QPoint
    end: OpenEnd | None = None
    link: tuple[Link, Port] | None = None
    replace: bool = False


@dataclass(frozen=True)
class MenuRequest:
    """Somebody wants a menu for what lies at a place.

    Attributes:
        where: On the screen.
        position: In scene coordinates.
        node: The node there.
        port: The input there.
        output: The output there.
        link: The link there.
        frame: The index of the frame there.
        note: The index of the note there.
    """

    where: QPoint
    position: QPointF
    node: str | None = None
    port: Port | None = None
    output: Link | None = None
    link: tuple[Link, Port] | None = None
    frame: int | None = None
    note: int | None = None


@dataclass(frozen=True)
class Offer:
    """What is asked for cannot be done as it is, but something else can.

    Attributes:
        text: What is in the way.
        choice: What a button says.
        do: Does it.
    """

    text: str
    choice: str
    do: Callable[[], object]


@dataclass(frozen=True)
class TextRequest:
    """A line of text is needed.

    Attributes:
        title: What for: "Rename node".
        text: What it begins with.
        done: Takes what was entered.
        where: A place on the screen; None: the middle of the window.
    """

    title: str
    text: str
    done: Callable[[str], None]
    where: QPoint | None = None
