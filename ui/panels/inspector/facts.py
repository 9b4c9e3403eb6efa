"""What there is to say of a workflow as a whole: figures, wishes for the run, models, inputs exposed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from nodeflow.document.model import GraphBody, Workflow
from nodeflow.document.values import is_linked, literal
from nodeflow.node.annotations import ModelFile
from nodeflow.node.spec import NodeSpec
from ui.panels.app.exposed import exposed_inputs

if TYPE_CHECKING:
    from ui.editing.editing import Editing


def figures(workflow: Workflow, problems: int) -> dict[str, str]:
    """How much there is."""
    facts = {
        _tr("Nodes"): len(workflow.nodes),
        _tr("Muted or bypassed"): len(workflow.modes()),
        _tr("Frames"): len(workflow.frames),
        _tr("Subgraphs"): len(workflow.subgraphs),
        _tr("Problems"): problems,
    }
    always = (_tr("Nodes"), _tr("Problems"))
    return {name: str(number) for name, number in facts.items() if number or name in always}


def wishes(workflow: Workflow) -> dict[str, str]:
    """How the workflow is to be run, as far as it says so."""
    if workflow.run is None:
        return {}
    values = workflow.run.model_dump(mode="json", exclude_none=True)
    return {name.replace("_", " ").capitalize(): _plain(value) for name, value in values.items()}


def models(workflow: Workflow, specs: Mapping[str, NodeSpec]) -> dict[str, str]:
    """The models that nodes name, by name: what kind each is, and its digest if that was written down."""
    found: dict[str, str] = {}
    for name, kind in _models(workflow, specs):
        used = workflow.models.get(name)
        found.setdefault(name, f"{kind}, {used.digest[:12]}…" if used is not None else kind)
    return found


def _models(workflow: Workflow, specs: Mapping[str, NodeSpec]) -> Iterator[tuple[str, str]]:
    bodies: tuple[GraphBody, ...] = (workflow, *workflow.subgraphs.values())
    for node in (node for body in bodies for node in body.nodes.values()):
        spec = specs.get(node.type)
        for entry in spec.inputs if spec is not None else ():
            value = node.inputs.get(entry.name, entry.default)
            if isinstance(entry.widget, ModelFile) and not is_linked(value):
                name = literal(value)
                if isinstance(name, str):
                    yield name, _tr(" or ").join(kind.label for kind in entry.widget.kinds)


def exposed(editing: Editing) -> dict[str, str]:
    """What is on the app panel, and where it lies."""
    return {item.label: item.key for item in exposed_inputs(editing)}


def _plain(value: object) -> str:
    return {True: _tr("yes"), False: _tr("no")}[value] if isinstance(value, bool) else str(value)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Overview", text)
