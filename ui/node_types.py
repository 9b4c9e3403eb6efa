"""What the window knows of node types: its own are imported, those of other packages only told of.

Importing another's package runs its code, which may crash or hang: that is the worker's business. What the
worker told last is remembered, so that a workflow opens at once with all its nodes.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from nodeflow.cache.packing import Unreadable
from nodeflow.files.atomic import write_replacing
from nodeflow.node.registry import BUILT_IN, NodeTypes, Registry
from nodeflow.worker.node_types import pack_node_types, unpack_node_types

FILE = "node_types.json"


def own_types() -> NodeTypes:
    """The node types that come with the program."""
    return Registry.built_in().types()


def others(types: NodeTypes) -> NodeTypes:
    """Those of other packages."""
    foreign = {name: origin for name, origin in types.origins.items() if origin != BUILT_IN}
    return NodeTypes(tuple(spec for spec in types.specs if spec.type in foreign), types.faults, foreign)


def joined(own: NodeTypes, told: NodeTypes) -> NodeTypes:
    """All node types, in the registry's order."""
    known = {spec.type for spec in own.specs}
    specs = [*own.specs, *(spec for spec in told.specs if spec.type not in known)]
    specs.sort(key=lambda spec: (spec.category, spec.type))
    faults = tuple(dict.fromkeys((*own.faults, *told.faults)))
    return NodeTypes(tuple(specs), faults, {**told.origins, **own.origins})


def same(one: NodeTypes, two: NodeTypes) -> bool:
    """Whether two are alike; the classes that stand for those of other packages are made anew each time."""
    return pack_node_types(one) == pack_node_types(two)


def remember(folder: Path, types: NodeTypes) -> None:
    """Keep what was told for the next start; a full disk does no harm."""
    plain = pack_node_types(types)
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        write_replacing(folder / FILE, json.dumps(plain).encode())


def remembered(folder: Path) -> NodeTypes:
    """What was told last time; nothing if that cannot be read."""
    try:
        return unpack_node_types(json.loads((folder / FILE).read_text("utf-8")))
    except (OSError, ValueError, LookupError, TypeError, AttributeError, Unreadable):
        return NodeTypes(())
