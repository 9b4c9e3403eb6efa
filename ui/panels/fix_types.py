"""Mending a node whose type is not installed here."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from PySide6.QtGui import QGuiApplication

from ui.canvas.look import spaced
from ui.document import edits
from ui.editing.requests import SearchRequest
from ui.panels.fix import Case, Fix
from ui.panels.fix import translated as _tr


def type_fixes(case: Case) -> Iterator[Fix]:
    """Another type in its place, or none; looking again once its package is installed."""
    name, type_id = case.fault.node, case.node.type
    for similar in difflib.get_close_matches(type_id, case.specs, n=2):
        yield case.fix(
            _tr("Replace with {0}").format(spaced(similar)),
            _tr("Replace node"),
            edits.replace_node,
            case.specs,
            name,
            case.specs[similar],
            at=case.scope,
        )
    yield Fix(_tr("Replace with…"), lambda: _search(case))
    yield Fix(_tr("Look again"), case.editing.desk.look_for_types)
    yield Fix(_tr("Copy its name"), lambda: QGuiApplication.clipboard().setText(type_id))
    yield case.fix(_tr("Remove node"), _tr("Remove node"), edits.remove_nodes, [name], at=case.scope)


def _search(case: Case) -> None:
    """Open the search for the type that replaces the node."""
    case.show()
    canvas, place = case.editing.canvas, case.editing.scene.nodes[case.fault.node].body.topLeft()
    where = canvas.viewport().mapToGlobal(canvas.mapFromScene(place))
    case.editing.searchWanted.emit(SearchRequest(place, where, replace=True))
