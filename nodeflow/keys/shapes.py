"""Shapes: keys that leave out seeds and texts, so that what takes the same time has the same one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from nodeflow.graph import BoundNode
from nodeflow.graph.source import Bundle, Constant, Source, Wire
from nodeflow.keys.keyer import Recipe, key_of
from nodeflow.node.annotations import Seed
from nodeflow.node.sockets import Literal
from nodeflow.node.spec import InputSpec, NodeKind


def shapes(nodes: Iterable[BoundNode], recipes: Mapping[str, Recipe]) -> dict[str, str]:
    """The shapes of nodes; those for which there is no recipe have none, unless they are sinks.

    Args:
        nodes: Each after what feeds it.
        recipes: What the nodes' keys were made from.
    """
    found: dict[str, str] = {}
    for bound in nodes:
        recipe = recipes.get(bound.name)
        if recipe is None and bound.node.spec.kind is NodeKind.SINK:
            recipe = _of_sink(bound)
        if recipe is not None:
            found[bound.name] = _shape(bound, recipe, found)
    return found


def _shape(bound: BoundNode, recipe: Recipe, shapes: Mapping[str, str]) -> str:
    inputs: dict[str, Any] = {}
    for spec in bound.node.spec.inputs:
        given = recipe["inputs"].get(spec.name)
        if not _is_free(spec) and (given is not None or not spec.added_later):
            inputs[spec.name] = _item(given, bound.inputs.get(spec.name), shapes)
    return key_of({**recipe, "inputs": inputs})


def _is_free(spec: InputSpec) -> bool:
    """Whether an input's value changes the result but not the time it takes."""
    return isinstance(spec.widget, Seed) or spec.socket.literal is Literal.TEXT


def _item(item: Any, source: Source | None, shapes: Mapping[str, str]) -> Any:
    match source:
        case Wire(node, output) if node in shapes:
            return {"shape": shapes[node], "output": output}
        case Bundle(items) if isinstance(item, list):
            return [_item(one, origin, shapes) for one, origin in zip(item, items, strict=True)]
    return item


def _of_sink(bound: BoundNode) -> Recipe:
    """As much of a recipe as matters for the time; sinks have none, as they are never cached."""
    spec = bound.node.spec
    return {
        "type": spec.type,
        "revision": spec.revision,
        "inputs": {name: _literal(source) for name, source in bound.inputs.items()},
    }


def _literal(source: Source) -> Any:
    match source:
        case Constant(value):
            return value
        case Bundle(items):
            return [_literal(item) for item in items]
    return None
