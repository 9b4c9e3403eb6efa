"""Which picture a mask is painted over: the nearest one upstream."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

from nodeflow.document.links import sources_in
from nodeflow.document.model import Workflow
from nodeflow.document.scope import EditRefused, Scope
from nodeflow.document.values import GraphInput, InputValue, Link, literal
from nodeflow.node.annotations import PictureFile
from nodeflow.node.spec import NodeSpec

_Place = tuple[Scope, InputValue]


def background_of(
    workflow: Workflow, specs: Mapping[str, NodeSpec], scope: Scope, node: str, entry: str
) -> str | None:
    """The name of the picture nearest upstream of an input; None if there is none.

    Args:
        workflow: The workflow.
        specs: The node types by name.
        scope: The graph that the node lies in.
        node: The node.
        entry: Its input that brings the picture.
    """
    try:
        start = scope.node(workflow, node).inputs.get(entry)
    except EditRefused:
        return None
    pending: deque[_Place] = deque([(scope, start)])
    seen: set[tuple[Scope, object]] = set()
    while pending:
        where, value = pending.popleft()
        for source in sources_in(value):
            if (where, source) not in seen:
                seen.add((where, source))
                found, further = _look(workflow, specs, where, source)
                if found is not None:
                    return found
                pending.extend(further)
    return None


def _look(
    workflow: Workflow, specs: Mapping[str, NodeSpec], scope: Scope, source: Link | GraphInput
) -> tuple[str | None, list[_Place]]:
    """The picture that a source loads itself, or what it is made from."""
    if isinstance(source, GraphInput):
        return None, [(scope.outer, _outside(workflow, scope, source))]
    node = scope.body(workflow).nodes.get(source.node)
    if node is None:
        return None, []
    inside = workflow.subgraphs.get(node.subgraph or "")
    if inside is not None:
        return None, [(scope.inside(source.node), inside.outputs.get(source.output))]
    spec = specs.get(node.type)
    names = [item.name for item in spec.inputs if isinstance(item.widget, PictureFile)] if spec else []
    found = (text_of(workflow, scope, node.inputs.get(name)) for name in names)
    return next((name for name in found if name), None), [(scope, value) for value in node.inputs.values()]


def _outside(workflow: Workflow, scope: Scope, source: GraphInput) -> InputValue:
    """What a subgraph's node holds for one of the subgraph's inputs."""
    if not scope.path:
        return None
    return scope.outer.body(workflow).nodes[scope.path[-1]].inputs.get(source.name)


def text_of(workflow: Workflow, scope: Scope, value: InputValue) -> str | None:
    """A literal text, also if it comes from outside the subgraph."""
    while isinstance(value, GraphInput):
        scope, value = scope.outer, _outside(workflow, scope, value)
    text = literal(value)
    return text if isinstance(text, str) else None
