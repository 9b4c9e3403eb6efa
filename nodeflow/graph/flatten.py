"""Expanding subgraphs, reroutes and switches: the document's nested graphs become one flat set of nodes.

Works with a stack of its own, not by recursion. A small file can describe a huge graph, so size and depth are
limited.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nodeflow.document.model import REROUTE, SUBGRAPH, SWITCH, GraphBody, Mode, Node, Subgraph, Workflow
from nodeflow.document.values import GraphInput, InputValue, Link, Several, literal
from nodeflow.errors import Problem
from nodeflow.graph.source import Absent, Constant, Source, Wire, bundled
from nodeflow.graph.switches import choose, decide, is_decided
from nodeflow.node.spec import NodeSpec
from nodeflow.node.structural import reroute, switch

MAX_NODES = 100_000
"""More nodes than any workflow has; subgraphs within subgraphs could grow without end."""

THAW = "Thaw it"

MAX_DEPTH = 32
"""Deeper than subgraphs are nested by hand; each level makes every name inside longer."""


@dataclass(frozen=True, slots=True)
class FlatNode:
    """A node after expansion; its name holds the names of the subgraph nodes around it."""

    name: str
    type: str
    version: int
    inputs: Mapping[str, Source]
    frozen: str | None = None


@dataclass
class Flat:
    """A workflow without nesting.

    Attributes:
        nodes: By flat name; among them the switches that are undecided.
        aliases: For each reroute, switch and subgraph node, what each of its outputs passes on.
        passed_over: What is linked to switches that chose something else.
        muted: Names of muted nodes and subgraph nodes.
        bypassed: For each bypassed node or subgraph node, its inputs in order.
        inside_bypassed: Names of the nodes inside bypassed subgraph nodes.
        problems: What was found on the way.
    """

    nodes: dict[str, FlatNode] = field(default_factory=dict)
    aliases: dict[str, dict[str, Source]] = field(default_factory=dict)
    passed_over: list[Source] = field(default_factory=list)
    muted: set[str] = field(default_factory=set)
    bypassed: dict[str, Mapping[str, Source]] = field(default_factory=dict)
    inside_bypassed: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    def why_left_out(self, name: str) -> str | None:
        """Why a node takes no part, if it does not."""
        if name in self.muted:
            return "the node is muted"
        if name in self.bypassed or name in self.inside_bypassed:
            return "the node is bypassed"
        return None


@dataclass(frozen=True, slots=True)
class _Scope:
    """One graph of the document in one place of use."""

    body: GraphBody
    prefix: str = ""
    bindings: Mapping[str, Source] = field(default_factory=dict)
    definitions: tuple[str, ...] = ()
    muted: bool = False
    bypassed: bool = False


class _Flattener:
    def __init__(self, workflow: Workflow, choices: Mapping[str, Any]) -> None:
        self.workflow = workflow
        self.choices = choices
        self.flat = Flat()
        self.stack = [_Scope(workflow)]
        self.size = 0

    def run(self) -> Flat:
        while self.stack:
            scope = self.stack.pop()
            self.size += len(scope.body.nodes)
            if self.size > MAX_NODES:
                return Flat(problems=[Problem(f"the workflow expands to more than {MAX_NODES:,} nodes")])
            modes = scope.body.modes()
            self._check_seeds(scope)
            for name, node in scope.body.nodes.items():
                self._add(scope, scope.prefix + name, node, modes.get(name))
        return self.flat

    def _check_seeds(self, scope: _Scope) -> None:
        for path in scope.body.seeds:
            node, _, name = path.rpartition(".")
            if node not in scope.body.nodes:
                self._problem('has a mode in "seeds", but there is no such node', scope.prefix + node, name)

    def _add(self, scope: _Scope, name: str, node: Node, mode: Mode | None) -> None:
        if scope.muted or mode is Mode.MUTE:
            self.flat.muted.add(name)
        if scope.bypassed:
            self.flat.inside_bypassed.add(name)
        inputs = {key: self._source(value, scope, name, key) for key, value in node.inputs.items()}
        if mode is Mode.BYPASS and node.type not in (REROUTE, SWITCH):  # which pass a value on anyway
            self.flat.bypassed[name] = inputs
        if node.type == SUBGRAPH:
            self._add_subgraph(scope, name, node, inputs)
        elif node.type == REROUTE:
            self._check_names(name, inputs, reroute.spec)
            self.flat.aliases[name] = {"value": inputs.get("value", Absent.UNSET)}
        elif node.type == SWITCH:
            self._check_names(name, inputs, switch.spec)
            self._add_switch(name, node, inputs)
        else:
            self.flat.nodes[name] = FlatNode(name, node.type, node.version, inputs, node.frozen)
            return
        if node.frozen is not None:
            self._problem(f"is frozen, but a {node.type} has no result of its own", name, advice=THAW)

    def _add_switch(self, name: str, node: Node, inputs: Mapping[str, Source]) -> None:
        if name in self.choices:
            inputs = decide(inputs, self.choices[name])
        if not is_decided(inputs):
            self.flat.nodes[name] = FlatNode(name, node.type, switch.spec.version, inputs)
            return
        chosen = choose(inputs, lambda message, key, advice: self._problem(message, name, key, advice))
        self.flat.aliases[name] = {"value": chosen.value}
        self.flat.passed_over.extend(chosen.passed_over)

    def _check_names(self, name: str, inputs: Mapping[str, Source], spec: NodeSpec) -> None:
        known = [entry.name for entry in spec.inputs]
        for extra in inputs:
            if extra not in known:
                self._problem(f"{spec.type} has no such input", name, extra, f"It has: {', '.join(known)}")

    def _add_subgraph(self, scope: _Scope, name: str, node: Node, inputs: dict[str, Source]) -> None:
        body = self.workflow.subgraphs.get(node.subgraph or "")
        self.flat.aliases[name] = {}
        if node.subgraph is None or body is None:
            known = ", ".join(self.workflow.subgraphs) or "none"
            message = f"there is no subgraph {node.subgraph!r}" if node.subgraph else 'needs "subgraph"'
            self._problem(message, name, advice=f"The workflow has: {known}")
        elif node.subgraph in scope.definitions:
            self._problem(f"the subgraph {node.subgraph!r} contains itself", name)
        elif len(scope.definitions) >= MAX_DEPTH:
            self._problem(f"subgraphs are nested more than {MAX_DEPTH} deep", name)
        else:
            bindings = self._bind(name, body, inputs)
            if name in self.flat.bypassed:
                self.flat.bypassed[name] = bindings
            inner = _Scope(
                body,
                prefix=f"{name}/",
                bindings=bindings,
                definitions=(*scope.definitions, node.subgraph),
                muted=name in self.flat.muted,
                bypassed=name in self.flat.bypassed or scope.bypassed,
            )
            for output, value in body.outputs.items():
                self.flat.aliases[name][output] = self._source(value, inner, name, output)
            self.stack.append(inner)

    def _bind(self, name: str, body: Subgraph, inputs: dict[str, Source]) -> dict[str, Source]:
        for extra in sorted(inputs.keys() - body.inputs.keys()):
            known = ", ".join(body.inputs) or "none"
            self._problem("the subgraph has no such input", name, extra, advice=f"It has: {known}")
        bindings: dict[str, Source] = {}
        for key, declared in body.inputs.items():
            has_default = "default" in declared.model_fields_set
            default = Constant(literal(declared.default)) if has_default else Absent.UNSET
            bindings[key] = inputs.get(key, default)
            if bindings[key] is Absent.UNSET and declared.required:
                self._problem("the subgraph needs this input", name, key, advice="Set it or link it")
                bindings[key] = Absent.BROKEN
        return bindings

    def _source(self, value: InputValue, scope: _Scope, name: str, key: str) -> Source:
        match value:
            case Link(node, output):
                if node not in scope.body.nodes:
                    self._problem(f"is linked to {node!r}, and there is no such node", name, key)
                    return Absent.BROKEN
                return Wire(scope.prefix + node, output)
            case GraphInput(wanted):
                if wanted not in scope.bindings:
                    self._problem(f"there is no subgraph input {wanted!r} around this node", name, key)
                    return Absent.BROKEN
                return scope.bindings[wanted]
            case Several(items):
                return bundled(self._source(item, scope, name, key) for item in items)
        return Constant(literal(value))

    def _problem(self, message: str, node: str, key: str | None = None, advice: str | None = None) -> None:
        """Note what is wrong with a node, unless it takes no part anyway."""
        if self.flat.why_left_out(node) is None:
            self.flat.problems.append(Problem(message, node, key, advice))


def flatten(workflow: Workflow, choices: Mapping[str, Any] | None = None) -> Flat:
    """Expand all subgraphs of a workflow; reroutes, switches and subgraph outputs become aliases.

    Args:
        workflow: The document.
        choices: What came through the links that choose for switches, by flat name. A switch whose choice is
            linked and not known is a node among others.
    """
    return _Flattener(workflow, choices or {}).run()
