"""The scene equals the workflow after every change, and touches only what changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPointF

from nodeflow.document.model import Frame, Mode, Node, NodeLayout, Note, Workflow
from nodeflow.document.values import Link, links_in
from nodeflow.node.spec import NodeSpec
from ui.canvas.canvas import Canvas
from ui.canvas.link_item import LinkItem, LinkKey
from ui.canvas.node_item import NodeItem
from ui.canvas.scene import CanvasScene
from ui.canvas.status import NodeStatus, Phase
from ui.theme import theme_for

NAMES = ("a", "b", "c", "d")
TYPES = ("CheckpointLoader", "TextEncode", "Sampler", "VAEDecode", "Reroute", "FromElsewhere")
LINKS = st.sampled_from([Link(name, output) for name in NAMES for output in ("model", "latent", "value")])
INPUTS = st.dictionaries(st.sampled_from(["model", "latent", "value", "steps", "text"]), LINKS | st.just(7))
NODES = st.dictionaries(st.sampled_from(NAMES), st.tuples(st.sampled_from(TYPES), INPUTS))
PLACES = st.dictionaries(st.sampled_from(NAMES), st.tuples(st.integers(-500, 500), st.integers(-500, 500)))
MODES = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(list(Mode)))


@st.composite
def workflows(draw: st.DrawFn) -> Workflow:
    modes: dict[str, Mode] = draw(MODES)
    nodes = {
        name: Node(type=type_id, inputs=inputs, mode=modes.get(name))
        for name, (type_id, inputs) in draw(NODES).items()
    }
    layout = {name: NodeLayout(position=place) for name, place in draw(PLACES).items()}
    frames = tuple(Frame(title="Frame", nodes=tuple(nodes)) for _ in range(draw(st.integers(0, 2))))
    notes = tuple(Note(text="Note") for _ in range(draw(st.integers(0, 2))))
    return Workflow(nodes=nodes, layout=layout, frames=frames, notes=notes)


def check(scene: CanvasScene, workflow: Workflow) -> None:
    """The scene shows this workflow and nothing else."""
    assert scene.nodes.keys() == workflow.nodes.keys()
    wanted = {
        LinkKey(name, key, place): link
        for name, node in workflow.nodes.items()
        for key, value in node.inputs.items()
        for place, link in enumerate(links_in(value))
        if link.node in workflow.nodes
    }
    assert {key: item.link for key, item in scene.links.items()} == wanted
    for name, item in scene.nodes.items():
        node = workflow.nodes[name]
        assert item.look.node is node
        assert item.look.mode is workflow.modes().get(name)
        assert item.look.linked == {key for key, value in node.inputs.items() if isinstance(value, Link)}
        assert item.look.used == {link.output for link in wanted.values() if link.node == name}
        if name in workflow.layout:
            assert item.pos() == QPointF(*workflow.layout[name].position)
    for link in scene.links.values():
        assert link.source is scene.nodes[link.link.node]
        assert link.target is scene.nodes[link.key.node]
        assert link.start == link.source.output_point(link.link.output)
        assert link.end == link.target.input_point(link.key.input)
    items = scene.items()
    assert {item for item in items if isinstance(item, NodeItem)} == set(scene.nodes.values())
    assert {item for item in items if isinstance(item, LinkItem)} == set(scene.links.values())
    assert (len(scene.frames), len(scene.notes)) == (len(workflow.frames), len(workflow.notes))
    bodies = scene.stage.overview.bodies
    assert {name: bodies.get(name) for name in scene.nodes} == {
        name: item.body for name, item in scene.nodes.items()
    }
    assert len(bodies.shapes) == len(scene.nodes)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(workflows(), min_size=1, max_size=5))
def test_the_scene_equals_the_workflow_after_every_change(
    qapp: object, specs: Mapping[str, NodeSpec], steps: list[Workflow]
) -> None:
    scene = CanvasScene(specs, theme_for(dark=True))
    for workflow in steps:
        scene.show(workflow)
        check(scene, workflow)


def test_only_changed_nodes_are_touched(canvas: Canvas) -> None:
    scene = canvas.canvas
    workflow = scene.workflow
    before = dict(scene.nodes)
    drawn: list[str] = []
    original = scene._sync_node

    def watch(name: str) -> None:
        drawn.append(name)
        original(name)

    scene._sync_node = watch  # type: ignore[method-assign]
    changed = workflow.nodes["latent"].model_copy(update={"inputs": {"width": 512}})
    scene.show(workflow.model_copy(update={"nodes": {**workflow.nodes, "latent": changed}}))
    assert drawn == ["latent"]
    assert scene.nodes == before
    check(scene, scene.workflow)


def test_nodes_without_a_place_do_not_overlap(canvas: Canvas) -> None:
    scene = canvas.canvas
    scene.show(scene.workflow.model_copy(update={"layout": {}, "nodes": {}}))
    scene.show(canvas.canvas.workflow.model_copy(update={"nodes": _chain(12)}))
    bodies = [item.body for item in scene.nodes.values()]
    assert not any(one.intersects(two) for i, one in enumerate(bodies) for two in bodies[:i])
    columns = [scene.nodes[f"n{index}"].pos().x() for index in range(12)]
    assert columns == sorted(columns)


def _chain(count: int) -> dict[str, Node]:
    def inputs(index: int) -> dict[str, Any]:
        return {"model": Link(f"n{index - 1}", "model")} if index else {}

    return {f"n{index}": Node(type="LoRALoader", inputs=inputs(index)) for index in range(count)}


def test_a_preview_makes_room_and_an_error_is_marked(canvas: Canvas) -> None:
    from PySide6.QtGui import QImage

    scene = canvas.canvas
    before = scene.nodes["sampler"].body.height()
    picture = QImage(64, 64, QImage.Format.Format_RGB32)
    scene.set_status("sampler", NodeStatus(Phase.RUNNING, progress=0.5, preview=picture))
    assert scene.nodes["sampler"].body.height() > before + 100
    scene.set_status("latent", NodeStatus(problems={"width": "too small"}))
    assert scene.stage.overview.faulty.keys() == {"latent"}
    check(scene, scene.workflow)


def test_a_link_of_the_wrong_type_is_invalid(canvas: Canvas) -> None:
    scene = canvas.canvas
    node = Node(type="VAEDecode", inputs={"latent": Link("checkpoint", "model")})
    scene.show(scene.workflow.model_copy(update={"nodes": {**scene.workflow.nodes, "wrong": node}}))
    assert not scene.links[LinkKey("wrong", "latent", 0)].valid
    assert scene.links[LinkKey("decode", "latent", 0)].valid
