"""Nodes that wait for somebody to choose."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from nodeflow.document.edit import with_input
from nodeflow.document.files import parse_workflow
from nodeflow.document.model import Workflow
from nodeflow.errors import NodeFailed
from nodeflow.execution import events
from nodeflow.execution.events import ChoiceWanted, NodeFinished, NodeStarted, Outcome
from nodeflow.execution.runner import Job, ThreadRunner
from nodeflow.node import Context
from nodeflow.values import Image
from nodes.choosing import choose_image

TEXT = """{"$schema": "urn:nodeflow:workflow:1", "format": 1, "nodes": {
  "many": {"type": "SolidColor", "inputs": {"width": 64, "height": 64, "batch_size": 3}},
  "choose": {"type": "ChooseImage", "inputs": {"image": {"from": "many.image"}}},
  "flip": {"type": "FlipImage", "inputs": {"image": {"from": "choose.image"}}},
  "show": {"type": "PreviewImage", "inputs": {"image": {"from": "flip.image"}}},
  "other": {"type": "SolidColor", "inputs": {"width": 64, "height": 64, "color": "#102030"}},
  "aside": {"type": "PreviewImage", "inputs": {"image": {"from": "other.image"}}}
}}"""


@pytest.fixture
def workflow() -> Workflow:
    return parse_workflow(TEXT)


def three() -> Image:
    pixels = np.zeros((3, 8, 8, 3), np.float32)
    pixels[1], pixels[2] = 0.25, 0.5
    return Image(pixels)


def test_a_choice_that_is_set_needs_nobody() -> None:
    assert choose_image(three(), "3, 1", context=Context()).pixels[:, 0, 0, 0].tolist() == [0.5, 0.0]


def test_one_picture_alone_goes_on() -> None:
    one = Image(three().pixels[:1])
    assert choose_image(one, context=Context()) is one


@pytest.mark.parametrize("choice", ["4", "0", "x", ""])
def test_choices_that_are_none_say_so(choice: str) -> None:
    with pytest.raises(NodeFailed) as caught:
        choose_image(three(), choice, context=Context())
    assert caught.value.input == "choice"


def test_without_anybody_the_node_says_what_to_do(
    make_runner: Callable[..., ThreadRunner], workflow: Workflow
) -> None:
    result = make_runner().start(Job(workflow)).wait(120)
    (error,) = result.errors
    assert (error.node, error.input) == ("choose", "choice")
    assert "Set choice" in str(error.advice)
    assert "aside.image" in result


def test_others_go_on_while_it_waits(make_runner: Callable[..., ThreadRunner], workflow: Workflow) -> None:
    run = make_runner().start(Job(workflow, interactive=True))
    seen: list[events.Event] = []
    for event in run:
        seen.append(event)
        done = {e.node for e in seen if isinstance(e, NodeFinished)}
        if any(isinstance(e, ChoiceWanted) for e in seen) and "aside" in done:
            break
    assert "flip" not in {e.node for e in seen if isinstance(e, NodeStarted)}
    run.answer("choose", (2, 0))
    result = run.wait(120)
    assert result.outcome is Outcome.DONE
    assert len(result["show.image"]) == 2


def test_cancelling_works_while_waiting(make_runner: Callable[..., ThreadRunner], workflow: Workflow) -> None:
    run = make_runner().start(Job(workflow, interactive=True))
    assert any(isinstance(event, ChoiceWanted) for event in run)  # it is not read any further
    run.cancel()
    assert run.wait(120).outcome is Outcome.CANCELLED


def test_the_same_choice_computes_nothing_twice(
    make_runner: Callable[..., ThreadRunner], workflow: Workflow
) -> None:
    runner = make_runner()
    if runner.cache is None:
        from nodeflow.cache import open_cache

        runner.cache = open_cache(runner.folders, memory_bytes=1 << 26, disk_bytes=1 << 26, classes=[Image])

    def flipped(choice: tuple[int, ...]) -> bool:
        started: list[str] = []

        run = runner.start(Job(workflow, ("show",), interactive=True))
        for event in run:
            if isinstance(event, ChoiceWanted):
                run.answer("choose", choice)
            elif isinstance(event, NodeStarted):
                started.append(event.node)
        return "flip" in started

    assert [flipped((1,)), flipped((1,)), flipped((2,)), flipped((1,))] == [True, False, True, False]


def test_a_choice_in_the_file_is_an_input_like_others(
    make_runner: Callable[..., ThreadRunner], workflow: Workflow
) -> None:
    result = make_runner().start(Job(with_input(workflow, "choose.choice", "2"))).wait(120)
    assert len(result["show.image"]) == 1
