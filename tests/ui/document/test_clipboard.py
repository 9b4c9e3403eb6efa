"""Copy, cut and paste: links among what is copied come along, and text from elsewhere is refused politely."""

from __future__ import annotations

import pytest

from nodeflow.document.files import dump_workflow, parse_workflow
from nodeflow.document.model import Workflow
from nodeflow.document.values import GraphInput, Link
from ui.document import EditRefused, Scope, edits

INSIDE = Scope(("part",))


def test_links_among_the_copies_follow_and_others_are_left(picture: Workflow) -> None:
    text = edits.copy_nodes(picture, ["sampler", "decode"])
    pasted = edits.paste_nodes(picture, text)
    assert pasted.nodes["decode_2"].inputs == {"latent": Link("sampler_2", "latent")}
    assert "model" not in pasted.nodes["sampler_2"].inputs
    assert pasted.seeds["sampler_2.seed"] == picture.seeds["sampler.seed"]
    assert pasted.layout["decode_2"].position == (940, 160)
    assert pasted.nodes["sampler"] is picture.nodes["sampler"]


def test_incoming_links_are_kept_on_request(picture: Workflow) -> None:
    copied = edits.duplicate(picture, ["sampler"], (0, 300), incoming=True)
    assert copied.nodes["sampler_2"].inputs == picture.nodes["sampler"].inputs
    assert copied.layout["sampler_2"].position == (600, 420)


def test_cut_and_paste_with_incoming_links_gives_the_same_graph(picture: Workflow) -> None:
    names = ["prompt", "negative"]
    text = edits.copy_nodes(picture, names)
    cut = edits.remove_nodes(picture, names)
    back = edits.paste_nodes(cut, text, (280, 0), incoming=True)
    assert {n: back.nodes[n] for n in names} == {n: picture.nodes[n] for n in names}
    assert back.layout == picture.layout


def test_the_text_is_a_workflow_file(picture: Workflow) -> None:
    text = edits.copy_nodes(picture, ["sampler"])
    assert dump_workflow(parse_workflow(text)) == text


def test_the_middle_of_the_paste_is_free_to_choose(picture: Workflow) -> None:
    pasted = edits.paste_nodes(picture, edits.copy_nodes(picture, ["prompt", "negative"]), (1000, 1000))
    assert pasted.layout["prompt_2"].position == (1000, 1000)
    assert pasted.layout["negative_2"].position == (1000, 1220)


def test_frames_come_along_when_all_their_nodes_do(picture: Workflow) -> None:
    framed = edits.add_frame(picture, ["prompt", "negative"], "texts", (0, 0), (9, 9))
    both = edits.duplicate(framed, ["prompt", "negative", "latent"], (10, 0))
    assert both.frames[1].nodes == ("prompt_2", "negative_2")
    assert both.frames[1].position == (10, 0)
    assert len(edits.duplicate(framed, ["prompt"]).frames) == 1


def test_subgraphs_come_along_and_equal_ones_are_shared(picture: Workflow) -> None:
    grouped = edits.group(picture, ["prompt"], "part")
    text = edits.copy_nodes(grouped, ["part"])
    assert list(edits.paste_nodes(grouped, text).subgraphs) == ["part"]
    assert list(edits.paste_nodes(Workflow(), text).subgraphs) == ["part"]


def test_other_subgraphs_of_the_same_name_get_a_number(picture: Workflow) -> None:
    text = edits.copy_nodes(
        edits.group(edits.group(picture, ["prompt"], "inner"), ["inner"], "part"), ["part"]
    )
    elsewhere = edits.group(edits.group(picture, ["negative"], "inner"), ["inner"], "other")
    pasted = edits.paste_nodes(elsewhere, text)
    assert list(pasted.subgraphs) == ["inner", "other", "inner_2", "part"]
    assert pasted.subgraphs["part"].nodes["inner"].subgraph == "inner_2"
    assert pasted.subgraphs["inner"] == elsewhere.subgraphs["inner"]


def test_a_subgraphs_own_inputs_are_left_behind_elsewhere(picture: Workflow) -> None:
    grouped = edits.group(picture, ["prompt"], "part")
    text = edits.copy_nodes(grouped, ["prompt"], at=INSIDE)
    assert "model" not in edits.paste_nodes(grouped, text, incoming=True).nodes["prompt"].inputs
    inside = edits.paste_nodes(grouped, text, incoming=True, at=INSIDE)
    assert inside.subgraphs["part"].nodes["prompt_2"].inputs["model"] == GraphInput("model")


def test_a_subgraph_is_not_pasted_into_itself(picture: Workflow) -> None:
    grouped = edits.group(picture, ["prompt"], "part")
    with pytest.raises(EditRefused, match="A subgraph cannot contain itself"):
        edits.paste_nodes(grouped, edits.copy_nodes(grouped, ["part"]), at=INSIDE)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "The clipboard holds no nodeflow nodes."),
        ("https://example.org", "The clipboard holds no nodeflow nodes."),
        (
            '{"nodes": [1]}',
            'The clipboard holds no nodes that can be read: "nodes" must be an object, { … }, not a list.',
        ),
        ('{"nodes": {}}', "The clipboard holds a workflow without nodes."),
        ('{"last_node_id": 3, "nodes": [], "links": []}', "The clipboard holds no nodes that can be read: "),
    ],
)
def test_other_text_is_refused(picture: Workflow, text: str, message: str) -> None:
    with pytest.raises(EditRefused) as refused:
        edits.paste_nodes(picture, text)
    assert refused.value.message.startswith(message)


def test_nothing_is_not_copied(picture: Workflow) -> None:
    with pytest.raises(EditRefused, match="Select the nodes to copy first"):
        edits.copy_nodes(picture, [])


def test_a_reusable_subgraph_goes_into_a_file_and_out_of_it(picture: Workflow) -> None:
    grouped = edits.group(picture, ["prompt", "negative"], "texts")
    file = parse_workflow(dump_workflow(edits.subgraph_file(grouped, "texts")))
    inserted = edits.insert_subgraph(picture, file, (5, 6))
    assert inserted.subgraphs["texts"] == grouped.subgraphs["texts"]
    assert inserted.layout["texts"].position == (5, 6)
    with pytest.raises(EditRefused, match="This file holds no reusable subgraph: open it instead"):
        edits.insert_subgraph(picture, picture, (0, 0))
    with pytest.raises(EditRefused, match="There is no subgraph 'nobody' any more"):
        edits.subgraph_file(grouped, "nobody")
