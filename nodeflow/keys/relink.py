"""New recipes from old ones, where a node proved to do otherwise than its key said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nodeflow.graph import BoundNode
from nodeflow.graph.source import Bundle, Source, Wire
from nodeflow.keys.keyer import Recipe


def with_facts(recipe: Recipe, facts: Mapping[str, str]) -> Recipe:
    """A recipe that says how the node really computed."""
    return {**recipe, "settings": {**recipe.get("settings", {}), **facts}}


def relinked(recipe: Recipe, bound: BoundNode, keys: Mapping[str, str]) -> Recipe:
    """A recipe with new keys for what feeds the node.

    Args:
        recipe: The node's recipe so far.
        bound: The node.
        keys: Feeds that have another key now.
    """
    inputs = {name: _relinked(item, bound.inputs.get(name), keys) for name, item in recipe["inputs"].items()}
    return {**recipe, "inputs": inputs}


def _relinked(item: Any, source: Source | None, keys: Mapping[str, str]) -> Any:
    match source:
        case Wire(node, output) if node in keys:
            return {"result": keys[node], "output": output}
        case Bundle(items):
            return [_relinked(one, origin, keys) for one, origin in zip(item, items, strict=True)]
    return item
