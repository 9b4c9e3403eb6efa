"""How the nodes of a document stand, by their path: told by a forecast first, then by a run's events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from PySide6.QtGui import QImage

from nodeflow.execution import events
from nodeflow.execution.events import Event
from nodeflow.execution.forecast import Forecast
from ui.canvas.status import Phase
from ui.running.ticket import NodePicture
from ui.words import step_text


@dataclass(frozen=True)
class NodeState:
    """How a node stands.

    Attributes:
        phase: Where it stands.
        progress: 0 to 1 while it runs.
        detail: A few words beside that.
        seconds: How long it took.
        live: What it looks like while it runs.
        picture: What it gave.
        files: What it saved.
    """

    phase: Phase = Phase.IDLE
    progress: float | None = None
    detail: str = ""
    seconds: float | None = None
    live: QImage | None = None
    picture: QImage | None = None
    files: tuple[Path, ...] = ()

    def turned(self, phase: Phase) -> NodeState:
        """The same node in another phase; what it gave stays."""
        return NodeState(phase, picture=self.picture, files=self.files)

    @property
    def preview(self) -> QImage | None:
        """What to show."""
        return self.live if self.live is not None else self.picture


IDLE = NodeState()
_ORDER = (Phase.RUNNING, Phase.FAILED, Phase.WILL_RUN, Phase.DONE, Phase.CACHED, Phase.IDLE)
"""What a subgraph's node shows of those inside it: the first of these that any is in."""


@dataclass
class States:
    """The states of all nodes; those inside subgraphs go by paths such as `portrait/sampler`."""

    nodes: dict[str, NodeState] = field(default_factory=dict)

    def of(self, path: str, *, inside: bool) -> NodeState:
        """How a node stands.

        Args:
            path: The node.
            inside: Whether it may be a subgraph's, which stands as what is inside it.
        """
        return self._inside(path) if inside and path not in self.nodes else self.nodes.get(path, IDLE)

    def _inside(self, path: str) -> NodeState:
        inner = [state for name, state in self.nodes.items() if name.startswith(f"{path}/")]
        if not inner:
            return IDLE
        phase = next(phase for phase in _ORDER if any(state.phase is phase for state in inner))
        now = [state for state in inner if state.phase is Phase.RUNNING]
        shown = next((s for s in reversed(inner) if s.live or s.picture), IDLE)
        seconds = [state.seconds for state in inner if state.seconds is not None]
        return NodeState(
            phase,
            now[-1].progress if now else None,
            now[-1].detail if now else "",
            sum(seconds) if seconds and phase is Phase.DONE else None,
            shown.live,
            shown.picture,
            shown.files,
        )

    def _put(self, path: str, state: NodeState) -> None:
        self.nodes[path] = state

    def _turn_all(self, phases: Mapping[str, Phase]) -> None:
        for path in {*self.nodes, *phases}:
            self._put(path, self.nodes.get(path, IDLE).turned(phases.get(path, Phase.IDLE)))

    def foresee(self, forecast: Forecast, others: Iterable[str] = ()) -> None:
        """Show what a run would do.

        Args:
            forecast: What it would do.
            others: Nodes it has no need of, as what they lead to is at hand.
        """
        phases = dict.fromkeys(others, Phase.CACHED)
        phases |= {node.node: Phase.WILL_RUN if node.runs else Phase.CACHED for node in forecast.nodes}
        self._turn_all(phases)

    def forget(self) -> None:
        """Nothing is known of the next run; what was given stays."""
        self._turn_all({})

    def end(self) -> None:
        """A run is over: what has not begun or not ended is as if it had never been asked for."""
        for path, state in self.nodes.items():
            if state.phase in (Phase.RUNNING, Phase.WILL_RUN):
                self.nodes[path] = state.turned(Phase.IDLE)

    def rename(self, old: str, new: str) -> None:
        """A node has another name, and so have those inside it."""
        for path in [path for path in self.nodes if path == old or path.startswith(f"{old}/")]:
            self.nodes[new + path[len(old) :]] = self.nodes.pop(path)

    def take(self, event: Event) -> None:
        """Follow a run."""
        match event:
            case events.RunStarted(_, nodes):
                self._begin(nodes)
            case events.NodeCached(node, _):
                self._change(node, Phase.CACHED)
            case events.NodeStarted(node, _):
                before = self.nodes.get(node, IDLE)
                self._put(node, replace(before.turned(Phase.RUNNING), files=()))
            case events.NodeProgress(node, step, steps, left, _):
                self._step(node, step, steps, left)
            case events.FileSaved(node, path):
                state = self.nodes.get(node, IDLE)
                self._put(node, replace(state, files=(*state.files, path)))
            case NodePicture(node, picture):
                self._put(node, replace(self.nodes.get(node, IDLE), picture=picture))
            case events.NodeFinished(node, seconds):
                self._put(node, replace(self.nodes.get(node, IDLE).turned(Phase.DONE), seconds=seconds))
            case events.NodeFailed(node, _):
                self._change(node, Phase.FAILED)
            case events.NodeSkipped(node, _):
                self._change(node, Phase.IDLE)
            case events.RunFinished():
                self.end()

    def _begin(self, nodes: Iterable[str]) -> None:
        """What an earlier run did is at hand now; what failed is over."""
        before = {Phase.DONE: Phase.CACHED, Phase.CACHED: Phase.CACHED}
        phases = {path: before.get(state.phase, Phase.IDLE) for path, state in self.nodes.items()}
        self._turn_all(phases | dict.fromkeys(nodes, Phase.WILL_RUN))

    def _change(self, node: str, phase: Phase) -> None:
        self._put(node, self.nodes.get(node, IDLE).turned(phase))

    def _step(self, node: str, step: int, steps: int, left: float | None) -> None:
        state = self.nodes.get(node, IDLE)
        share = step / steps if steps else None
        self._put(node, replace(state, progress=share, detail=step_text(step, steps, left)))

    def show_live(self, node: str, picture: QImage) -> None:
        """A node that runs has a preview."""
        self._put(node, replace(self.nodes.get(node, IDLE), live=picture))
