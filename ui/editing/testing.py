"""For tests: in what a canvas differs from its document, and what an `Editing` told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QPointF

from nodeflow.document.links import connections
from nodeflow.document.model import Subgraph, Workflow
from nodeflow.document.values import GraphInput, Link
from nodeflow.document.wireless import wireless_outputs
from ui.canvas.area_item import AreaItem
from ui.canvas.area_sync import frame_rect
from ui.canvas.graph import INPUTS, OUTPUTS
from ui.canvas.link_item import LinkItem, LinkKey
from ui.canvas.node_item import NodeItem
from ui.editing.editing import Editing
from ui.editing.requests import MenuRequest, SearchRequest, TextRequest


def differences(editing: Editing) -> list[str]:
    """In what the canvas differs from the graph of the document that it shows; nothing, if all is well."""
    return [*_nodes(editing), *_links(editing), *_areas(editing), *_items(editing)]


def _nodes(editing: Editing) -> Iterator[str]:
    workflow, scene = editing.document.workflow, editing.scene
    body = editing.scope.body(workflow)
    border = {INPUTS, OUTPUTS} if isinstance(body, Subgraph) else set()
    if scene.nodes.keys() != body.nodes.keys() | border:
        yield f"nodes {sorted(scene.nodes)} for {sorted(body.nodes)}"
        return
    modes = body.modes()
    for name, node in body.nodes.items():
        item, look, layout = scene.nodes[name], scene.nodes[name].look, body.layout.get(name)
        seeds = {p.rpartition(".")[2]: m for p, m in body.seeds.items() if p.rpartition(".")[0] == name}
        facts = {
            "node": look.node is node,
            "mode": look.mode is modes.get(name),
            "layout": look.layout == layout,
            "place": layout is None or item.pos() == QPointF(*layout.position),
            "seeds": look.seeds == seeds,
            "comment": look.comment == (node.comment or ""),
            "spec": look.spec == editing.spec(name),
            "selected": look.selected == (name in scene.selected),
            "values": all(key in {i.name for i in look.spec.inputs} for key in node.inputs),
            "overview": scene.stage.overview.bodies.get(name) == item.body,
        }
        yield from (f"{fact} of {name}" for fact, holds in facts.items() if not holds)


def _links(editing: Editing) -> Iterator[str]:
    workflow, scene = editing.document.workflow, editing.scene
    body, wireless = editing.scope.body(workflow), wireless_outputs(workflow, at=editing.scope)
    wanted: dict[LinkKey, Link] = {}
    for found in connections(body):
        source = found.source
        link = Link(INPUTS, source.name) if isinstance(source, GraphInput) else source
        if link.node in scene.nodes:
            wanted[LinkKey(found.target.node or OUTPUTS, found.target.input, found.index)] = link
    shown = {key: item.link for key, item in scene.links.items()}
    if shown != wanted:
        yield f"links {shown.items() - wanted.items()} instead of {wanted.items() - shown.items()}"
        return
    for key, item in scene.links.items():
        start = scene.nodes[item.link.node].output_point(item.link.output)
        end = scene.nodes[key.node].input_point(key.input)
        if (item.start, item.end) != (start, end):
            yield f"ends of {key}"
        if item.wireless != wireless.get(item.link):
            yield f"wireless {key}"
    for name, node in scene.nodes.items():
        if node.look.used != {link.output for link in wanted.values() if link.node == name}:
            yield f"used outputs of {name}"


def _areas(editing: Editing) -> Iterator[str]:
    scene, body = editing.scene, editing.scope.body(editing.document.workflow)
    frames = [(frame.title, frame.mode, frame_rect(scene, frame)) for frame in body.frames]
    shown = [(item.text, item.mode, item.box) for item in scene.frames]
    if shown != frames:
        yield f"frames {shown} for {frames}"
    if [item.text for item in scene.notes] != [note.text for note in body.notes]:
        yield "notes"


def _items(editing: Editing) -> Iterator[str]:
    scene = editing.scene
    items = scene.items()
    kinds = (
        (NodeItem, set(scene.nodes.values())),
        (LinkItem, set(scene.links.values())),
        (AreaItem, {*scene.frames, *scene.notes}),
    )
    for kind, known in kinds:
        if {item for item in items if isinstance(item, kind)} != known:
            yield f"{kind.__name__}s that nobody knows"


class Told:
    """Remembers what an `Editing` told and asked for."""

    def __init__(self, editing: Editing) -> None:
        self.said: list[str] = []
        self.searches: list[SearchRequest] = []
        self.menus: list[MenuRequest] = []
        self.texts: list[TextRequest] = []
        self.workflows: list[tuple[Workflow, Path | None]] = []
        editing.said.connect(lambda text: self.said.append(text) if text else None)
        editing.searchWanted.connect(self.searches.append)
        editing.menuWanted.connect(self.menus.append)
        editing.textWanted.connect(self.texts.append)
        editing.workflowWanted.connect(self.workflows.append)
