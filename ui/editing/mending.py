"""Mending what another machine's workflow lacks here: unknown node types and missing files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from nodeflow.document.model import Node, Workflow
from nodeflow.document.scope import TOP, Scope
from nodeflow.document.values import literal
from nodeflow.errors import ExitCode, Problem
from nodeflow.node.spec import InputSpec, NodeSpec
from ui.canvas.actions import Port
from ui.document import edits
from ui.document.search import Found

if TYPE_CHECKING:
    from ui.editing.editing import Editing


def unknown(editing: Editing, name: str) -> bool:
    """Whether nothing is known here of a node's type."""
    return not editing.graph.sockets.known(name)


def closest(found: Sequence[Found], editing: Editing) -> list[Found]:
    """Node types, those first that are most like the selected nodes in name and sockets."""
    chosen = sorted(editing.selection)
    if not chosen:
        return list(found)
    body = editing.scope.body(editing.document.workflow)
    kind, sockets = body.nodes[chosen[0]].type, editing.spec(chosen[0])
    return sorted(found, key=lambda item: -likeness(item.spec, kind, sockets))


def likeness(spec: NodeSpec, type_id: str, old: NodeSpec) -> float:
    """How well a node type could stand in for another, 0 to 1: half by name, half by the sockets in use."""
    name = SequenceMatcher(None, spec.type.lower(), type_id.lower()).ratio()
    wanted = _socket_names(old)
    there = set(_socket_names(spec))
    shared = sum(item in there for item in wanted) / len(wanted) if wanted else 0.0
    return 0.5 * name + 0.5 * shared


def _socket_names(spec: NodeSpec) -> list[str]:
    return [*(item.name for item in spec.inputs), *(item.name for item in spec.outputs)]


def missing_files(editing: Editing, name: str) -> list[tuple[Port, Problem]]:
    """The inputs of a node whose files are not here, with what was said about each."""
    return [
        (Port(name, problem.input), problem)
        for problem in editing.problems().get(name, ())
        if problem.code is ExitCode.MISSING_FILE and problem.input is not None
    ]


def uses_of(editing: Editing, port: Port) -> list[tuple[Scope, Port]]:
    """All inputs of the document that name the same file as one of the graph that is shown."""
    spec, value = editing.spec(port.node).input(port.input), editing.value(port)
    if spec is None:
        return []
    workflow = editing.document.workflow
    return [
        (scope, Port(name, entry))
        for scope in _graphs(workflow, TOP, set())
        for name, node in scope.body(workflow).nodes.items()
        for entry in _names(node, editing.desk.spec(node.type), spec, value)
    ]


def _graphs(workflow: Workflow, scope: Scope, seen: set[str | None]) -> Iterator[Scope]:
    """Each graph of the document that is in use, by one way into it."""
    definition = scope.definition(workflow)
    if definition in seen:
        return
    seen.add(definition)
    yield scope
    for name in scope.body(workflow).nodes:
        if scope.inside(name).exists(workflow):
            yield from _graphs(workflow, scope.inside(name), seen)


def _names(node: Node, known: NodeSpec | None, spec: InputSpec, value: object) -> Iterator[str]:
    """The inputs of a node that name a file of the same kind and name."""
    for entry in known.inputs if known else ():
        same = entry.names_file and entry.widget == spec.widget
        if same and literal(node.inputs.get(entry.name)) == value:
            yield entry.name


def use_instead(editing: Editing, port: Port, name: str) -> int:
    """Let all nodes that name the same file use another one, as one step; returns how many did."""
    places = uses_of(editing, port)

    def edit(workflow: Workflow) -> Workflow:
        for scope, target in places:
            workflow = edits.set_input(workflow, f"{target.node}.{target.input}", name, at=scope)
        return workflow

    done = editing.apply(editing.tr("Use {0} instead").format(name), edit)
    return len(places) if done else 0
