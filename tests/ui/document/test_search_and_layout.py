"""Finding node types, and tidying nodes up."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodeflow.document.links import feeds
from nodeflow.document.model import Workflow
from nodeflow.node.spec import NodeSpec
from ui.document import edits
from ui.document.layout import Edge
from ui.document.search import SocketQuery, search
from ui.document.synonyms import SYNONYMS

Specs = Mapping[str, NodeSpec]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("sampler", "Sampler"),
        ("lo", "LoRALoader"),
        ("vaed", "VAEDecode"),
        ("ksampler", "Sampler"),
        ("ckpt", "CheckpointLoader"),
        ("prompt", "TextEncode"),
        ("smapler", "Sampler"),
        ("load image", "LoadImage"),
        ("img2img", "LoadImage"),
        ("EmptyLatent", "EmptyLatent"),
        ("inpaint", "VAEEncodeForInpainting"),
        ("noise mask", "SetLatentMask"),
        ("paint mask", "LoadMask"),
        ("fill", "FillMasked"),
        ("flat color", "SolidColor"),
        ("wildcard", "TextTemplate"),
        ("outpaint", "PadForOutpainting"),
        ("branch", "Switch"),
        ("karras", "Schedule"),
        ("align your steps", "Schedule"),
        ("pag", "Guidance"),
        ("subseed", "Noise"),
        ("variation", "Noise"),
        ("kohya", "DeepShrink"),
        ("color match", "MatchColors"),
        ("inject noise", "AddNoise"),
        ("megapixels", "ResizeImage"),
    ],
)
def test_what_people_type(specs: Specs, text: str, first: str) -> None:
    types = [found.spec.type for found in search(specs, text)]
    assert first in types[: {"lo": 3, "img2img": 2}.get(text, 1)]


def test_every_node_answers_to_words_of_other_programs(specs: Specs) -> None:
    assert {spec.type for spec in specs.values()} - SYNONYMS.keys() == set()


def test_nonsense_finds_nothing_and_nothing_finds_all(specs: Specs) -> None:
    assert search(specs, "qqqqqqq") == []
    assert len(search(specs, "")) == len(specs)
    assert len(search(specs, "", limit=3)) == 3


def test_a_link_from_a_model_output_offers_what_takes_one(specs: Specs) -> None:
    query = SocketQuery(specs["CheckpointLoader"].outputs[0].socket)
    best = search(specs, "lo", query)[0]
    assert (best.spec.type, best.connects) == ("LoRALoader", "model")
    assert {found.spec.type for found in search(specs, "", query)} == {
        name for name, spec in specs.items() if any(item.socket.accepts(query.socket) for item in spec.inputs)
    }


def test_a_link_from_an_image_input_offers_what_gives_one(specs: Specs) -> None:
    query = SocketQuery(specs["SaveImage"].inputs[0].socket, from_output=False)
    found = {item.spec.type: item.connects for item in search(specs, "", query)}
    assert found["VAEDecode"] == found["LoadImage"] == "image"
    assert "Sampler" not in found


@given(st.text(max_size=30))
def test_any_text_may_be_typed(specs: Specs, text: str) -> None:
    assert all(60 - 10 <= found.score <= 100 for found in search(specs, text))


NAMES = ("prompt", "negative", "latent")
SIZES = {"prompt": (100.0, 50.0), "negative": (200.0, 50.0), "latent": (100.0, 100.0)}


@pytest.mark.parametrize(
    ("edge", "expected"),
    [
        (Edge.LEFT, [(280, 0), (280, 220), (280, 440)]),
        (Edge.RIGHT, [(380, 0), (280, 220), (380, 440)]),
        (Edge.CENTER, [(330, 0), (280, 220), (330, 440)]),
        (Edge.TOP, [(280, 0), (280, 0), (280, 0)]),
        (Edge.BOTTOM, [(280, 490), (280, 490), (280, 440)]),
        (Edge.MIDDLE, [(280, 245), (280, 245), (280, 220)]),
    ],
)
def test_aligning(picture: Workflow, edge: Edge, expected: list[tuple[int, int]]) -> None:
    aligned = edits.align(picture, NAMES, edge, SIZES)
    assert [aligned.layout[name].position for name in NAMES] == expected
    assert edits.align(picture, ["prompt"], edge) is picture


def test_distributing_makes_gaps_equal(picture: Workflow) -> None:
    moved = edits.move_nodes(picture, ["negative"], 0, -100)
    spread = edits.distribute(moved, NAMES, vertical=True, sizes=SIZES)
    assert [spread.layout[name].position[1] for name in NAMES] == [0, 220, 440]
    flat = edits.distribute(picture, ["checkpoint", "sampler", "save"], vertical=False)
    assert [flat.layout[n].position[0] for n in ("checkpoint", "sampler", "save")] == [0, 580, 1160]


def test_snapping(picture: Workflow) -> None:
    moved = edits.move_nodes(picture, ["prompt"], 8.3, -11)
    assert edits.snap(moved, ["prompt"]).layout["prompt"].position == (280, -20)


def test_a_laid_out_graph_runs_from_left_to_right_without_overlaps(picture: Workflow) -> None:
    heap = edits.place_nodes(picture, dict.fromkeys(picture.nodes, (50.0, 60.0)))
    heap = edits.add_node(edits.add_node(heap, "Alone", (0, 0)), "Alone", (0, 0))
    heap = edits.add_frame(heap, ["prompt", "negative"], "texts", (0, 0), (10, 10))
    laid = edits.auto_layout(heap)
    boxes = {name: item.position for name, item in laid.layout.items()}
    for name, sources in feeds(laid).items():
        assert all(boxes[source][0] + 220 <= boxes[name][0] for source in sources)
    pairs = [(a, b) for a in boxes for b in boxes if a < b]
    assert not [
        (a, b)
        for a, b in pairs
        if abs(boxes[a][0] - boxes[b][0]) < 220 and abs(boxes[a][1] - boxes[b][1]) < 120
    ]
    assert min(x for x, _ in boxes.values()) == 0
    frame = laid.frames[0]
    assert frame.position is not None
    assert frame.position[0] < boxes["prompt"][0]
    assert laid.nodes == heap.nodes
    assert edits.auto_layout(Workflow()) == Workflow()


def test_a_cycle_in_a_file_can_be_laid_out() -> None:
    nodes = {n: {"type": "X", "inputs": {"a": {"from": f"{m}.x"}}} for n, m in (("a", "b"), ("b", "a"))}
    laid = edits.auto_layout(Workflow.model_validate({"nodes": nodes}))
    assert laid.layout["a"].position != laid.layout["b"].position
