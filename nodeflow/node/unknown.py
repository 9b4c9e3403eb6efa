"""What stands for a node whose type is not installed here, so that a graph can hold it; it never runs."""

from __future__ import annotations

from nodeflow.node.node import Node
from nodeflow.node.spec import NodeKind, NodeSpec


def unknown_node(type_id: str, version: int) -> Node[[], None]:
    """A node type of which nothing is known but its name and version."""
    spec = NodeSpec(
        type=type_id,
        category="unknown",
        kind=NodeKind.LIGHT,
        version=version,
        revision=1,
        inputs=(),
        outputs=(),
    )
    return Node(_unknown, spec, wants_context=False, gives_tuple=False)


def _unknown() -> None:
    raise NotImplementedError  # pragma: no cover - never called
