"""Which node types there are: built-in and third-party ones, found in the same way, through entry points."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import Any

from nodeflow.document.structural import STRUCTURAL
from nodeflow.errors import one_line
from nodeflow.node.node import Node
from nodeflow.node.spec import NodeSpec
from nodeflow.node.structural import reroute, switch

GROUP = "nodeflow.nodes"
BUILT_IN = "nodeflow"
"""The package whose nodes come with the program."""

AnyNode = Node[..., Any]


@dataclass(frozen=True)
class NodeTypes:
    """What there is to build workflows from.

    Attributes:
        specs: The node types, in the registry's order.
        faults: One line for each package whose nodes could not be loaded.
        origins: The package that each node type comes from, by type.
    """

    specs: tuple[NodeSpec, ...]
    faults: tuple[str, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict)


class Registry:
    """The node types that a workflow can use.

    Attributes:
        faults: One line for each package whose nodes could not be loaded.
        origins: The package that each node type comes from, by type; those added by hand come from none.
    """

    def __init__(self, nodes: Iterable[AnyNode] = ()) -> None:
        self._nodes: dict[str, AnyNode] = {}
        self.faults: list[str] = []
        self.origins: dict[str, str] = {}
        for node in nodes:
            self.add(node)

    @classmethod
    def installed(cls) -> Registry:
        """All node types of installed packages, and the document's own. Importing a package runs its code."""
        return cls._of(sorted(entry_points(group=GROUP), key=_built_in_first))

    @classmethod
    def built_in(cls) -> Registry:
        """The node types that come with the program, for those who run no other package's code."""
        return cls._of([point for point in entry_points(group=GROUP) if not _built_in_first(point)[0]])

    @classmethod
    def _of(cls, points: Iterable[EntryPoint]) -> Registry:
        registry = cls((reroute, switch))
        registry.origins = dict.fromkeys(registry._nodes, BUILT_IN)
        for point in points:
            registry._load(point)
        return registry

    def types(self) -> NodeTypes:
        """The same without the nodes' code."""
        return NodeTypes(tuple(node.spec for node in self), tuple(self.faults), dict(self.origins))

    def _load(self, point: EntryPoint) -> None:
        try:
            self.add_module(point.load())
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a package fails as it likes; only it suffers
            self.faults.append(f"nodes of {point.name!r} ({point.value}) were not loaded: {one_line(error)}")
        package = point.dist.name if point.dist is not None else point.name
        self.origins.update((name, package) for name in self._nodes.keys() - self.origins.keys())

    def add_module(self, module: ModuleType) -> None:
        """Add every node that a module holds."""
        for value in vars(module).values():
            if isinstance(value, Node):
                self.add(value)

    def add(self, node: AnyNode) -> None:
        """Add a node type; the first one of a name stays."""
        if node.spec.type in STRUCTURAL and node not in (reroute, switch):
            reason = "the name belongs to workflow files themselves"
            self.faults.append(f"node {node.spec.type} of {node.__module__} was ignored: {reason}")
            return
        known = self._nodes.setdefault(node.spec.type, node)
        if known is not node:
            self.faults.append(
                f"node {node.spec.type} of {node.__module__} was ignored: {known.__module__} has it"
            )

    def get(self, type_id: str) -> AnyNode | None:
        """The node type of that name, if there is one."""
        return self._nodes.get(type_id)

    def similar(self, type_id: str) -> list[str]:
        """Names that `type_id` may have been meant to be."""
        # Among many names some are always a little alike; half of the letters is no hint.
        return difflib.get_close_matches(type_id, self._nodes, n=3, cutoff=0.7)

    def __iter__(self) -> Iterator[AnyNode]:
        return iter(sorted(self._nodes.values(), key=lambda node: (node.spec.category, node.spec.type)))

    def __len__(self) -> int:
        return len(self._nodes)


def _built_in_first(point: EntryPoint) -> tuple[bool, str]:
    return point.dist is None or point.dist.name != BUILT_IN, point.name
