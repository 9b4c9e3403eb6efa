"""Why nodes run, ran, or do not: from what was foreseen, and from what the last run said of itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from PySide6.QtCore import QCoreApplication

from nodeflow.execution.forecast import Forecast
from nodeflow.execution.said import Cause
from ui.canvas.status import Phase

_RAN = (Phase.RUNNING, Phase.DONE, Phase.FAILED)


@dataclass(frozen=True)
class Story:
    """Why a node runs or not.

    Attributes:
        title: What it does or did, in a few words.
        causes: Why: short sentences, each with the node and input that it is about.
    """

    title: str
    causes: tuple[Cause, ...]

    @property
    def line(self) -> str:
        """The first cause, and how many more there are."""
        more = len(self.causes) - 1
        text = _tr("{0}: {1}") if more < 1 else _tr("{0}: {1} (and {2} more)")
        return text.format(self.title, self.causes[0].text, more) if self.causes else self.title


@dataclass
class Reasons:
    """What is known of why nodes run.

    Attributes:
        foreseen: What the next run would do, as it was last told.
        ran: Why the nodes of the last run ran, by path.
    """

    foreseen: Forecast | None = None
    ran: Mapping[str, tuple[Cause, ...]] = field(default_factory=dict)

    def of(self, path: str, phase: Phase) -> Story | None:
        """Why a node is where it stands; None: nothing is known.

        Args:
            path: The node; a subgraph's stands for those inside it.
            phase: Where it stands.
        """
        if phase in _RAN:
            causes = _inside(path, self.ran.items())
            title = _tr("Runs") if phase is Phase.RUNNING else _tr("Ran")
        elif phase is Phase.WILL_RUN:
            told = self.foreseen.nodes if self.foreseen else ()
            causes = _inside(path, ((node.node, node.causes) for node in told if node.runs))
            title = _tr("Will run")
        else:
            causes = _inside(path, self._at_hand(cached=phase is Phase.CACHED))
            lacks = self.foreseen is not None and any(_is_in(path, name) for name in self.foreseen.lacking)
            title = _tr("Cannot run") if lacks else _tr("Need not run")
            if not causes and self.foreseen is not None and path not in self.foreseen.runs:
                causes = (Cause(path, None, _tr("nothing that is saved or shown needs it")),)
        return Story(title, causes) if causes else None

    def _at_hand(self, *, cached: bool) -> Iterable[tuple[str, tuple[Cause, ...]]]:
        """Of what needs no run; `cached`: even if it was foreseen to."""
        if self.foreseen is None:
            return
        for node in self.foreseen.nodes:
            if not node.runs:
                yield node.node, node.causes
            elif cached:  # it has run since, or another did for it
                yield node.node, (Cause(node.node, None, _tr("its result is at hand")),)
        for name, reason in self.foreseen.beside.items():
            yield name, reason.causes


def _is_in(path: str, name: str) -> bool:
    """Whether a node is another one, or inside it."""
    return name == path or name.startswith(f"{path}/")


def _inside(path: str, told: Iterable[tuple[str, tuple[Cause, ...]]]) -> tuple[Cause, ...]:
    """What is told of a node or, if it is a subgraph's, of those inside it; each cause once."""
    found = (cause for name, causes in told if _is_in(path, name) for cause in causes)
    return tuple(dict.fromkeys(found))


def _tr(text: str) -> str:
    return QCoreApplication.translate("Reasons", text)
