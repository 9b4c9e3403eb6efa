"""The menu of a node."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from nodeflow.document.values import Link
from ui.actions.action import Action
from ui.actions.node import swatches
from ui.canvas.graph import is_border
from ui.editing.mending import missing_files, unknown
from ui.window.menus.entry import Entry, Inner, Known
from ui.window.menus.links import output_entries
from ui.window.menus.pictures import sending_entries

if TYPE_CHECKING:
    from nodeflow.errors import Problem
    from ui.actions.action import Context
    from ui.canvas.actions import Port
    from ui.editing.editing import Editing
    from ui.editing.requests import MenuRequest
    from ui.window.main_window import MainWindow

_COMMON = (
    Known("node.enter", apart=True),
    Known("node.rename"),
    Known("node.comment"),
)
_RUN = (Known("run.only", apart=True), Known("run.selected"), Known("run.why"))
_STATE = (Known("node.mute", apart=True), Known("node.bypass"), Known("node.freeze"), Known("node.collapse"))
_REST = (
    Known("edit.cut", apart=True),
    Known("edit.copy"),
    Known("edit.duplicate"),
    Known("node.replace"),
    Known("node.group", apart=True),
    Known("node.ungroup"),
    Known("node.keep"),
    Known("node.frame"),
    Known("edit.delete", apart=True),
    Known("edit.cut_out"),
)


def entries(request: MenuRequest, editing: Editing, window: MainWindow) -> Iterator[Entry]:
    """What can be done with a node."""
    name = request.node
    if name is None or is_border(name):
        return
    yield from _mending(name, request, editing, window)
    if editing.showing.has(name):
        yield Known("edit.copy_picture")
    yield from sending_entries(name, editing, window)
    yield from _COMMON
    yield Inner(window.tr("Colour"), tuple(swatches(lambda color, _: editing.color_selected(color))))
    yield from _STATE
    yield from _RUN
    spec = editing.spec(name)
    wireless = tuple(
        Inner(
            item.name.replace("_", " "),
            tuple(output_entries(Link(name, item.name), request, editing, window)),
        )
        for item in spec.outputs
    )
    if wireless:
        yield Inner(window.tr("Outputs"), wireless)
    yield from _REST


def _mending(name: str, request: MenuRequest, editing: Editing, window: MainWindow) -> Iterator[Entry]:
    """What helps a node whose type or files are not here."""
    if unknown(editing, name):
        yield Known("node.replace")
        yield Known("node.reload")
    for port, problem in missing_files(editing, name):
        text = window.tr("Missing: {0}").format(editing.value(port))
        yield Inner(
            text,
            (
                Action(
                    "mend.choose", window.tr("Choose another file…"), partial(_choose, port, request, editing)
                ),
                Action(
                    "mend.where",
                    window.tr("Show where it looked"),
                    partial(_show_where, problem, port, editing, window),
                ),
                Known("node.reload"),
            ),
        )


def _show_where(problem: Problem, port: Port, editing: Editing, window: MainWindow, _context: object) -> None:
    centre = editing.canvas.viewport().mapToGlobal(editing.canvas.viewport().rect().center())
    window.tell(
        " ".join(filter(None, (f"{problem.message}.", problem.advice))),
        (window.tr("Choose another file…"), lambda: window.popups.choose_file(editing, port, centre)),
        (window.tr("Look again"), window.desk.rescan),
    )


def _choose(port: Port, request: MenuRequest, editing: Editing, context: Context) -> None:
    context.window.popups.choose_file(editing, port, request.where)
