"""What is on the app panel: where each input lies, and what it is called there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nodeflow.document.links import Target
from nodeflow.document.marks import Place, write_place
from nodeflow.document.model import Workflow
from nodeflow.document.panel import PanelInput
from nodeflow.document.scope import TOP, Scope
from nodeflow.node.spec import InputSpec
from ui.canvas.fields import label_text
from ui.document import edits
from ui.document.sockets import Sockets
from ui.panels.binding import Binding

if TYPE_CHECKING:
    from ui.editing.editing import Editing


@dataclass(frozen=True)
class Exposed:
    """One input on the panel.

    Attributes:
        place: Where it lies, as the document says it.
        scope: One way to the graph it lies in.
        spec: What it takes; None if its node has no such input any more.
        label: What it is called.
        section: The title of the frame around its node, if there is one.
    """

    place: Place
    scope: Scope
    spec: InputSpec | None
    label: str
    section: str = ""

    @property
    def key(self) -> str:
        """What tells it from the others: `sampler.seed`."""
        return write_place(self.place)

    @property
    def target(self) -> Target:
        """The input in its graph."""
        return Target(self.place[1], self.place[2])

    def binding(self, editing: Editing, spec: InputSpec) -> Binding:
        """What connects a row of a form with it."""
        return Binding(editing, self.scope, (self.place[1],), spec)


def exposed_inputs(editing: Editing) -> list[Exposed]:
    """What is on the panel of a document, in the author's order."""
    workflow = editing.document.workflow
    entries = edits.panel_inputs(workflow)
    scopes = _scopes(workflow) if entries else {}
    sockets: dict[Scope, Sockets] = {editing.scope: editing.graph.sockets}
    labels = _labels(entries)
    found = []
    for entry, label in zip(entries, labels, strict=True):
        definition, node, name = entry.place
        if definition not in scopes:
            continue  # nothing uses this subgraph: nobody could set its inputs
        scope = scopes[definition]
        here = sockets.setdefault(scope, Sockets(workflow, editing.desk.specs, scope))
        section = next((f.title for f in scope.body(workflow).frames if node in f.nodes), "")
        found.append(Exposed(entry.place, scope, here.spec(node).input(name), label, section))
    return found


def place_among_all(workflow: Workflow, key: str, later: str | None) -> int:
    """Where an entry comes to lie among all, also those that nobody sees, if it goes before `later`.

    Args:
        workflow: The document.
        key: The entry that is moved.
        later: The entry it goes before; None: it goes last.
    """
    others = [write_place(item.place) for item in edits.panel_inputs(workflow)]
    others.remove(key)
    return len(others) if later is None else others.index(later)


def sections(exposed: list[Exposed]) -> Iterator[tuple[str, list[Exposed]]]:
    """Runs of inputs whose nodes lie in the same frame, with its title."""
    run: list[Exposed] = []
    for item in exposed:
        if run and item.section != run[0].section:
            yield run[0].section, run
            run = []
        run.append(item)
    if run:
        yield run[0].section, run


def _labels(entries: list[PanelInput]) -> list[str]:
    """The author's words, else the input's name; those that read alike also name their node."""
    plain = [entry.label or label_text(entry.place[2]) for entry in entries]
    several = {text for text, count in Counter(plain).items() if count > 1}
    return [
        f"{text} ({entry.place[1].replace('_', ' ')})" if text in several and not entry.label else text
        for entry, text in zip(entries, plain, strict=True)
    ]


def _scopes(workflow: Workflow) -> dict[str | None, Scope]:
    """A way into each definition that is in use; None is the workflow's own graph."""
    found: dict[str | None, Scope] = {None: TOP}
    pending = [TOP]
    while pending:
        scope = pending.pop(0)
        for name, node in scope.body(workflow).nodes.items():
            if node.subgraph in workflow.subgraphs and node.subgraph not in found:
                found[node.subgraph] = scope.inside(name)
                pending.append(scope.inside(name))
    return found
