"""What changed in what a workflow says about a node: literals and links, whatever came of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from nodeflow.errors import place
from nodeflow.graph import BoundNode
from nodeflow.keys.compare import change


@dataclass(frozen=True)
class Cause:
    """One reason, in one short sentence.

    Attributes:
        node: The node that it is about.
        input: The input that it is about.
        text: The sentence, without a full stop.
        file: Whether it is about which file is used, or what is in it.
    """

    node: str
    input: str | None
    text: str
    file: bool = False


def said_changes(
    bound: BoundNode, before: Mapping[str, Any], now: Mapping[str, Any], only: str | None = None
) -> Iterator[Cause]:
    """What the workflow says otherwise about a node's inputs.

    Args:
        bound: The node.
        before: What was said in the last run.
        now: What is said today.
        only: Look at this input alone.
    """
    old: Mapping[str, Any] = before.get("inputs") or {}
    new: Mapping[str, Any] = now.get("inputs") or {}
    for name in dict.fromkeys((*old, *new)) if only is None else (only,):
        was, is_now = old.get(name), new.get(name)
        if was != is_now:
            text = f"{place(bound.name, name)} {_described(was, is_now)}"
            spec = bound.node.spec.input(name)
            yield Cause(bound.name, name, text, file=spec is not None and spec.names_file)


def _described(was: Any, now: Any) -> str:
    was, now = was or {"value": None}, now or {"value": None}
    if "value" in was and "value" in now:
        return f"changed: {change(was['value'], now['value'])}"
    if "list" in was and "list" in now and len(was["list"]) != len(now["list"]):
        return f"takes {len(now['list'])} values, not {len(was['list'])}"
    if "from" in now:
        before = f", not to {was['from']}" if "from" in was else ""
        return f"is linked to {now['from']} now{before}"
    return "is no longer linked" if "from" in was else "takes other values"
