"""Inside a node nothing overlaps, sockets sit at their rows, and texts fit their boxes at every scale."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

from nodeflow.document.model import Node, NodeLayout
from nodeflow.document.values import Link
from nodeflow.node.registry import Registry
from nodeflow.node.spec import NodeSpec
from ui.canvas.geometry import MIN_WIDTH, Shown, folded, full
from ui.canvas.geometry_cache import GeometryCache, seldom_inputs
from ui.canvas.texts import Texts
from ui.theme.metrics import ui_font

SPECS = [node.spec for node in Registry.installed()]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(SPECS), st.integers(20, 80), st.sampled_from([0, 0.5, 1, 2]), st.data())
def test_nothing_overlaps_and_sockets_sit_at_their_rows(
    spec: NodeSpec, grid: int, aspect: float, data: st.DataObject
) -> None:
    chosen = [item for item in spec.inputs if item.required or data.draw(st.booleans())]
    shown = tuple(Shown(item.name, data.draw(st.booleans())) for item in chosen)
    geometry = full(spec, shown, grid * 8.0, aspect, foldable=True)
    boxes = [field.rect for field in geometry.fields] + [label.rect for label in geometry.labels]
    boxes += [box for box in (geometry.header, geometry.preview, geometry.footer) if box is not None]
    for one, two in itertools.combinations(boxes, 2):
        assert not one.intersects(two)
    assert all(geometry.rect.contains(box) for box in boxes)
    assert geometry.inputs.keys() == {item.name for item in chosen}
    for field in geometry.fields:
        point = geometry.inputs[field.spec.name]
        assert field.rect.top() < point.y() < field.rect.bottom()
        assert point.x() == 0
    assert all(point.x() == geometry.rect.width() for point in geometry.outputs.values())


def test_sockets_are_never_on_top_of_each_other() -> None:
    for spec in SPECS:
        geometry = full(spec, tuple(Shown(item.name, False) for item in spec.inputs), MIN_WIDTH, 0)
        rows = sorted(point.y() for point in geometry.inputs.values())
        assert all(two - one >= 16 for one, two in itertools.pairwise(rows)), spec.type


def test_inputs_that_do_not_count_are_not_shown_unless_they_hold_something(
    specs: Mapping[str, NodeSpec],
) -> None:
    cache, guidance = GeometryCache(), specs["Guidance"]

    def shown(**inputs: object) -> set[str]:
        geometry = cache.of(guidance, Node(type="Guidance", inputs=inputs), None, expanded=True)
        assert geometry.hidden == 0
        return set(geometry.inputs)

    always = {"method", "rescale", "start", "stop"}
    assert shown() == always | {"unconditional", "negative_scale", "negative_curve"}
    assert shown(method="fdg") == always | {"high_scale"}
    layers = {"layers", "layers_scale", "layers_stop"}
    assert shown(method="auto") == always | layers - {"layers_scale"}
    assert shown(method="apg", alpha=3.0) == always | {"eta", "momentum", "norm_threshold", "alpha"}
    assert shown(method=Link("text", "text")) == {entry.name for entry in guidance.inputs}
    closed = cache.of(guidance, Node(type="Guidance", inputs={"method": "fdg"}), None)
    assert closed.hidden == len(shown(method="fdg")) - len(closed.inputs)


def test_nodes_that_look_alike_share_their_geometry(specs: Mapping[str, NodeSpec]) -> None:
    cache, sampler = GeometryCache(), specs["Sampler"]
    one = cache.of(sampler, Node(type="Sampler"), NodeLayout(position=(0, 0)))
    two = cache.of(sampler, Node(type="Sampler", inputs={"steps": 9}), NodeLayout(position=(500, 80)))
    wide = cache.of(sampler, Node(type="Sampler"), NodeLayout(position=(0, 0), size=(400, 100)))
    assert one is two
    assert wide.rect.width() == 400
    assert len(cache) == 2


def test_seldom_used_inputs_are_hidden_until_set_or_asked_for(specs: Mapping[str, NodeSpec]) -> None:
    spec, cache = specs["TextEncode"], GeometryCache()
    assert {"text_2", "clip_skip"} <= seldom_inputs(spec)
    plain = cache.of(spec, Node(type="TextEncode"), None)
    assert [field.spec.name for field in plain.fields] == ["text"]
    assert plain.hidden == len(spec.inputs) - 2
    with_skip = cache.of(spec, Node(type="TextEncode", inputs={"clip_skip": 1}), None)
    assert [field.spec.name for field in with_skip.fields] == ["text", "clip_skip"]
    assert cache.of(spec, Node(type="TextEncode"), None, expanded=True).hidden == 0


def test_a_folded_node_is_its_header(specs: Mapping[str, NodeSpec]) -> None:
    geometry = folded(specs["Sampler"], (Shown("model", True),), 240)
    assert geometry.rect == geometry.header
    assert geometry.inputs["model"].y() == geometry.rect.center().y()


@pytest.mark.parametrize("scale", [1.0, 1.25, 1.5, 2.0])
@pytest.mark.parametrize(
    "text", ["high-contrast-illustration-v12.safetensors", "日本語のとても長い名前" * 3, "wWmM" * 9]
)
def test_long_texts_are_shortened_to_their_box(qapp: QApplication, scale: float, text: str) -> None:
    font, texts = ui_font(12), Texts()
    short = texts.elided(text, font, 100)
    assert short.endswith("…")
    scaled = QFont(font)
    scaled.setPixelSize(round(12 * scale))
    assert texts.metrics(scaled).horizontalAdvance(short) <= 100 * scale * 1.02


def test_prompts_wrap_and_say_when_there_is_more(qapp: QApplication) -> None:
    font, texts = ui_font(12), Texts()
    text = "a red apple on a wooden table " * 8
    lines = texts.wrapped(text, font, 150, 3)
    assert len(lines) == 3
    assert lines[-1].endswith("…")
    assert all(texts.metrics(font).horizontalAdvance(line) <= 151 for line in lines)
    assert texts.wrapped("one\n\ntwo", font, 150, 4) == ("one", "", "two")
