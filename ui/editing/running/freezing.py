"""Freezing results: nodes that keep what they gave, whatever changes before them, until they are thawed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from nodeflow.document.model import SUBGRAPH
from nodeflow.document.scope import Scope
from nodeflow.errors import NodeflowError
from nodeflow.execution.job import Job
from nodeflow.node.spec import NodeKind
from ui.document import edits
from ui.editing.part import Part
from ui.editing.requests import Offer


class Freezing(Part):
    """Commands on whether nodes keep their results."""

    def toggle(self) -> None:
        """Freeze the selected nodes with the results they have now, or thaw them if all are frozen."""
        nodes, chosen = self._body.nodes, self._chosen
        if chosen and all(nodes[name].frozen for name in chosen):
            self.thaw(chosen)
        else:
            self._freeze([name for name in chosen if not nodes[name].frozen])

    def thaw(self, names: list[str]) -> None:
        """Let nodes be computed again when something before them changes."""
        scope, none = self._scope, dict.fromkeys(names)
        self._editing.apply(self._tr("Thaw"), lambda w: edits.set_frozen(w, none, at=scope))

    def _freeze(self, chosen: list[str]) -> None:
        kept = [name for name in chosen if self._editing.spec(name).kind is NodeKind.HEAVY]
        names = [name for name in kept if self._body.nodes[name].type != SUBGRAPH]
        if not names:
            text = self._tr("Only nodes that compute something can be frozen; of a subgraph, those inside it")
            self._say(text)
            return
        if not self._engine.ready:
            self._say(self._tr("Nothing can be run yet"))
            return
        paths = {self._editing.node_path(name): name for name in names}
        job = Job(self._workflow)
        self._engine.ask(
            lambda runner: runner.freeze(job, list(paths)), partial(self._answer, paths, self._scope)
        )

    def _answer(self, paths: Mapping[str, str], scope: Scope, told: Mapping[str, str] | Exception) -> None:
        """Keep what is at hand, and offer to compute the rest."""
        if isinstance(told, Exception):
            self._say(told.message if isinstance(told, NodeflowError) else str(told))
            return
        if told:
            keys = {paths[path]: key for path, key in told.items()}
            self._editing.apply(self._tr("Freeze"), lambda w: edits.set_frozen(w, keys, at=scope))
            self._tell_uses(scope)
        lacking = [path for path in paths if path not in told]
        if lacking:
            text = self._tr("Not computed yet as they are now, so that they cannot be frozen: {0}")
            choice = self._tr("Run up to them")
            self._editing.offered.emit(
                Offer(text.format(", ".join(lacking)), choice, lambda: self._editing.running.run(lacking))
            )

    def _tell_uses(self, scope: Scope) -> None:
        """Say where else the same result is used now."""
        definition = scope.definition(self._workflow) if scope.path else None
        bodies = (self._workflow, *self._workflow.subgraphs.values())
        uses = sum(node.subgraph == definition for body in bodies for node in body.nodes.values())
        if definition is not None and uses > 1:
            text = self._tr("All {0} uses of the subgraph {1} give this result now")
            self._say(text.format(uses, definition))
