"""What each node of a graph looks like from outside, as a `NodeSpec`, also where no registry knows it.

Reroutes, switches and subgraphs get their types from what is linked to them; nodes of unknown types get their
sockets from the file: inputs that are set, outputs that are used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property

from nodeflow.document.links import Source, Target, connections, feeds
from nodeflow.document.model import REROUTE, SUBGRAPH, SWITCH, GraphBody, Node, Subgraph, Workflow
from nodeflow.document.scope import TOP, Scope
from nodeflow.document.values import GraphInput, InputValue, Link, Several, literal
from nodeflow.node.annotations import Range
from nodeflow.node.sockets import Socket, socket_of
from nodeflow.node.spec import InputSpec, NodeKind, NodeSpec, OutputSpec
from nodeflow.node.structural import MAX_VALUES, reroute, switch, value_name

ANY = socket_of(object)
"""A type that is not known, or takes everything."""

REROUTE_SPEC = reroute.spec
SWITCH_SPEC = switch.spec
PASSING = {REROUTE: REROUTE_SPEC, SWITCH: SWITCH_SPEC}
"""Node types that pass on what is linked to them, by name: their output has its type."""

MISSING = "missing"
"""The category of types that no registry knows."""

MAX_DEPTH = 64
"""Types are not followed further than this: a file can hold cycles."""


class Sockets:
    """The sockets of one graph's nodes. Made anew for each workflow; what was asked is remembered.

    Args:
        workflow: The document.
        specs: The node types there are.
        at: The graph.
    """

    def __init__(self, workflow: Workflow, specs: Mapping[str, NodeSpec], at: Scope = TOP) -> None:
        self._workflow = workflow
        self._specs = specs
        self._bodies: dict[str | None, _Body] = {}
        self._here = at.definition(workflow)

    def spec(self, name: str) -> NodeSpec:
        """What a node looks like; the graph must have it."""
        return self._spec(self._here, name, 0)

    @cached_property
    def feeds(self) -> dict[str, set[str]]:
        """For each node, the nodes whose outputs it takes."""
        return feeds(self._body(self._here).body)

    def known(self, name: str) -> bool:
        """Whether the node's type is known on this machine."""
        node = self._body(self._here).body.nodes[name]
        return node.type == SUBGRAPH or node.type in PASSING or node.type in self._specs

    def of_source(self, source: Source) -> Socket:
        """The type of an output; `ANY` if it is not known."""
        return self._source(self._here, source, 0)

    def of_target(self, target: Target) -> InputSpec:
        """What an input takes; an input that nothing is known about takes anything."""
        return self._target(self._here, target, 0)

    def _body(self, key: str | None) -> _Body:
        if key not in self._bodies:
            body = self._workflow if key is None else self._workflow.subgraphs[key]
            self._bodies[key] = _Body(body)
        return self._bodies[key]

    def _spec(self, key: str | None, name: str, depth: int) -> NodeSpec:
        found = self._body(key)
        if name not in found.specs:
            spec = self._made(key, name, depth)
            if depth >= MAX_DEPTH:
                return spec  # perhaps wrong, so not to be remembered
            found.specs[name] = spec
        return found.specs[name]

    def _made(self, key: str | None, name: str, depth: int) -> NodeSpec:
        found = self._body(key)
        node = found.body.nodes[name]
        if depth >= MAX_DEPTH:
            return _with_all(replace(REROUTE_SPEC, inputs=(), outputs=()), node, found.used(name))
        if node.type == REROUTE:
            value = node.inputs.get("value")
            socket = ANY if value is None else self._of_value(key, value, depth + 1)
            return _with_all(
                replace(REROUTE_SPEC, outputs=(OutputSpec("value", socket),)), node, found.used(name)
            )
        if node.type == SWITCH:
            return _with_all(self._switch(key, node, depth), node, found.used(name))
        if node.type == SUBGRAPH and node.subgraph in self._workflow.subgraphs:
            return _with_all(self._subgraph(node.subgraph or "", depth), node, found.used(name))
        spec = self._specs.get(node.type) or NodeSpec(
            type=node.type,
            category=MISSING,
            kind=NodeKind.LIGHT,
            version=node.version,
            revision=1,
            inputs=(),
            outputs=(),
            summary="The package that has this node is not installed here.",
        )
        return _with_all(spec, node, found.used(name))

    def _switch(self, key: str | None, node: Node, depth: int) -> NodeSpec:
        """A switch with the values that are linked and a free one; its output has the type of the chosen."""
        entry, *values = SWITCH_SPEC.inputs
        linked = [number for number, item in enumerate(values, 1) if item.name in node.inputs]
        choice = literal(node.inputs.get(entry.name, entry.default))
        choice = choice if choice in range(1, MAX_VALUES + 1) else 1
        value = node.inputs.get(value_name(choice if choice in linked else min(linked, default=1)))
        socket = ANY if value is None else self._of_value(key, value, depth + 1)
        return replace(
            SWITCH_SPEC,
            inputs=(
                replace(entry, widget=Range(1, max(2, choice, *linked))),
                *values[: max(2, choice, *(number + 1 for number in linked))],
            ),
            outputs=(OutputSpec("value", socket),),
        )

    def _subgraph(self, definition: str, depth: int) -> NodeSpec:
        body = self._body(definition).body
        assert isinstance(body, Subgraph)  # noqa: S101 - narrows the type
        inputs = []
        for name, shown in body.inputs.items():
            inner = self._fed_by(definition, name, depth + 1)
            unset = "default" not in shown.model_fields_set
            default = inner.default if unset else literal(shown.default)
            required, text = unset and shown.required, shown.description or inner.description
            inputs.append(replace(inner, name=name, required=required, default=default, description=text))
        return NodeSpec(
            type=SUBGRAPH,
            category="structure",
            kind=NodeKind.LIGHT,
            version=1,
            revision=1,
            inputs=tuple(inputs),
            outputs=tuple(
                OutputSpec(name, self._of_value(definition, value, depth + 1))
                for name, value in body.outputs.items()
            ),
            summary=body.description,
        )

    def _fed_by(self, definition: str, name: str, depth: int) -> InputSpec:
        """What the first thing inside takes that a subgraph's input feeds, through reroutes and switches."""
        found = self._body(definition)
        sources, seen = [GraphInput(name)], set[Source]()
        pending: list[Source] = list(sources)
        while pending and depth < MAX_DEPTH:
            source = pending.pop(0)
            seen.add(source)
            for target in found.targets.get(source, ()):
                following = self._passed_on(definition, target)
                if following is not None:
                    pending.extend([following] if following not in seen else [])
                elif target.node is not None:
                    return self._target(definition, target, depth + 1)
        return InputSpec(name, ANY, required=False)

    def _passed_on(self, key: str | None, target: Target) -> Link | None:
        """Where what is linked to an input comes out of the same node again, if it does."""
        if target.node is None or not target.input.startswith("value"):
            return None
        passes = self._body(key).body.nodes[target.node].type in PASSING
        return Link(target.node, "value") if passes else None

    def _source(self, key: str | None, source: Source, depth: int) -> Socket:
        if isinstance(source, GraphInput):
            return ANY if key is None else self._fed_by(key, source.name, depth + 1).socket
        if source.node not in self._body(key).body.nodes:
            return ANY
        output = self._spec(key, source.node, depth + 1).output(source.output)
        return output.socket if output else ANY

    def _target(self, key: str | None, target: Target, depth: int) -> InputSpec:
        anything = InputSpec(target.input, ANY, required=False)
        if target.node is None or target.node not in self._body(key).body.nodes:
            return anything
        return self._spec(key, target.node, depth + 1).input(target.input) or anything

    def _of_value(self, key: str | None, value: InputValue, depth: int) -> Socket:
        if depth >= MAX_DEPTH:
            return ANY
        if isinstance(value, Several):
            return self._of_value(key, value.items[0], depth + 1)
        if isinstance(value, Link | GraphInput):
            return self._source(key, value, depth)
        return _of_literal(value)


class _Body:
    """One graph of the document with what was found out about it."""

    def __init__(self, body: GraphBody) -> None:
        self.body = body
        self.specs: dict[str, NodeSpec] = {}
        self.targets: dict[Source, list[Target]] = {}
        self._used: dict[str, dict[str, None]] = {}
        for link in connections(body):
            self.targets.setdefault(link.source, []).append(link.target)
            if isinstance(link.source, Link):
                self._used.setdefault(link.source.node, {})[link.source.output] = None

    def used(self, name: str) -> tuple[str, ...]:
        """The outputs of a node that something is linked to."""
        return tuple(self._used.get(name, ()))


def _with_all(spec: NodeSpec, node: Node, used: tuple[str, ...]) -> NodeSpec:
    """The spec with the inputs and outputs that only the file knows: nothing that is linked may vanish."""
    inputs = [name for name in node.inputs if spec.input(name) is None]
    outputs = [name for name in used if spec.output(name) is None]
    if not inputs and not outputs:
        return spec
    more = tuple(InputSpec(name, _of_literal(node.inputs[name]), required=False) for name in inputs)
    others = tuple(OutputSpec(name, ANY) for name in outputs)
    return replace(spec, inputs=(*spec.inputs, *more), outputs=(*spec.outputs, *others))


def _of_literal(value: InputValue) -> Socket:
    plain = literal(value)
    return socket_of(type(plain)) if isinstance(plain, bool | int | float | str) else ANY
