"""Node types as plain JSON values, and back, without importing the packages they come from.

Classes of values that this process knows come back as they are. For others it makes classes that are as much
alike as sockets ask for: of the same name, derived from the same classes, with the same choices.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, cast

from nodeflow.cache.classes import BUILT_IN, class_name, class_table
from nodeflow.cache.packing import NotStorable, Reader, Writer
from nodeflow.node.registry import NodeTypes
from nodeflow.node.sockets import Socket
from nodeflow.node.spec import NodeSpec


@dataclass(frozen=True)
class ClassSketch:
    """A class, as far as sockets look at it.

    Attributes:
        module: Where it is defined.
        name: Its name there.
        bases: What it derives from.
        members: Names and values, if it is an enumeration.
    """

    module: str
    name: str
    bases: tuple[ClassSketch, ...] = ()
    members: tuple[tuple[str, str], ...] = ()


_CLASSES = class_table((NodeSpec, ClassSketch, *BUILT_IN))


def pack_node_types(types: NodeTypes) -> dict[str, Any]:
    """Node types as plain values. One that cannot be told becomes a fault."""
    specs, faults = [], list(types.faults)
    for spec in types.specs:
        writer = Writer(_CLASSES)
        try:
            specs.append(writer.pack(_sketched(spec)))
        except NotStorable as error:
            faults.append(f"node {spec.type} cannot be shown: {error}")
    return {"specs": specs, "faults": faults, "origins": dict(types.origins)}


def unpack_node_types(plain: dict[str, Any]) -> NodeTypes:
    """The node types."""
    made: dict[str, type] = {}
    read = Reader(_CLASSES, {})
    specs = tuple(
        _with_sockets(read.unpack(spec), lambda sketch: _made(sketch, made)) for spec in plain["specs"]
    )
    return NodeTypes(specs, tuple(plain["faults"]), plain["origins"])


def _sketched(spec: NodeSpec) -> NodeSpec:
    return _with_sockets(replace(spec, presets={n: dict(v) for n, v in spec.presets.items()}), _sketch)


def _with_sockets(spec: NodeSpec, other: Any) -> NodeSpec:
    """The same with another `type` for each socket."""

    def changed(socket: Socket) -> Socket:
        return replace(socket, type=other(socket.type))

    return replace(
        spec,
        inputs=tuple(replace(item, socket=changed(item.socket)) for item in spec.inputs),
        outputs=tuple(replace(item, socket=changed(item.socket)) for item in spec.outputs),
    )


def _sketch(kind: type) -> ClassSketch:
    if issubclass(kind, Enum):
        members = tuple((member.name, str(member.value)) for member in kind)
        return ClassSketch(kind.__module__, kind.__qualname__, members=members)
    bases = tuple(_sketch(base) for base in kind.__bases__ if base is not object)
    return ClassSketch(kind.__module__, kind.__qualname__, bases)


def _made(sketch: ClassSketch, made: dict[str, type]) -> type:
    """The class itself where it was imported already, else one like it; the same for the same name."""
    name = f"{sketch.module}.{sketch.name}"
    known = getattr(sys.modules.get(sketch.module), sketch.name, None)
    if isinstance(known, type) and class_name(known) == name:
        return known
    if name not in made:
        if sketch.members:
            made[name] = cast("type", Enum(sketch.name, list(sketch.members)))
        else:
            bases = tuple(_made(base, made) for base in sketch.bases)
            made[name] = type(sketch.name, bases, {"__module__": sketch.module})
    return made[name]
