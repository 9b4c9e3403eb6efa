"""What the search for nodes lists: node types, reusable nodes, notes and frames, wireless outputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

from nodeflow.node.sockets import Socket
from nodeflow.node.spec import NodeSpec
from ui.canvas.actions import Port
from ui.canvas.look import spaced
from ui.document.search import WORST, Found, SocketQuery, likeness, search
from ui.document.validity import output_for
from ui.editing.mending import closest
from ui.editing.nodes import STRUCTURAL
from ui.node_library.kept import kept_nodes
from ui.widgets.choices import Row

if TYPE_CHECKING:
    from ui.editing.editing import Editing
    from ui.editing.requests import SearchRequest

Scored = tuple[float, Row]
"""What could be chosen, and how well it matches what was typed, 0 to 100."""


def offers(text: str, request: SearchRequest, editing: Editing) -> list[Row]:
    """Everything that fits a request and matches a text, the best first.

    Args:
        text: What was typed.
        request: Where it goes, and what it must fit.
        editing: The document.
    """
    found = list(_types(text, request, editing))
    if request.end is None and request.link is None and not request.replace:
        found += [*_kept(text, request, editing), *_areas(text, request, editing)]
        if text:
            found.sort(key=lambda item: -item[0])
    return [*_wireless(text, request, editing), *(row for _, row in found)]


def _types(text: str, request: SearchRequest, editing: Editing) -> Iterator[Scored]:
    specs: Mapping[str, NodeSpec] = {**editing.desk.specs, **STRUCTURAL}
    found = search(specs, text, _query(request, editing), limit=200)
    if request.link is not None:
        found = _through(found, _target_socket(request.link[1], editing))
    if request.replace:
        found = [item for item in found if item.spec.type not in STRUCTURAL]
        if not text:
            found = closest(found, editing)
    theme = editing.desk.theme.theme
    for item in found:
        spec = item.spec
        detail = f"{item.connects.replace('_', ' ')}  ·  {spec.category}" if item.connects else spec.category
        row = Row(
            title=spaced(spec.type),
            choose=partial(_add, item, request, editing),
            detail=detail,
            summary=spec.summary,
            color=theme.category_color(spec.category).name(),
        )
        yield item.score, row


def _query(request: SearchRequest, editing: Editing) -> SocketQuery | None:
    if request.end is not None:
        return SocketQuery(request.end.socket, from_output=request.end.source is not None)
    if request.link is not None:
        return SocketQuery(editing.graph.sockets.of_source(request.link[0]))
    return None


def _target_socket(target: Port, editing: Editing) -> Socket:
    entry = editing.spec(target.node).input(target.input)
    assert entry is not None  # noqa: S101 - there is a link to it
    return entry.socket


def _through(found: list[Found], taken: Socket) -> list[Found]:
    """Those whose outputs fit the other end of a link as well."""
    return [item for item in found if output_for(item.spec, taken)]


def _add(item: Found, request: SearchRequest, editing: Editing) -> None:
    type_id = item.spec.type
    if request.replace:
        editing.replace_selected(type_id)
    elif request.end is not None:
        editing.add_and_connect(type_id, request.position, request.end, item.connects)
    elif request.link is not None:
        editing.insert_type_on_link(type_id, *request.link, request.position)
    else:
        editing.add_node(type_id, request.position)


def _wireless(text: str, request: SearchRequest, editing: Editing) -> Iterator[Row]:
    """The named outputs that the input at a link's loose end could take."""
    end = request.end
    if end is None or end.target is None:
        return
    for source, name, given, home in editing.wireless_for(end.target, end.socket):
        if text.lower() in name.lower():
            yield Row(
                title=editing.tr("Use “{0}”").format(name),
                choose=partial(editing.use_wireless, source, end.target, home),
                detail=given.name,
                summary=editing.tr("The wireless output {0} of {1}.").format(source.output, source.node),
                color=editing.desk.theme.theme.socket_color(given).name(),
                sign="broadcast",
            )


def _kept(text: str, request: SearchRequest, editing: Editing) -> Iterator[Scored]:
    for name, path in kept_nodes(editing.desk.library).items():
        score = likeness(name, text)
        if score >= WORST:
            row = Row(
                title=name,
                choose=partial(editing.insert_subgraph, path, request.position),
                detail=editing.tr("reusable"),
                summary=editing.tr("A subgraph that you saved as a reusable node."),
                sign="bookmark-simple",
            )
            yield score, row


def _areas(text: str, request: SearchRequest, editing: Editing) -> Iterator[Scored]:
    rows = (
        Row(
            editing.tr("Note"),
            partial(editing.add_note, request.position),
            editing.tr("canvas"),
            editing.tr("A text on the canvas."),
            sign="note",
        ),
        Row(
            editing.tr("Frame"),
            editing.frame_selection,
            editing.tr("canvas"),
            editing.tr("A titled rectangle around the selected nodes."),
            sign="frame-corners",
        ),
    )
    for row in rows:
        if row.title.lower().startswith(text.lower()) or text.lower() in ("comment", "group"):
            yield likeness(row.title, text), row
