"""Specs of nodes that the registry does not know: reroutes, subgraphs, and types missing on this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from nodeflow.document.model import REROUTE, SUBGRAPH, Node, Subgraph, Workflow
from nodeflow.document.values import is_linked, literal
from nodeflow.node.sockets import Socket, socket_of
from nodeflow.node.spec import InputSpec, NodeKind, NodeSpec, OutputSpec

Specs = Callable[[str], NodeSpec | None]
"""Finds what is known about a node type."""

ANY = socket_of(object)
MISSING = "missing"
"""The category of stand-ins for unknown types."""

REROUTE_SPEC = NodeSpec(
    type=REROUTE,
    category="structure",
    kind=NodeKind.LIGHT,
    version=1,
    revision=1,
    inputs=(InputSpec("value", ANY, required=True),),
    outputs=(OutputSpec("value", ANY),),
    summary="A bend in a wire.",
)


def stand_in(workflow: Workflow, node: Node, used_outputs: Iterable[str]) -> NodeSpec:
    """Make a spec for a node whose type is not registered.

    Args:
        workflow: The document, which defines its subgraphs.
        node: The node.
        used_outputs: Outputs of it that others link to.
    """
    if node.type == REROUTE:
        return REROUTE_SPEC
    body = workflow.subgraphs.get(node.subgraph or "") if node.type == SUBGRAPH else None
    if body is not None:
        return _of_subgraph(node.subgraph or "", body)
    return NodeSpec(
        type=node.type,
        category=MISSING,
        kind=NodeKind.LIGHT,
        version=node.version,
        revision=1,
        inputs=tuple(InputSpec(name, _guess(value), required=False) for name, value in node.inputs.items()),
        outputs=tuple(OutputSpec(name, ANY) for name in sorted(set(used_outputs))),
        summary="This node's package is not installed here.",
    )


def _of_subgraph(name: str, body: Subgraph) -> NodeSpec:
    inputs = tuple(
        InputSpec(key, _guess(value.default), value.required, value.default, description=value.description)
        for key, value in body.inputs.items()
    )
    outputs = tuple(OutputSpec(key, ANY) for key in body.outputs)
    return NodeSpec(name, "subgraph", NodeKind.HEAVY, 1, 1, inputs, outputs, body.description)


def _guess(value: object) -> Socket:
    """The socket that a literal suggests, so that it can at least be read."""
    content = literal(value)
    if is_linked(value) or not isinstance(content, str | bool | int | float):
        return ANY
    return Socket(ANY.name, object, socket_of(type(content)).literal)
