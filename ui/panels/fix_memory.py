"""Mending runs for which the memory is too small: smaller pictures, fewer at a time, lighter weights."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nodeflow.document.links import Connection, Target
from nodeflow.document.model import Workflow
from nodeflow.document.run_settings import set_run
from nodeflow.document.scope import Scope
from nodeflow.document.values import JSONValue
from nodeflow.errors import NodeflowError
from nodeflow.graph.source import Constant
from nodeflow.node.annotations import Measure, Range
from nodeflow.node.spec import InputSpec
from nodeflow.values import LATENT_SCALE
from ui.document import edits
from ui.document.problems import flat_graph
from ui.panels.fix import Case, Fix
from ui.panels.fix import translated as _tr
from ui.pictures.fitting import RESIZE

SHARE = 0.75
"""What is left of width and height: about half of the pixels."""


@dataclass(frozen=True)
class _Size:
    """An input that says how large or how many the pictures are."""

    scope: Scope
    target: Target
    spec: InputSpec
    value: int

    def changed(self, workflow: Workflow, value: int) -> Workflow:
        return edits.set_input(workflow, self.target, value, at=self.scope)

    @property
    def smaller(self) -> int:
        """A value that needs less memory; the same if it is as small as it can be."""
        limits = self.spec.widget if isinstance(self.spec.widget, Range) else Range(1, self.value)
        step, least = int(limits.step or 1), int(limits.minimum)
        return max(least + int(self.value * SHARE - least) // step * step, least)


def memory_fixes(case: Case) -> Iterator[Fix]:
    """Ways to need less memory, the likeliest first."""
    found = list(_sizes(case))
    sides = [size for size in found if size.spec.measure is not Measure.COUNT]
    counts = [size for size in found if size.spec.measure is Measure.COUNT and size.value > 1]
    if any(size.smaller < size.value for size in sides):
        text = _tr("Make the pictures smaller")
        if len(sides) == 2:  # one width, one height
            text = _tr("Make it {0} x {1}").format(*(size.smaller for size in sides))
        yield case.fix(text, _tr("Smaller pictures"), _shrink, sides)
    elif not sides and (link := _encoded(case)) is not None:
        yield case.fix(_tr("Halve the picture that is encoded"), _tr("Smaller picture"), _halve, case, link)
    if counts:
        yield case.fix(_tr("Make one at a time"), _tr("One picture at a time"), _one_at_a_time, counts)
    run = case.workflow.run
    if run is not None and run.mode is not None:
        text = _tr("Let the program choose the memory mode")
        yield case.fix(text, _tr("Memory mode"), set_run, mode=None)
    if run is None or not run.eight_bit:
        yield case.fix(_tr("Use 8-bit weights"), _tr("8-bit weights"), set_run, eight_bit=True)


def _shrink(workflow: Workflow, sizes: list[_Size]) -> Workflow:
    for size in sizes:
        workflow = size.changed(workflow, size.smaller)
    return workflow


def _halve(workflow: Workflow, case: Case, link: Connection) -> Workflow:
    resizer, (x, y) = case.specs[RESIZE], case.place()
    values: dict[str, JSONValue] = {"factor": 0.5, "multiple_of": LATENT_SCALE}
    place = (x - 320, y)
    return edits.insert_node(workflow, case.specs, resizer, link, place, inputs=values, at=case.scope)


def _encoded(case: Case) -> Connection | None:
    """The link in the node's graph by which a picture comes to where latents are made of it."""
    for link in edits.connections(case.scope.body(case.workflow)):
        spec = case.sockets.spec(str(link.target.node))
        entry = spec.input(link.target.input)
        encodes = any(output.socket.name == "Latent" for output in spec.outputs)
        if entry is not None and entry.socket.name == "Image" and encodes:
            return link
    return None


def _one_at_a_time(workflow: Workflow, counts: list[_Size]) -> Workflow:
    for count in counts:
        workflow = count.changed(workflow, 1)
    return workflow


def _sizes(case: Case) -> Iterator[_Size]:
    """What says how large or many the pictures are that the node works on, each once."""
    graph = flat_graph(case.workflow, case.specs)
    try:
        names = graph.order([str(case.scope.inside(case.fault.node))])
    except (NodeflowError, KeyError):
        return
    seen: set[tuple[str | None, Target]] = set()
    for path in names:
        *outer, name = path.split("/")
        scope, bound = Scope(tuple(outer)), graph.nodes[path]
        for spec in bound.node.spec.inputs:
            source = bound.inputs.get(spec.name, Constant(spec.default))
            if spec.measure is None or not isinstance(source, Constant) or not isinstance(source.value, int):
                continue
            target = Target(name, spec.name)
            place = scope.definition(case.workflow), target
            if place not in seen:
                seen.add(place)
                yield _Size(scope, target, spec, source.value)
