"""The rows of one graph, kept in step with the document by the fewest insertions, moves and removals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from nodeflow.document.links import Target, connections
from nodeflow.document.model import SUBGRAPH, GraphBody, Node
from nodeflow.document.scope import Scope
from nodeflow.document.values import InputValue, Link, is_linked
from ui.canvas.graph import Graph
from ui.panels.outline.item import Item, Kind

Targets = Mapping[Link, list[Target]]
MAX_DEPTH = 32
"""Subgraphs are not looked into further than this: a file can hold cycles."""


class Tree(Protocol):
    """Changes rows and tells the views."""

    def graph(self, scope: Scope) -> Graph:
        """One of the document's graphs."""

    def insert(self, parent: Item, row: int, items: list[Item]) -> None:
        """Put new rows somewhere."""

    def remove(self, parent: Item, row: int, count: int) -> None:
        """Take rows away."""

    def move(self, item: Item, parent: Item, row: int) -> None:
        """Put a row elsewhere."""

    def touch(self, items: Iterable[Item]) -> None:
        """Tell that rows read otherwise."""


class Branch:
    """The rows of one graph.

    Args:
        top: The row they lie under: the root, or a subgraph node's.
        graph: The graph.
        tree: Makes the changes.
    """

    def __init__(self, top: Item, graph: Graph, tree: Tree) -> None:
        self.top, self.graph, self._tree = top, graph, tree
        self.nodes: dict[str, Item] = {}
        self.frames: list[Item] = []
        self.targets: Targets = {}
        self._ports: dict[str, list[Item]] = {}

    @property
    def body(self) -> GraphBody:
        """The graph as the document has it."""
        return self.graph.body

    def fill(self) -> None:
        """Make all rows; the branch has none yet."""
        self.targets = _targets(self.body)
        self.frames = [Item(Kind.FRAME, branch=self, frame=frame) for frame in self.body.frames]
        for name in self.body.nodes:
            self._add(name)
        self._arrange()

    def sync(self, graph: Graph, *, anew: bool) -> None:
        """Follow the document.

        Args:
            graph: The graph as it is now.
            anew: Node types have become others.
        """
        old, self.graph = self.graph, graph
        before, after = old.body.nodes, self.body.nodes
        self._rename(before, after)
        gone = [name for name in self.nodes if name not in after]
        changed = [n for n in after if n in self.nodes and before.get(n) is not after[n]]
        for name in gone:
            self._drop(name)
        for name in after:
            if name not in self.nodes:
                self._add(name)
        relinked = (
            bool(gone) or len(after) != len(before) or any(_relinked(before, after, n) for n in changed)
        )
        self._sync_frames()
        if relinked or anew:
            self._retarget()
        if graph.workflow.subgraphs is not old.workflow.subgraphs:
            changed += [n for n in after if after[n].type == SUBGRAPH and n not in changed]
        for name in self.nodes if relinked or anew else changed:
            self._sync_ports(name)
        self._tree.touch(item for name in changed for item in (self.nodes[name], *self._ports[name]))
        modes = old.modes.keys() | graph.modes.keys()
        self._tree.touch(
            self.nodes[n] for n in modes if n in self.nodes and old.modes.get(n) is not graph.modes.get(n)
        )
        self._sync_inner(anew=anew)

    def _rename(self, before: Mapping[str, Node], after: Mapping[str, Node]) -> None:
        """A node that only has another name keeps its row, and with it what was unfolded and selected."""
        gone = [name for name in before if name not in after and name in self.nodes]
        new = [name for name in after if name not in before]
        if len(gone) != 1 or len(new) != 1 or before[gone[0]].type != after[new[0]].type:
            return
        if list(before).index(gone[0]) != list(after).index(new[0]):
            return
        item = self.nodes[new[0]] = self.nodes.pop(gone[0])
        self._ports[new[0]] = self._ports.pop(gone[0])
        item.name = new[0]
        self._tree.touch([item])

    def _add(self, name: str) -> None:
        item = self.nodes[name] = Item(Kind.NODE, name, self)
        self._ports[name] = item.children = [
            Item(kind, port, self, item, row=row) for row, (kind, port) in enumerate(self._wanted(name))
        ]
        self._ports[name] = list(item.children)

    def _wanted(self, name: str) -> list[tuple[Kind, str]]:
        spec = self.graph.sockets.spec(name)
        inputs = [(Kind.INPUT, item.name) for item in spec.inputs]
        return inputs + [(Kind.OUTPUT, item.name) for item in spec.outputs]

    def _drop(self, name: str) -> None:
        item = self.nodes.pop(name)
        del self._ports[name]
        if item.parent is not None:
            self._tree.remove(item.parent, item.row, 1)

    def _sync_ports(self, name: str) -> None:
        wanted, known = self._wanted(name), self._ports[name]
        if [(item.kind, item.name) for item in known] == wanted:
            return
        by_key = {(item.kind, item.name): item for item in known}
        ports = [by_key.get(key) or Item(key[0], key[1], self) for key in wanted]
        for item in known:
            if item not in ports and item.parent is not None:
                self._tree.remove(item.parent, item.row, 1)
        self._ports[name] = ports
        self._put(self.nodes[name], [*ports, *self._inside(self.nodes[name])])

    def _sync_frames(self) -> None:
        """Frames have no names: those that did not change are recognised, the others go by their order."""
        frames = self.body.frames
        known = {id(item.frame): item for item in self.frames}
        kept: list[Item | None] = [known.pop(id(frame), None) for frame in frames]
        rest = iter(known.values())
        result = [item or next(rest, None) or Item(Kind.FRAME, branch=self) for item in kept]
        for item, frame in zip(result, frames, strict=True):
            if item.frame is not frame:
                item.frame = frame
                self._tree.touch([item])
        gone = [item for item in self.frames if item not in result]
        self.frames = result
        self._arrange(also=gone)
        for item in gone:
            if item.parent is not None:
                self._tree.remove(item.parent, item.row, 1)

    def _arrange(self, also: Iterable[Item] = ()) -> None:
        """Put every row where it belongs; rows in `also` come last."""
        framed: dict[str, int] = {}
        for index, frame in enumerate(self.body.frames):
            for name in frame.nodes:
                framed.setdefault(name, index)
        groups: list[list[Item]] = [[] for _ in self.frames]
        loose: list[Item] = []
        for name in self.body.nodes:
            (groups[framed[name]] if name in framed else loose).append(self.nodes[name])
        ports = self._ports_of_top()
        self._put(self.top, [*ports, *self.frames, *loose, *also])
        for row, items in zip(self.frames, groups, strict=True):
            self._put(row, items)

    def _ports_of_top(self) -> list[Item]:
        outer = self.top.branch
        return outer._ports[self.top.name] if outer is not None else []

    @staticmethod
    def _inside(item: Item) -> list[Item]:
        return [child for child in item.children if child.kind not in (Kind.INPUT, Kind.OUTPUT)]

    def _put(self, parent: Item, wanted: list[Item]) -> None:
        """Give a row these children, in this order; what else is there comes after them."""
        wished, row = set(map(id, wanted)), 0
        while row < len(wanted):
            item = wanted[row]
            here = parent.children[row] if row < len(parent.children) else None
            if here is item:
                row += 1
            elif item.parent is None:
                fresh = [item]
                while row + len(fresh) < len(wanted) and wanted[row + len(fresh)].parent is None:
                    fresh.append(wanted[row + len(fresh)])
                self._tree.insert(parent, row, fresh)
                row += len(fresh)
            elif item.parent is parent and here is not None and id(here) not in wished:
                self._tree.move(here, parent, len(parent.children))
            else:
                self._tree.move(item, parent, row)

    def _retarget(self) -> None:
        old, self.targets = self.targets, _targets(self.body)
        for link in old.keys() | self.targets.keys():
            if old.get(link) != self.targets.get(link) and link.node in self.nodes:
                self._tree.touch(
                    item for item in self._ports[link.node] if item.is_at(Kind.OUTPUT, link.output)
                )

    @property
    def depth(self) -> int:
        """How many subgraphs are around it."""
        return len(self.graph.scope.path)

    def scope_inside(self, item: Item) -> Scope | None:
        """The graph inside a row's node, if it is a subgraph."""
        node = self.body.nodes.get(item.name) if item.kind is Kind.NODE else None
        if node is None or node.type != SUBGRAPH or self.depth >= MAX_DEPTH:
            return None
        known = node.subgraph in self.graph.workflow.subgraphs
        return self.graph.scope.inside(item.name) if known else None

    def _sync_inner(self, *, anew: bool) -> None:
        for item in self.nodes.values():
            if item.inner is None:
                continue
            scope = self.scope_inside(item)
            if scope is None:
                for child in reversed(self._inside(item)):
                    self._tree.remove(item, child.row, 1)
                item.inner = None
            else:
                item.inner.sync(self._tree.graph(scope), anew=anew)

    def all_nodes(self) -> Iterator[Item]:
        """The rows of its nodes and of those inside, as far as they have been looked into."""
        for item in self.nodes.values():
            yield item
            if item.inner is not None:
                yield from item.inner.all_nodes()


def _targets(body: GraphBody) -> Targets:
    found: dict[Link, list[Target]] = {}
    for link in connections(body):
        if isinstance(link.source, Link):
            found.setdefault(link.source, []).append(link.target)
    return found


def _relinked(before: Mapping[str, Node], after: Mapping[str, Node], name: str) -> bool:
    """Whether a node's links, or which inputs it holds, have changed."""
    old = before.get(name)
    return old is None or _links(old) != _links(after[name])


def _links(node: Node) -> tuple[str, str | None, dict[str, InputValue]]:
    held = {key: value if is_linked(value) else None for key, value in node.inputs.items()}
    return node.type, node.subgraph, held
