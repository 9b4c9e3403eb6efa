"""The scene: one item for each node, link, frame and note, kept equal to a graph by identity."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from PySide6.QtCore import QObject, QPointF, QRectF, QSizeF, Signal
from PySide6.QtWidgets import QGraphicsScene

from nodeflow.document.model import Workflow
from nodeflow.document.scope import TOP, Scope
from nodeflow.document.values import is_linked
from nodeflow.node.spec import NodeSpec
from ui.canvas.area_item import AreaItem, AreaKey
from ui.canvas.area_sync import sync_areas
from ui.canvas.geometry import Geometry
from ui.canvas.geometry_cache import GeometryCache
from ui.canvas.graph import Graph, is_border
from ui.canvas.layering import border_places, place_missing
from ui.canvas.link_item import LinkItem, LinkKey
from ui.canvas.link_sync import LinkSync
from ui.canvas.look import Look
from ui.canvas.node_item import NodeItem
from ui.canvas.stage import Stage
from ui.canvas.status import IDLE, NodeStatus
from ui.theme.theme import Theme

MARGIN = 2000.0
PENDING = "pending"
"""The category of all nodes while node types are not known yet."""


class CanvasScene(QGraphicsScene):
    """Draws one graph of a workflow. `show` makes it equal to one; only what changed is touched.

    Args:
        specs: The node types there are.
        theme: How it looks.
        parent: As Qt has it.

    Attributes:
        nodes: The items of nodes, by name.
        links: The items of links.
        frames: The items of frames, in the document's order.
        notes: The items of notes, in the document's order.
        stage: What all items share.
        graph: What is shown.
    """

    selection_changed = Signal(object)

    def __init__(self, specs: Mapping[str, NodeSpec], theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.stage = Stage(theme)
        self.nodes: dict[str, NodeItem] = {}
        self.links: dict[LinkKey, LinkItem] = {}
        self.frames: list[AreaItem] = []
        self.notes: list[AreaItem] = []
        self.graph = Graph(Workflow(), specs)
        self.selected: frozenset[str] = frozenset()
        self.selected_areas: frozenset[AreaKey] = frozenset()
        self._specs = specs
        self._geometries = GeometryCache()
        self._sync = LinkSync(self)
        self._room = QRectF()
        self._expanded: set[str] = set()
        self._status: dict[str, NodeStatus] = {}

    @property
    def workflow(self) -> Workflow:
        """The document that is shown."""
        return self.graph.workflow

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self.stage.set_theme(theme)
        self.update()

    def show(self, workflow: Workflow, scope: Scope = TOP) -> None:
        """Make the scene equal to a graph. Cheap where `Node` objects are still the same."""
        before, self.graph = self.graph, Graph(workflow, self._specs, scope, self.graph)
        graph = self.graph
        entered = scope != before.scope
        if entered:
            self._expanded.clear()
            self._status.clear()
        gone = [name for name in self.nodes if name not in graph.nodes]
        for name in gone:
            self._remove(name)
        new = [name for name in graph.nodes if name not in self.nodes]
        changed = [n for n, item in self.nodes.items() if item.look.node is not graph.nodes[n]]
        relaid = [n for n, item in self.nodes.items() if item.look.layout is not graph.layout.get(n)]
        rewired = new or gone or entered or any(map(self._is_rewired, changed))
        for name in dict.fromkeys((*new, *changed, *relaid)):
            self._sync_node(name)
        touched = self._sync.sync((*new, *changed), added=bool(new))
        if rewired or workflow.subgraphs is not before.workflow.subgraphs:
            self._sync_specs(touched)
        self._mark_modes()
        self._place([name for name in (*new, *changed) if name not in graph.layout])
        if graph.wireless or before.wireless:
            self._sync.mark_wireless()
        self._place_border()
        sync_areas(self)
        if new or changed or relaid or gone:
            self._grow()
        # Frames and notes go by their index: after one has come or gone the others may be meant.
        as_many = _areas(before) == _areas(graph) and not entered
        self.select(self.selected & graph.nodes.keys(), self.selected_areas if as_many else ())

    def show_anew(self) -> None:
        """Draw the same graph after node types have become known, or other ones."""
        self._sync_specs(self.nodes.keys())
        self._place([name for name in self.nodes if name not in self.graph.layout])
        self._place_border()
        sync_areas(self)
        self._grow()

    def _is_rewired(self, name: str) -> bool:
        """Whether more than values have changed in a node that is shown."""
        old, new = self.nodes[name].look.node, self.graph.nodes[name]
        wired = [{k: v for k, v in node.inputs.items() if is_linked(v)} for node in (old, new)]
        same = (old.type, old.subgraph, old.inputs.keys()) == (new.type, new.subgraph, new.inputs.keys())
        return not same or wired[0] != wired[1]

    def _sync_specs(self, names: Collection[str]) -> None:
        """Bring specs up to date that depend on the rest of the graph, and those of some nodes."""
        for name, item in self.nodes.items():
            asked = name in names or item.look.spec is not self._specs.get(item.look.node.type)
            if asked and self._spec(name) is not item.look.spec:
                self._sync_node(name)

    def _mark_modes(self) -> None:
        modes, seeds = self.graph.modes, self.graph.seeds()
        for name, item in self.nodes.items():
            if item.look.mode is not modes.get(name) or item.look.seeds != seeds.get(name, {}):
                item.look.mode, item.look.seeds = modes.get(name), seeds.get(name, {})
                self._repaint(item)

    def refresh(self) -> None:
        """Put every item back where the document has it, after a gesture that changed nothing."""
        for name, item in self.nodes.items():
            layout = self.graph.layout.get(name)
            if layout is not None:
                item.place(QPointF(*layout.position))
        sync_areas(self)

    def select(self, names: Collection[str], areas: Collection[AreaKey] = ()) -> None:
        """Make these nodes, frames and notes the selection."""
        wanted = frozenset(name for name in names if name in self.nodes)
        known = {item.key: item for item in (*self.frames, *self.notes)}
        chosen = frozenset(key for key in areas if key in known)
        if (wanted, chosen) == (self.selected, self.selected_areas):
            return
        for key, area in known.items():
            area.set_selected(key in chosen)
        for name in wanted ^ self.selected:
            if name in self.nodes:
                item = self.nodes[name]
                item.look.selected = name in wanted
                item.refresh_marks()
                for link in item.ends.all():
                    link.update()
        self.selected, self.selected_areas = wanted, chosen
        self.selection_changed.emit(wanted)

    def status(self, name: str) -> NodeStatus:
        """What `set_status` said of a node."""
        return self._status.get(name, IDLE)

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

    def areas(self, keys: Collection[AreaKey] | None = None) -> list[AreaItem]:
        """Frames and notes: all, or some."""
        return [area for area in (*self.frames, *self.notes) if keys is None or area.key in keys]

    def bounds(self, names: Iterable[str] | None = None) -> QRectF:
        """A box around some nodes, or around everything."""
        result = QRectF(self.stage.overview.extent) if names is None else QRectF()
        for name in names or ():
            result = result.united(self.nodes[name].body)
        for area in self.areas() if names is None else ():
            result = result.united(area.box)
        return result

    def has_node_in(self, box: QRectF) -> bool:
        """Whether a node reaches into a box."""
        return any(isinstance(item, NodeItem) for item in self.items(box)) if not box.isEmpty() else False

    def _spec(self, name: str) -> NodeSpec:
        """A node's spec; the same object as before if it says the same."""
        used = self.nodes[name].look.used if name in self.nodes else ()
        spec = self.graph.plain_spec(name, used) or self.graph.spec(name)
        if not self._specs:
            spec = replace(spec, category=PENDING)
        known = self.nodes[name].look.spec if name in self.nodes else spec
        return known if known == spec else spec

    def _sync_node(self, name: str) -> None:
        node, layout, spec = self.graph.nodes[name], self.graph.layout.get(name), self._spec(name)
        item = self.nodes.get(name)
        geometry = self._geometry(name, spec)
        if item is None:
            item = NodeItem(Look(name, node, spec, geometry, status=self.status(name)), self.stage)
            self.nodes[name] = item
            self.addItem(item)
        look, commented = item.look, item.look.comment
        look.node, look.spec, look.layout = node, spec, layout
        look.linked = frozenset(key for key, value in node.inputs.items() if is_linked(value))
        if not item.set_geometry(geometry) and look.comment != commented:
            item.measure()
        if layout is not None:
            item.setPos(QPointF(*layout.position))
        item.settle()
        item.update()

    def _geometry(self, name: str, spec: NodeSpec) -> Geometry:
        return self._geometries.of(
            spec,
            self.graph.nodes[name],
            self.graph.layout.get(name),
            expanded=name in self._expanded,
            preview=self.status(name).preview,
        )

    def _place(self, names: list[str]) -> None:
        if names:
            sizes = {name: QSizeF(item.body.width(), item.body.height()) for name, item in self.nodes.items()}
            for name, position in place_missing(self.graph.body, sizes).items():
                if name in names:
                    self.nodes[name].place(position)

    def _place_border(self) -> None:
        """Put a subgraph's inputs and outputs left and right of all else."""
        border = [name for name in self.nodes if is_border(name)]
        if border:
            around = self.bounds(name for name in self.nodes if not is_border(name))
            for name, position in border_places(around, self.nodes[border[0]].body.width()).items():
                self.nodes[name].place(position)

    def _remove(self, name: str) -> None:
        self._sync.drop(name)
        item = self.nodes.pop(name)
        self.stage.overview.drop_node(name)
        self._expanded.discard(name)
        self._status.pop(name, None)
        self.removeItem(item)

    @staticmethod
    def _repaint(item: NodeItem) -> None:
        item.update()
        for link in item.ends.all():
            link.update()

    def _grow(self) -> None:
        """Keep the index's rectangle tight around the items: a huge one would put all in one leaf."""
        self.stage.overview.shrink()
        needed = self.bounds()
        if not self._room.contains(needed):
            self._room = needed.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
            self.setSceneRect(self._room)


def _areas(graph: Graph) -> tuple[int, int]:
    return len(graph.body.frames), len(graph.body.notes)
