"""The scene: one item for each node, link, frame and note, kept equal to a workflow by identity."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from PySide6.QtCore import QObject, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtWidgets import QGraphicsScene

from nodeflow.document.model import Node, SeedMode, Workflow
from nodeflow.document.values import Link, is_linked, links_in
from nodeflow.node.spec import NodeSpec
from ui.canvas.area_item import AreaItem
from ui.canvas.area_sync import sync_areas
from ui.canvas.geometry import Geometry
from ui.canvas.geometry_cache import GeometryCache
from ui.canvas.layering import place_missing
from ui.canvas.link_item import LinkItem, LinkKey
from ui.canvas.look import Look
from ui.canvas.node_item import NodeItem
from ui.canvas.stage import Stage
from ui.canvas.stand_ins import Specs, stand_in
from ui.canvas.status import IDLE, NodeStatus
from ui.theme.theme import Theme

MARGIN = 2000.0


class CanvasScene(QGraphicsScene):
    """Draws a workflow. `show` makes it equal to one; only what changed is touched.

    Attributes:
        nodes: The items of nodes, by name.
        links: The items of links.
        frames: The items of frames, in the document's order.
        notes: The items of notes, in the document's order.
        stage: What all items share.
        workflow: What is shown.
    """

    selection_changed = Signal(object)

    def __init__(self, specs: Specs, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.stage = Stage(theme)
        self.nodes: dict[str, NodeItem] = {}
        self.links: dict[LinkKey, LinkItem] = {}
        self.frames: list[AreaItem] = []
        self.notes: list[AreaItem] = []
        self.workflow = Workflow()
        self.selected: frozenset[str] = frozenset()
        self._specs = specs
        self._stand_ins: dict[str, NodeSpec] = {}
        self._geometries = GeometryCache()
        self._expanded: set[str] = set()
        self._status: dict[str, NodeStatus] = {}

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self.stage.set_theme(theme)
        self.update()

    def show(self, workflow: Workflow) -> None:
        """Make the scene equal to a workflow. Cheap where `Node` objects are still the same."""
        self.workflow = workflow
        gone = [name for name in self.nodes if name not in workflow.nodes]
        for name in gone:
            self._remove(name)
        modes, seeds = workflow.modes(), _seeds_by_node(workflow)
        changed = [
            name
            for name, node in workflow.nodes.items()
            if name not in self.nodes or self.nodes[name].look.node is not node
        ]
        strange = [name for name in workflow.nodes if self._is_strange(name)]
        relaid = [
            name for name, item in self.nodes.items() if item.look.layout is not workflow.layout.get(name)
        ]
        for name in dict.fromkeys((*changed, *relaid, *(strange if changed or relaid else ()))):
            self._sync_node(name)
        for name, item in self.nodes.items():
            if item.look.mode is not modes.get(name) or item.look.seeds != seeds.get(name, {}):
                item.look.mode, item.look.seeds = modes.get(name), seeds.get(name, {})
                self._repaint(item)
        self._place([name for name in changed if name not in workflow.layout])
        self._sync_links(changed)
        sync_areas(self)
        if changed or relaid or gone:
            self._grow()
        self.select(self.selected & workflow.nodes.keys())

    def refresh(self) -> None:
        """Put every item back where the document has it, after a gesture that changed nothing."""
        for name, item in self.nodes.items():
            layout = self.workflow.layout.get(name)
            if layout is not None:
                item.place(QPointF(*layout.position))
        sync_areas(self)

    def select(self, names: Collection[str]) -> None:
        """Make these nodes the selection."""
        wanted = frozenset(name for name in names if name in self.nodes)
        if wanted == self.selected:
            return
        for name in wanted ^ self.selected:
            if name in self.nodes:
                item = self.nodes[name]
                item.look.selected = name in wanted
                item.refresh_marks()
                for link in (*item.ends.incoming, *item.ends.outgoing):
                    link.update()
        self.selected = wanted
        self.selection_changed.emit(wanted)

    def set_status(self, name: str, status: NodeStatus) -> None:
        """Say how a node's run goes or what is wrong with it."""
        self._status[name] = status
        item = self.nodes.get(name)
        if item is not None:
            item.look.status = status
            if item.set_geometry(self._geometry(name, item.look.spec)):
                item.settle()
            item.refresh_marks()

    def toggle_seldom(self, name: str) -> None:
        """Show or hide the inputs that are seldom used."""
        self._expanded ^= {name}
        item = self.nodes[name]
        if item.set_geometry(self._geometry(name, item.look.spec)):
            item.settle()

    def bounds(self, names: Iterable[str] | None = None) -> QRectF:
        """A box around some nodes, or around everything."""
        result = QRectF(self.stage.overview.extent) if names is None else QRectF()
        for name in names or ():
            result = result.united(self.nodes[name].body)
        for area in (*self.frames, *self.notes) if names is None else ():
            result = result.united(area.rect.translated(area.pos()))
        return result

    def links_in(self, box: QRectF) -> list[LinkKey]:
        """The links whose bounds touch a box."""
        near = self.items(box, Qt.ItemSelectionMode.IntersectsItemBoundingRect)
        return [item.key for item in near if isinstance(item, LinkItem)]

    def _is_strange(self, name: str) -> bool:
        """Whether a node's spec depends on the rest of the document."""
        node = self.workflow.nodes[name]
        return name in self.nodes and (self.nodes[name].look.missing or node.subgraph is not None)

    def _sync_node(self, name: str) -> None:
        node, layout = self.workflow.nodes[name], self.workflow.layout.get(name)
        spec = self._specs(node.type) or self._stand_in(name)
        item = self.nodes.get(name)
        geometry = self._geometry(name, spec)
        if item is None:
            item = NodeItem(Look(name, node, spec, geometry, status=self._status.get(name, IDLE)), self.stage)
            self.nodes[name] = item
            self.addItem(item)
        look = item.look
        look.node, look.spec, look.layout = node, spec, layout
        look.linked = frozenset(key for key, value in node.inputs.items() if is_linked(value))
        item.set_geometry(geometry)
        if layout is not None:
            item.setPos(QPointF(*layout.position))
        item.settle()
        item.update()

    def _geometry(self, name: str, spec: NodeSpec) -> Geometry:
        return self._geometries.of(
            spec,
            self.workflow.nodes[name],
            self.workflow.layout.get(name),
            expanded=name in self._expanded,
            preview=self._status.get(name, IDLE).preview,
        )

    def _stand_in(self, name: str) -> NodeSpec:
        """A spec for an unknown type; the same object as before if it says the same."""
        used = [
            link.output
            for node in self.workflow.nodes.values()
            for value in node.inputs.values()
            for link in links_in(value)
            if link.node == name
        ]
        spec = stand_in(self.workflow, self.workflow.nodes[name], used)
        if self._stand_ins.get(name) != spec:
            self._stand_ins[name] = spec
        return self._stand_ins[name]

    def _place(self, names: list[str]) -> None:
        if names:
            sizes = {name: QSizeF(item.body.width(), item.body.height()) for name, item in self.nodes.items()}
            for name, position in place_missing(self.workflow, sizes).items():
                if name in names:
                    self.nodes[name].place(position)

    def _sync_links(self, changed: list[str]) -> None:
        wanted: dict[LinkKey, Link] = {}
        touched: set[str] = set(changed)
        for name in changed:
            for key, value in self.workflow.nodes[name].inputs.items():
                for index, link in enumerate(links_in(value)):
                    if link.node in self.nodes:
                        wanted[LinkKey(name, key, index)] = link
        for name in changed:
            item = self.nodes[name]
            hidden = set(wireless_inputs(item.look.node))
            for old in list(item.ends.incoming):
                same = wanted.get(old.key) == old.link and old.wireless == (old.key.input in hidden)
                if not same:
                    touched.add(old.link.node)
                    self._unlink(old)
        for link_key, link in wanted.items():
            if link_key not in self.links:
                touched.add(link.node)
                target = self.nodes[link_key.node]
                wireless = link_key.input in wireless_inputs(target.look.node)
                item_link = LinkItem(
                    link_key, link, (self.nodes[link.node], target), self.stage, wireless=wireless
                )
                self.links[link_key] = item_link
                self.addItem(item_link)
        for name in touched & self.nodes.keys():
            item = self.nodes[name]
            item.look.used = {link.link.output for link in item.ends.outgoing}
            item.update()

    def _unlink(self, link: LinkItem) -> None:
        link.detach()
        del self.links[link.key]
        self.removeItem(link)

    def _remove(self, name: str) -> None:
        item = self.nodes.pop(name)
        for link in [*item.ends.incoming, *item.ends.outgoing]:
            if link.key in self.links:
                self._unlink(link)
                link.source.look.used = {other.link.output for other in link.source.ends.outgoing}
        self.stage.overview.drop_node(name)
        self._expanded.discard(name)
        self._stand_ins.pop(name, None)
        self._status.pop(name, None)
        self.removeItem(item)

    @staticmethod
    def _repaint(item: NodeItem) -> None:
        item.update()
        for link in (*item.ends.incoming, *item.ends.outgoing):
            link.update()

    def _grow(self) -> None:
        """Keep the index's rectangle tight around the items: a huge one would put all in one leaf."""
        self.stage.overview.shrink()
        needed = self.bounds()
        if not self.sceneRect().contains(needed):
            self.setSceneRect(needed.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN))


def wireless_inputs(node: Node) -> tuple[str, ...]:
    """Inputs whose links are shown as tags: `"wireless": ["model"]` in a node's `extra`."""
    names = node.extra.get("wireless", ())
    return tuple(names) if isinstance(names, list | tuple) else ()


def _seeds_by_node(workflow: Workflow) -> dict[str, dict[str, SeedMode]]:
    result: dict[str, dict[str, SeedMode]] = {}
    for place, mode in workflow.seeds.items():
        node, _, name = place.rpartition(".")
        result.setdefault(node, {})[name] = mode
    return result
