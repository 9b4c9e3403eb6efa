"""The menu of an input."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from nodeflow.document.links import connections
from nodeflow.document.scope import Scope
from nodeflow.document.values import Link, is_linked
from ui.actions.action import Action
from ui.canvas.actions import OpenEnd, Port
from ui.canvas.graph import is_border
from ui.document import edits
from ui.editing.requests import SearchRequest
from ui.window.menus.entry import Entry, Inner

if TYPE_CHECKING:
    from ui.editing.editing import Editing
    from ui.editing.requests import MenuRequest
    from ui.window.main_window import MainWindow


def entries(port: Port, request: MenuRequest, editing: Editing, window: MainWindow) -> Iterator[Entry]:
    """What can be done with an input."""
    if is_border(port.node):
        yield from _border(port, editing, window)
        return
    name, tr = port.input.replace("_", " "), window.tr
    node = editing.scope.body(editing.document.workflow).nodes[port.node]
    if is_linked(node.inputs.get(port.input)):
        cut = partial(_disconnect, port, editing)
        yield Action("input.cut", tr("Disconnect {0}").format(name), cut, icon="link-break")
    elif port.input in node.inputs:
        reset = partial(_reset, port, editing)
        yield Action("input.reset", tr("Reset {0}").format(name), reset, icon="arrow-u-up-left")
    yield Action(
        "input.feed",
        tr("Feed {0} from a new node…").format(name),
        partial(_search, port, request, editing),
        icon="plus-circle",
    )
    wireless = tuple(_wireless(port, editing))
    if wireless:
        yield Inner(tr("Use wireless"), wireless)
    yield _panel(port, editing, window)
    if editing.scope.path:
        show = partial(_show_outside, port, editing)
        yield Action("input.show", tr("Show {0} on the subgraph").format(name), show, icon="sign-out")


def on_panel(port: Port, editing: Editing) -> bool:
    """Whether an input is on the app panel."""
    workflow = editing.document.workflow
    place = (editing.scope.definition(workflow), port.node, port.input)
    return any(entry.place == place for entry in edits.panel_inputs(workflow))


def _panel(port: Port, editing: Editing, window: MainWindow) -> Action:
    there = on_panel(port, editing)
    text = window.tr("Take off the app panel") if there else window.tr("Expose on the app panel")
    return Action("input.panel", text, partial(_toggle_panel, port, editing), icon="app-window")


def _toggle_panel(port: Port, editing: Editing, _context: object) -> None:
    there, scope, target = on_panel(port, editing), editing.scope, f"{port.node}.{port.input}"
    change = edits.hide_from_panel if there else edits.show_on_panel
    label = editing.tr("Take off the app panel") if there else editing.tr("Expose on the app panel")
    if editing.apply(label, lambda w: change(w, target, at=scope)):
        text = editing.tr("{0} is off the app panel") if there else editing.tr("{0} is on the app panel now")
        editing.said.emit(text.format(port.input.replace("_", " ")))


def _disconnect(port: Port, editing: Editing, _context: object) -> None:
    body = editing.scope.body(editing.document.workflow)
    links = [
        (link.source, port)
        for link in connections(body)
        if (link.target.node, link.target.input) == port and isinstance(link.source, Link)
    ]
    if links:
        editing.links.disconnect(links)
    else:
        editing.reset_values([port])


def _reset(port: Port, editing: Editing, _context: object) -> None:
    editing.reset_values([port])


def _search(port: Port, request: MenuRequest, editing: Editing, _context: object) -> None:
    spec = editing.spec(port.node).input(port.input)
    if spec is not None:
        end = OpenEnd(spec.socket, target=port)
        editing.searchWanted.emit(SearchRequest(request.position, request.where, end=end))


def _wireless(port: Port, editing: Editing) -> Iterator[Action]:
    spec = editing.spec(port.node).input(port.input)
    if spec is None:
        return
    for source, name, _, home in editing.wireless_for(port, spec.socket):
        use = partial(_use, source, port, home, editing)
        yield Action(f"wireless.{name}", name, use, icon="broadcast")


def _use(source: Link, port: Port, home: Scope, editing: Editing, _context: object) -> None:
    editing.use_wireless(source, port, home)


def _show_outside(port: Port, editing: Editing, _context: object) -> None:
    scope, target = editing.scope, f"{port.node}.{port.input}"
    editing.apply(editing.tr("Show input"), lambda w: edits.show_input(w, target, at=scope))


def _border(port: Port, editing: Editing, window: MainWindow) -> Iterator[Action]:
    """The outputs of the subgraph one is in, which are inputs as seen from inside."""
    groups = editing.groups
    yield Action("border.rename", window.tr("Rename…"), lambda _: groups.ask_socket_name(port))
    yield Action("border.remove", window.tr("Remove"), lambda _: groups.remove_socket(port), icon="trash")
