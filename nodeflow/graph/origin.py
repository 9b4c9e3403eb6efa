"""Where what a wire carries really comes from, for those who look at one wire of a document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nodeflow.document.model import Workflow
from nodeflow.errors import UsageError
from nodeflow.graph.bind import Binder
from nodeflow.graph.flatten import flatten
from nodeflow.graph.source import Source, Wire
from nodeflow.node.registry import Registry


def origin(
    workflow: Workflow, registry: Registry, output: str, choices: Mapping[str, Any] | None = None
) -> Source:
    """Follow a wire through reroutes, switches, subgraphs, mute and bypass.

    Args:
        workflow: The document.
        registry: The node types.
        output: The wire's beginning: `node.output`, or `portrait/decode.image` inside a subgraph.

        choices: What came through the links that choose for switches.

    Raises:
        UsageError: If there is no such node.
    """
    node, _, name = output.rpartition(".")
    flat = flatten(workflow, choices)
    if node not in flat.nodes and node not in flat.aliases:
        raise UsageError("there is no such node", node=node)
    binder = Binder(flat, registry)
    binder.bind()
    return binder.origin(Wire(node, name))
