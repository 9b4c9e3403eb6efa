"""Shows on the nodes of the graph in front how they stand."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from ui.canvas.graph import is_border
from ui.document.history import Change
from ui.editing.part import Part
from ui.editing.running.reasons import Story
from ui.editing.running.states import States

if TYPE_CHECKING:
    from ui.editing.editing import Editing


class Marks(Part):
    """Keeps the nodes' badges, progress and pictures as their states say.

    Args:
        editing: The open document.
        why: Says why the node at a path runs or not.

    Attributes:
        states: How the document's nodes stand.
    """

    def __init__(self, editing: Editing, why: Callable[[str], Story | None]) -> None:
        super().__init__(editing)
        self.states = States()
        self._why = why

    def follow(self, change: Change) -> tuple[str, str] | None:
        """A renamed node keeps what is known of it, and so does one that comes back. Gives both its paths."""
        scope = self._scope
        if not (scope.exists(change.before) and scope.exists(change.after)):
            return None
        before, after = scope.body(change.before).nodes, scope.body(change.after).nodes
        gone, new = before.keys() - after.keys(), after.keys() - before.keys()
        if not new:
            return None
        renamed = None
        if len(gone) == len(new) == 1:
            (old,), (name,) = gone, new
            if before[old] == after[name]:
                renamed = str(scope.inside(old)), str(scope.inside(name))
                self.states.rename(*renamed)
        self.mark()
        return renamed

    def mark(self, paths: Iterable[str] | None = None) -> None:
        """Show on the nodes how they stand.

        Args:
            paths: Those that have changed; None: all may have.
        """
        scene, outer = self._editing.scene, self._scope.path
        names: Iterable[str] = scene.nodes
        if paths is not None:
            parts = [path.split("/") for path in paths]
            depth = len(outer)
            names = {p[depth] for p in parts if len(p) > depth and tuple(p[:depth]) == outer}
        for name in list(names):
            if name in scene.nodes and not is_border(name):
                self._mark(name)

    def _mark(self, name: str) -> None:
        scene, path = self._editing.scene, self._editing.node_path(name)
        state = self.states.of(path, inside=scene.graph.nodes[name].subgraph is not None)
        status = scene.status(name)
        story = self._why(path)
        why = story.line if story is not None else ""
        shown = (status.phase, status.progress, status.detail, status.seconds, status.why)
        wanted = (state.phase, state.progress, state.detail, state.seconds, why)
        if shown == wanted and status.preview is state.preview:
            return
        changed = replace(
            status,
            phase=state.phase,
            progress=state.progress,
            detail=state.detail,
            seconds=state.seconds,
            preview=state.preview,
            why=why,
        )
        scene.set_status(name, changed)
