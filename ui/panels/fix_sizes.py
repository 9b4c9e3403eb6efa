"""Mending links that bring something of the wrong size: a node in between that resizes it."""

from __future__ import annotations

from collections.abc import Iterator

from nodeflow.document.links import Connection, Target, sources_in
from nodeflow.document.model import Workflow
from nodeflow.document.values import InputValue
from nodeflow.node.annotations import Measure
from nodeflow.node.sockets import Socket
from nodeflow.node.spec import NodeSpec
from ui.canvas.look import spaced
from ui.document import edits
from ui.panels.fix import Case, Fix
from ui.panels.fix import translated as _tr


def size_fixes(case: Case, name: str, value: InputValue) -> Iterator[Fix]:
    """Resize what comes in to the size that it should have."""
    wanted, sources = case.fault.problem.wanted, list(sources_in(value))
    entry = case.spec.input(name)
    if wanted is None or entry is None or len(sources) != 1:
        return
    for resizer in _resizers(case, entry.socket):
        text = _tr("Insert {0}, {1} x {2}").format(spaced(resizer.type), wanted[1], wanted[0])
        link = Connection(sources[0], case.target(name))
        yield case.fix(text, _tr("Resize"), _resized, case, resizer, link)


def _resizers(case: Case, socket: Socket) -> list[NodeSpec]:
    """Node types that give what they take, in a size that one can set and need not."""
    found = [
        spec
        for spec in case.specs.values()
        if spec.inputs
        and spec.outputs
        and spec.inputs[0].socket == spec.outputs[0].socket == socket
        and {Measure.WIDTH, Measure.HEIGHT} <= _sides(spec).keys()
        and not any(item.required for item in spec.inputs[1:])
    ]
    return found[:1]


def _sides(spec: NodeSpec) -> dict[Measure, str]:
    """Optional inputs that set width and height, by what they set."""
    return {
        item.measure: item.name
        for item in spec.inputs
        if item.measure is not None and not item.required and item.default is None
    }


def _resized(workflow: Workflow, case: Case, resizer: NodeSpec, link: Connection) -> Workflow:
    name = edits.name_for(workflow, resizer.type, at=case.scope)
    x, y = case.place()
    changed = edits.insert_node(workflow, case.specs, resizer, link, (x - 320, y), at=case.scope)
    assert case.fault.problem.wanted is not None  # noqa: S101 - asked before
    for measure, side in zip((Measure.HEIGHT, Measure.WIDTH), case.fault.problem.wanted, strict=True):
        changed = edits.set_input(changed, Target(name, _sides(resizer)[measure]), side, at=case.scope)
    return changed
