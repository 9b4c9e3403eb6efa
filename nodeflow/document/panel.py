"""The panel of a workflow: the few inputs that whoever only uses it needs to see, in order, with labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nodeflow.document.links import Target, to_target
from nodeflow.document.marks import PANEL, Place, mark, read_place, with_mark, write_place
from nodeflow.document.model import Workflow
from nodeflow.document.scope import TOP, EditRefused, Scope, node_in


@dataclass(frozen=True, slots=True)
class PanelInput:
    """One input on the panel.

    Attributes:
        place: Definition (None: the workflow's own graph), node and input.
        label: What it is called there; empty: the input's own name.
    """

    place: Place
    label: str


def panel_inputs(workflow: Workflow) -> list[PanelInput]:
    """What is on the panel, from the top; entries of nodes that are gone are left out."""
    found = []
    for entry in mark(workflow, PANEL, list):
        place = _place(entry)
        if place is None or (place[0] is not None and place[0] not in workflow.subgraphs):
            continue
        body = workflow if place[0] is None else workflow.subgraphs[place[0]]
        if place[1] in body.nodes:
            label = entry.get("label", "")
            found.append(PanelInput(place, label if isinstance(label, str) else ""))
    return found


def show_on_panel(workflow: Workflow, target: Target | str, label: str = "", *, at: Scope = TOP) -> Workflow:
    """Put an input at the end of the panel, or give the one that is there another label.

    Raises:
        EditRefused: If there is no such node.
    """
    text = _text(workflow, target, at)
    entry = {"input": text, "label": label} if label else {"input": text}
    old = mark(workflow, PANEL, list)
    new = [entry if _is(other, text) else other for other in old]
    return with_mark(workflow, PANEL, new if any(_is(other, text) for other in old) else [*old, entry])


def hide_from_panel(workflow: Workflow, target: Target | str, *, at: Scope = TOP) -> Workflow:
    """Take an input off the panel."""
    text = _text(workflow, target, at)
    return with_mark(workflow, PANEL, [e for e in mark(workflow, PANEL, list) if not _is(e, text)])


def move_on_panel(workflow: Workflow, target: Target | str, index: int, *, at: Scope = TOP) -> Workflow:
    """Put an input of the panel at another place in the order, 0 for the first.

    Raises:
        EditRefused: If it is not on the panel.
    """
    text, old = _text(workflow, target, at), mark(workflow, PANEL, list)
    entry = next((e for e in old if _is(e, text)), None)
    if entry is None:
        raise EditRefused(f"{text} is not on the panel.")
    new = [e for e in old if e is not entry]
    new.insert(max(index, 0), entry)
    return with_mark(workflow, PANEL, new)


def _text(workflow: Workflow, target: Target | str, at: Scope) -> str:
    place = to_target(target)
    if place.node is None:
        raise EditRefused("Only a node's input can be on the panel.")
    node_in(at.body(workflow), place.node)
    return write_place((at.definition(workflow), place.node, place.input))


def _place(entry: Any) -> Place | None:
    text = entry.get("input") if isinstance(entry, dict) else None
    return read_place(text) if isinstance(text, str) else None


def _is(entry: Any, text: str) -> bool:
    return isinstance(entry, dict) and entry.get("input") == text
