"""The keys of a run: those of the plan, until a node does otherwise than planned. Then its key says so."""

from __future__ import annotations

from collections.abc import Mapping

from nodeflow.execution.plan import Plan
from nodeflow.graph import BoundNode
from nodeflow.keys import Recipe, key_of
from nodeflow.keys.relink import relinked, with_facts


class RunKeys:
    """Keys and recipes by node. The plan itself is never changed; it may be performed again.

    Args:
        plan: What is performed.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._keys: dict[str, str] = {}  # of those that differ from the plan's
        self._recipes: dict[str, Recipe] = {}

    def key(self, name: str) -> str | None:
        """A node's content key, if it has one."""
        return self._keys.get(name) or self._plan.key(name)

    def recipe(self, name: str) -> Recipe:
        """What a node's key was made from.

        Raises:
            KeyError: If it has no key.
        """
        found = self._recipes.get(name)
        if found is None and self._plan.keyer is not None:
            found = self._plan.keyer.recipes[name]
        if found is None:
            raise KeyError(name)
        return found

    def deviate(self, name: str, facts: Mapping[str, str]) -> None:
        """Give a node the key that says what it really did; whatever follows it gets another one too."""
        if facts and self.key(name) is not None:
            self._change(name, with_facts(self.recipe(name), facts))

    def follow(self, bound: BoundNode) -> bool:
        """Give a node another key if something that feeds it got one; return whether that is so."""
        if not self._keys or self.key(bound.name) is None:
            return False
        changed = {feed: self._keys[feed] for feed in bound.feeds if feed in self._keys}
        if changed:
            self._change(bound.name, relinked(self.recipe(bound.name), bound, changed))
        return bool(changed)

    def share(self, name: str, original: str) -> None:
        """Give a node the key of another one, whose result it takes."""
        if original in self._keys:
            self._change(name, self._recipes[original])

    def _change(self, name: str, recipe: Recipe) -> None:
        key = key_of(recipe)
        if key != self.key(name):
            self._recipes[name] = recipe
            self._keys[name] = key
