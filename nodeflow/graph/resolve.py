"""Following wires to where their values really come from: through reroutes, subgraphs, mute and bypass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nodeflow.errors import Problem
from nodeflow.graph.flatten import Flat
from nodeflow.graph.source import Absent, Bundle, Constant, Source, Wire, bundled, wires_in
from nodeflow.node.registry import AnyNode
from nodeflow.node.sockets import Socket, socket_of
from nodeflow.node.spec import NodeSpec

Candidate = tuple[Socket | None, Source]
"""What a bypassed node could pass on: the type, where it is known, and the source."""


class Resolver:
    """Follows the wires of a flat workflow.

    Args:
        flat: The workflow.
        types: The node type of every flat node that is known.
        inputs: The inputs of every flat node of a known type, in its newest version.
    """

    def __init__(
        self, flat: Flat, types: Mapping[str, AnyNode], inputs: Mapping[str, Mapping[str, Source]]
    ) -> None:
        self._through = flat.muted | flat.bypassed.keys() | flat.aliases.keys()
        self._needs_type = any(name not in types for name in flat.bypassed)
        self._followers: dict[Socket | None, _Follower] = {}
        self._parts = flat, types, inputs

    def resolve(self, source: Source, wanted: Socket) -> Source:
        """Return what `source` stands for: a wire from a node that runs, a constant, a bundle, or why none.

        Args:
            source: As in the flat workflow.
            wanted: The type of the input; it decides what a bypassed node of an unknown type passes on.
        """
        if all(wire.node not in self._through for wire in wires_in(source)):
            return source
        key = wanted if self._needs_type else None
        if key not in self._followers:
            self._followers[key] = _Follower(*self._parts, self._through, key)
        return self._followers[key].follow(source)

    @property
    def problems(self) -> list[Problem]:
        """What was found on the way."""
        return list(dict.fromkeys(p for follower in self._followers.values() for p in follower.problems))


class _Follower:
    """Follows wires to inputs of one type, or of any type where that makes no difference."""

    def __init__(
        self,
        flat: Flat,
        types: Mapping[str, AnyNode],
        inputs: Mapping[str, Mapping[str, Source]],
        through: set[str],
        wanted: Socket | None,
    ) -> None:
        self._flat = flat
        self._types = types
        self._inputs = inputs
        self._through = through
        self._wanted = wanted
        self._found: dict[Wire, Source] = {}
        self.problems: list[Problem] = []

    def follow(self, source: Source) -> Source:
        """Settle all wires behind `source`, the hindmost first."""
        entered: dict[Wire, list[Source]] = {}
        stack = self._open(source)
        while stack:
            wire = stack[-1]
            if wire in self._found:
                stack.pop()
            elif wire not in entered:
                entered[wire] = self._behind(wire)
                stack.extend(feed for behind in entered[wire] for feed in self._open(behind))
            elif any(self._open(behind) for behind in entered[wire]):  # met again before it was settled
                self.problems.append(Problem("is fed by itself", wire.node, advice="Remove one of the links"))
                self._found[wire] = Absent.BROKEN
            else:
                self._found[wire] = self._settle(wire, entered[wire])
        return self._substitute(source)

    def _open(self, source: Source) -> list[Wire]:
        return [wire for wire in wires_in(source) if wire.node in self._through and wire not in self._found]

    def _substitute(self, source: Source) -> Source:
        if isinstance(source, Wire):
            return self._found.get(source, source)
        if isinstance(source, Bundle):
            return bundled(self._substitute(item) for item in source.items)
        return source

    def _behind(self, wire: Wire) -> list[Source]:
        """What must be settled before the wire can be; the first of them is what it stands for, if known."""
        name = wire.node
        alias = self._flat.aliases.get(name, {}).get(wire.output, wire)
        if name in self._flat.muted:
            return [Absent.MUTED]
        if name not in self._flat.bypassed:
            return [] if alias is wire else [alias]
        if name in self._types:
            return [self._pass_on(self._types[name].spec, wire)]
        return [*self._flat.bypassed[name].values(), *([] if alias is wire else [alias])]

    def _settle(self, wire: Wire, behind: list[Source]) -> Source:
        if wire.node in self._flat.bypassed and wire.node not in self._types:
            return self._pass_on_by_value(wire)
        return self._substitute(behind[0]) if behind else wire

    def _pass_on(self, spec: NodeSpec, wire: Wire) -> Source:
        """What a bypassed node of a known type passes on."""
        inputs = self._inputs[wire.node]

        def candidates() -> Iterator[Candidate]:
            for known in spec.inputs:
                source = inputs.get(known.name, Absent.UNSET)
                has_default = source is Absent.UNSET and known.default is not None
                yield known.socket, Constant(known.default) if has_default else source

        output = spec.output(wire.output)
        place = spec.outputs.index(output) if output else None
        return _best(list(candidates()), place, output.socket if output else None)

    def _pass_on_by_value(self, wire: Wire) -> Source:
        """What a bypassed subgraph node or unknown node passes on; only values tell its types."""
        sources = [self._substitute(source) for source in self._flat.bypassed[wire.node].values()]
        candidates = [(self._type_of(source), source) for source in sources]
        outputs = self._flat.aliases.get(wire.node, {})
        if wire.output not in outputs:
            return _best(candidates, None, self._wanted)
        gives = self._type_of(self._substitute(outputs[wire.output]))
        return _best(candidates, list(outputs).index(wire.output), gives or self._wanted)

    def _type_of(self, source: Source) -> Socket | None:
        if isinstance(source, Wire) and source.node in self._types:
            output = self._types[source.node].spec.output(source.output)
            return output.socket if output else None
        if isinstance(source, Constant) and isinstance(source.value, str | int | float):
            return socket_of(type(source.value))
        return None


def _best(candidates: list[Candidate], place: int | None, wanted: Socket | None) -> Source:
    """The candidate at `place` if it fits, else the first of exactly that type, else the first that fits."""
    fitting = [
        (index, socket, source)
        for index, (socket, source) in enumerate(candidates)
        if wanted is not None and socket is not None and wanted.accepts(socket)
    ]
    ranked = sorted(fitting, key=lambda found: (found[0] != place, found[1] != wanted))
    chosen = ranked[0][2] if ranked else Absent.BYPASSED
    return Absent.BYPASSED if chosen is Absent.UNSET else chosen
