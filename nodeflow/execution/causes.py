"""What changed since the last run, followed from node to node up to the root causes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from nodeflow.cache.history import PastNode
from nodeflow.errors import place
from nodeflow.execution.history import statement
from nodeflow.execution.plan import Plan
from nodeflow.execution.said import Cause, said_changes
from nodeflow.graph.source import wires_in
from nodeflow.keys.compare import Difference, change, differences

_MOST = 12
"""Causes named for one node; whoever changed more knows that he changed the workflow."""


class Causes:
    """Why nodes have other keys than in the last run.

    Args:
        plan: Today's plan.
        past: What the nodes of the workflow did in its last run.
    """

    def __init__(self, plan: Plan, past: Mapping[str, PastNode]) -> None:
        self._plan = plan
        self._past = past
        self._changes: dict[str, tuple[Cause, ...]] = {}

    def of(self, name: str) -> tuple[Cause, ...]:
        """Why a node has another key than in the last run."""
        return self._changes[name]

    def add(self, name: str) -> None:
        """Find what changed for one node; what feeds it was added before."""
        self._changes[name] = _distinct(self._find(name))

    def _find(self, name: str) -> Iterator[Cause]:
        bound, past = self._plan.graph.nodes[name], self._past.get(name)
        if past is None:
            return
        now = statement(bound)
        keyer = self._plan.keyer
        recipe = keyer.recipes.get(name) if keyer else None
        if now.get("frozen") != past.said.get("frozen"):
            yield Cause(name, None, f"{name} was frozen" if bound.held else f"{name} was thawed")
        elif bound.held:
            return
        elif now["type"] != past.said.get("type"):
            yield Cause(name, None, f"{name} is another node type: {past.said.get('type')} → {now['type']}")
        elif name in self._plan.known:
            yield from said_changes(bound, past.said, now)
            for feed in bound.feeds:
                yield from self._changes.get(feed, ())
        elif recipe is not None and past.recipe is not None and past.key != self._plan.key(name):
            for difference in differences(past.recipe, recipe):
                yield from self._trace(name, difference, past.said, now)

    def _trace(
        self, name: str, found: Difference, before: Mapping[str, Any], now: Mapping[str, Any]
    ) -> Iterator[Cause]:
        """The root causes of one difference."""
        if found.kind == "revision":
            text = f"{name} computes otherwise since the last run: revision {found.old} → {found.new}"
            yield Cause(name, None, text)
        elif found.kind == "settings":
            yield Cause(
                name, None, f"{name} computes with another {found.name}: {change(found.old, found.new)}"
            )
        else:
            yield from self._trace_input(name, found, before, now)

    def _trace_input(
        self, name: str, found: Difference, before: Mapping[str, Any], now: Mapping[str, Any]
    ) -> Iterator[Cause]:
        said = list(said_changes(self._plan.graph.nodes[name], before, now, only=found.name))
        if said:
            yield from said
            return
        source = self._plan.graph.nodes[name].inputs.get(found.name)
        feeds = [wire.node for wire in wires_in(source)] if source is not None else []
        roots = [cause for feed in dict.fromkeys(feeds) for cause in self._changes.get(feed, ())]
        files = _changed_files(found.old, found.new)
        if files is None:
            yield from roots or [_replaced(name, found, feeds)]
            return
        if files.only_model:  # a LoRA's weight may have changed too, but does not matter to this part
            roots = [cause for cause in roots if cause.file]
        yield from roots
        if files.model and not any(cause.file for cause in roots):
            yield _cause(name, found.name, "the files of the model were replaced")
        elif not roots:
            yield _cause(name, found.name, "the file of a LoRA was replaced")


def _replaced(name: str, found: Difference, feeds: list[str]) -> Cause:
    if isinstance(found.new, dict) and "file" in found.new:
        return _cause(name, found.name, "the file was replaced")
    return _cause(
        name, found.name, f"{feeds[0]} gives another result" if feeds else "it is read otherwise now"
    )


def _cause(name: str, input_name: str, text: str) -> Cause:
    return Cause(name, input_name, f"{place(name, input_name)}: {text}", file=True)


@dataclass(frozen=True)
class _Files:
    """Which parts of a model's fingerprint differ."""

    model: bool
    patches: bool

    @property
    def only_model(self) -> bool:
        """Whether the patches are the same."""
        return self.model and not self.patches


def _changed_files(old: Any, new: Any) -> _Files | None:
    """What differs between two fingerprints of models; None if they are none."""
    own = {"model", "vae"}
    if not (isinstance(old, dict) and isinstance(new, dict) and own & old.keys() and own & new.keys()):
        return None
    members = {*old, *new} - {"patches"}
    return _Files(any(old.get(m) != new.get(m) for m in members), old.get("patches") != new.get("patches"))


def _distinct(causes: Iterator[Cause]) -> tuple[Cause, ...]:
    found: dict[Cause, None] = {}
    for cause in causes:
        found[cause] = None
        if len(found) >= _MOST:
            break
    return tuple(found)
