"""The menus of a link and of an output."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from nodeflow.document.values import Link
from ui.actions.action import Action
from ui.canvas.actions import OpenEnd
from ui.canvas.graph import is_border
from ui.editing.requests import SearchRequest

if TYPE_CHECKING:
    from ui.editing.editing import Editing
    from ui.editing.requests import MenuRequest
    from ui.window.main_window import MainWindow


def entries(request: MenuRequest, editing: Editing, window: MainWindow) -> Iterator[Action]:
    """What can be done with a link."""
    if request.link is None:
        return
    source, target = request.link
    tr = window.tr
    yield _look(source, request, editing, window)
    search = SearchRequest(request.position, request.where, link=request.link)
    yield Action(
        "link.insert", tr("Insert a node…"), lambda _: editing.searchWanted.emit(search), icon="plus-circle"
    )
    yield Action(
        "link.bend",
        tr("Add a reroute"),
        lambda _: editing.links.insert_reroute(source, target, request.position),
        icon="dots-three",
    )
    if not is_border(source.node):
        yield from _wireless(source, editing, window)
    yield Action(
        "link.cut",
        tr("Cut the wire"),
        lambda _: editing.links.disconnect([(source, target)]),
        icon="scissors",
        apart=True,
    )


def _look(source: Link, request: MenuRequest, editing: Editing, window: MainWindow) -> Action:
    return Action(
        "link.look",
        window.tr("Look at what it carries"),
        lambda _: editing.looking.look_at(source, request.where),
        icon="eye",
    )


def output_entries(
    source: Link, request: MenuRequest, editing: Editing, window: MainWindow
) -> Iterator[Action]:
    """What can be done with an output."""
    yield _look(source, request, editing, window)
    if is_border(source.node):
        groups = editing.groups
        yield Action("border.rename", window.tr("Rename…"), lambda _: groups.ask_socket_name(source))
        yield Action(
            "border.remove", window.tr("Remove"), lambda _: groups.remove_socket(source), icon="trash"
        )
        return
    yield Action(
        "output.use",
        window.tr("Use it in a new node…"),
        partial(_search, source, editing),
        icon="plus-circle",
    )
    yield from _wireless(source, editing, window)


def _search(source: Link, editing: Editing, _context: object) -> None:
    canvas, item = editing.canvas, editing.scene.nodes[source.node]
    position = item.output_point(source.output)
    where = canvas.viewport().mapToGlobal(canvas.mapFromScene(position))
    end = OpenEnd(editing.graph.sockets.of_source(source), source=source)
    editing.searchWanted.emit(SearchRequest(position, where, end=end))


def _wireless(source: Link, editing: Editing, window: MainWindow) -> Iterator[Action]:
    name = editing.wireless().get(source)
    if name is not None:
        yield Action(
            "output.wired",
            window.tr("Show the wires of “{0}” again").format(name),
            lambda _: editing.set_wireless(source, None),
            icon="flow-arrow",
        )
        return
    suggested = f"{source.node} {source.output}".replace("_", " ")
    yield Action(
        "output.wireless",
        window.tr("Make wireless…"),
        lambda _: window.asking.line(
            window.tr("Name of the wireless output"),
            suggested,
            lambda text: editing.set_wireless(source, text.strip()),
        ),
        icon="broadcast",
    )
