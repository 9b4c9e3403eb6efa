"""Binding flat nodes to node types and checking every input, so that all problems are known before a run."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping

from nodeflow.document.model import SWITCH
from nodeflow.errors import NodeDefinitionError, Problem, one_line
from nodeflow.graph.flatten import THAW, Flat, FlatNode
from nodeflow.graph.resolve import Resolver
from nodeflow.graph.source import MAX_ITEMS, Absent, Bundle, Constant, Source, Wire, bundled, wires_in
from nodeflow.graph.switches import CHOICE
from nodeflow.node.registry import AnyNode, Registry
from nodeflow.node.spec import InputSpec, NodeKind
from nodeflow.node.structural import switch


class Binder:
    """Binds a flat workflow.

    Attributes:
        types: The node type of each flat node whose type is known.
        inputs: For each node that can run, where its inputs come from.
        left_out: For each node that cannot run because of mute or bypass, why.
        passed_over: The nodes whose outputs go to switches that chose something else.
        unknown: For each node whose type, or its version, is not here, the problem. All its inputs count.
        problems: What is wrong, that included.
        held: The frozen nodes whose results are at hand: nothing feeds them, and their inputs do not matter.

    Args:
        flat: The workflow.
        registry: The node types.
        held: The keys of frozen nodes' results that are at hand.
    """

    def __init__(self, flat: Flat, registry: Registry, held: Collection[str] = ()) -> None:
        self._flat = flat
        self._registry = registry
        self.held = {name for name, node in flat.nodes.items() if node.frozen in held}
        self.types: dict[str, AnyNode] = {}
        self.inputs: dict[str, dict[str, Source]] = {}
        self.left_out: dict[str, str] = {}
        self.passed_over: set[str] = set()
        self.unknown: dict[str, Problem] = {}
        self.problems: list[Problem] = []

    def bind(self) -> None:
        """Do all of it."""
        newest = {}
        for name, flat in self._flat.nodes.items():
            found = self._typed(flat)
            if found is not None:
                self.types[name], newest[name] = found
        self._resolver = Resolver(self._flat, self.types, newest)
        for name in self._flat.nodes:
            if reason := self._flat.why_left_out(name):
                self.left_out[name] = reason
            elif name in newest:
                self.inputs[name] = {} if name in self.held else self._checked(name, newest[name])
                self._check_frozen(name)
        self._leave_out_dependents()
        for name in self.unknown:
            self.inputs[name] = self._unchecked(name)
        for source in self._flat.passed_over:
            unused = self._resolver.resolve(source, switch.spec.outputs[0].socket)
            self.passed_over.update(wire.node for wire in wires_in(unused))
        self.problems.extend(self._resolver.problems)

    def origin(self, wire: Wire) -> Source:
        """Where what a wire carries really comes from; after `bind`."""
        return self._resolver.resolve(wire, switch.spec.outputs[0].socket)

    def _typed(self, flat: FlatNode) -> tuple[AnyNode, Mapping[str, Source]] | None:
        """The node's type and its inputs as the newest version has them; None if that is impossible."""
        node = switch if flat.type == SWITCH else self._registry.get(flat.type)
        if node is None:
            similar = " or ".join(self._registry.similar(flat.type))
            hint = f"Did you mean {similar}?" if similar else "Install the package that has it"
            self._not_here(f"unknown node type {flat.type!r}", flat.name, hint)
            return None
        newest = node.spec.version
        if flat.version == newest:
            return node, flat.inputs
        if flat.version > newest:
            message = f"was made with version {flat.version} of {flat.type}, here is version {newest}"
            self._not_here(message, flat.name, "Update the package that has it")
            return None
        try:
            return node, _migrated(node, flat)
        except NodeDefinitionError as error:
            self._problem(error.message, flat.name)
        except Exception as error:  # noqa: BLE001 - a migration meets data its author did not foresee
            self._problem(f"could not be brought up to date: {one_line(error)}", flat.name)
        return None

    def _not_here(self, message: str, name: str, advice: str) -> None:
        """Note that a node cannot run on this machine, unless it takes no part anyway."""
        if self._flat.why_left_out(name) is None:
            self.unknown[name] = Problem(message, name, advice=advice)
            self.problems.append(self.unknown[name])

    def _unchecked(self, name: str) -> dict[str, Source]:
        """What feeds a node of which nobody knows what it takes."""
        inputs: dict[str, Source] = {}
        for key, raw in self._flat.nodes[name].inputs.items():
            source = self._without_left_out(self._resolver.resolve(raw, switch.spec.outputs[0].socket))
            if not isinstance(source, Absent):
                inputs[key] = source
        return inputs

    def _check_frozen(self, name: str) -> None:
        """Only what is kept by a key can be frozen."""
        spec = self.types[name].spec
        if self._flat.nodes[name].frozen is not None and spec.kind is not NodeKind.HEAVY:
            self._problem(f"is frozen, but what {spec.type} gives is never kept", name, advice=THAW)

    def _checked(self, name: str, raw: Mapping[str, Source]) -> dict[str, Source]:
        """Resolve and check the inputs of one node; those that are unset are not in the result."""
        spec = self.types[name].spec
        for extra in raw:
            if spec.input(extra) is None:
                known = ", ".join(known.name for known in spec.inputs) or "none"
                self._problem(f"{spec.type} has no such input", name, extra, f"It has: {known}")
        result: dict[str, Source] = {}
        for wanted in spec.inputs:
            source = self._resolver.resolve(raw.get(wanted.name, Absent.UNSET), wanted.socket)
            if source in (Absent.UNSET, Absent.BYPASSED):
                if wanted.required:
                    self._missing(name, wanted, source, linked=wanted.name in raw)
            else:
                self._check_source(name, wanted, source)
                result[wanted.name] = source
        return result

    def _missing(self, name: str, spec: InputSpec, why: Source, *, linked: bool) -> None:
        """Note that a required input has no value."""
        hint = "Give it a value, or a link"
        if spec.socket.literal is None:
            hint = f"Link an output of the type {spec.socket.name} to it"
        message = "this input is not set" if spec.socket.literal else "nothing is linked to this input"
        if why is Absent.BYPASSED:
            message = "what is linked to it is bypassed and has nothing that fits to pass on"
        elif linked:
            message = "what is linked to it gives nothing"
        self._problem(message, name, spec.name, hint)

    def _check_source(self, name: str, spec: InputSpec, source: Source) -> None:
        for arriving in self._arriving(source, spec, set()):
            self._check_arriving(name, spec, arriving)

    def _arriving(self, source: Source, spec: InputSpec, seen: set[str]) -> Iterator[Source]:
        """What may come from a source: itself, or every value of a switch that is undecided."""
        if not isinstance(source, Wire) or not self._is_undecided(source):
            yield source
        elif source.node not in seen:
            seen.add(source.node)
            for name, value in self._flat.nodes[source.node].inputs.items():
                if name != CHOICE:
                    yield from self._arriving(self._resolver.resolve(value, spec.socket), spec, seen)

    def _is_undecided(self, wire: Wire) -> bool:
        feed = self._flat.nodes.get(wire.node)
        return feed is not None and feed.type == SWITCH and switch.spec.output(wire.output) is not None

    def _check_arriving(self, name: str, spec: InputSpec, source: Source) -> None:
        if isinstance(source, Wire):
            self._check_wire(name, spec, source)
        elif isinstance(source, Constant):
            try:
                spec.read(source.value)
            except ValueError as error:
                self._problem(str(error), name, spec.name)
        elif isinstance(source, Bundle) and not spec.many:
            if self._flat.nodes[name].type == SWITCH:
                return  # it passes lists on
            self._problem("takes one value, not a list", name, spec.name)
        elif isinstance(source, Bundle):
            for item in source.items:
                self._check_source(name, spec, item)
        elif source is Absent.TOO_LONG:
            self._problem(f"takes no more than {MAX_ITEMS:,} values", name, spec.name)

    def _check_wire(self, name: str, spec: InputSpec, wire: Wire) -> None:
        feed = self.types.get(wire.node)
        if feed is None:
            if wire.node in self._flat.aliases:
                self._no_output(name, spec, wire, self._flat.aliases[wire.node])
            return
        output = feed.spec.output(wire.output)
        if output is None:
            self._no_output(name, spec, wire, [known.name for known in feed.spec.outputs])
        elif not spec.socket.accepts(output.socket):
            message = f"takes {spec.socket.name}, but {wire.node}.{wire.output} gives {output.socket.name}"
            self._problem(message, name, spec.name)

    def _no_output(self, name: str, spec: InputSpec, wire: Wire, outputs: Iterable[str]) -> None:
        known = ", ".join(outputs) or "none"
        self._problem(f"{wire.node!r} has no output {wire.output!r}", name, spec.name, f"It has: {known}")

    def _leave_out_dependents(self) -> None:
        """Leave out whatever cannot do without a node that is left out, and unset what can."""
        fed: dict[str, list[str]] = {}
        for name, inputs in self.inputs.items():
            for source in inputs.values():
                for wire in wires_in(source):
                    fed.setdefault(wire.node, []).append(name)
        pending = deque(name for name, inputs in self.inputs.items() if Absent.MUTED in inputs.values())
        while pending:
            name = pending.popleft()
            if name in self.inputs and (lacking := self._lacking(name)):
                del self.inputs[name]
                self.left_out[name] = f"its input {lacking!r} comes from a node that is left out"
                pending.extend(fed.get(name, ()))

    def _lacking(self, name: str) -> str | None:
        """Drop sources that are left out; name the first required input that cannot do without."""
        inputs = self.inputs[name]
        for spec in self.types[name].spec.inputs:
            source = self._without_left_out(inputs.get(spec.name, Absent.UNSET))
            if source is not Absent.MUTED:
                if spec.name in inputs:
                    inputs[spec.name] = source
            elif spec.required:
                return spec.name
            else:
                del inputs[spec.name]
        return None

    def _without_left_out(self, source: Source) -> Source:
        if isinstance(source, Bundle):
            return bundled(map(self._without_left_out, source.items))
        return Absent.MUTED if isinstance(source, Wire) and source.node in self.left_out else source

    def _problem(self, message: str, node: str, name: str | None = None, advice: str | None = None) -> None:
        """Note what is wrong with a node, unless it takes no part anyway."""
        if self._flat.why_left_out(node) is None:
            self.problems.append(Problem(message, node, name, advice))


def _migrated(node: AnyNode, flat: FlatNode) -> Mapping[str, Source]:
    """Inputs of an older version brought up to date; a migration sees literals as they are in the file."""
    old = {name: s.value if isinstance(s, Constant) else s for name, s in flat.inputs.items()}
    new = node.migrate(old, flat.version)
    linked = Wire | Bundle | Absent
    return {name: value if isinstance(value, linked) else Constant(value) for name, value in new.items()}
