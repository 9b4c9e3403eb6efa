"""The node that says what a sampler makes of its predictions."""

from __future__ import annotations

from typing import Any

import pytest

import nodes
from nodeflow.errors import NodeFailed
from nodeflow.node import Context
from nodeflow.values import Curve, GuidanceMethod

from .test_nodes import sample


def test_a_number_is_a_level_curve_and_a_curve_goes_before_it() -> None:
    falling = Curve(((0, 5), (1, 2)))
    assert nodes.guidance().negative_scale is None
    assert nodes.guidance(negative_scale=3.0).negative_scale == Curve.constant(3.0)
    assert nodes.guidance(negative_scale=3.0, negative_curve=falling).negative_scale == falling


@pytest.mark.parametrize(
    ("inputs", "named"),
    [
        ({"start": 0.6, "stop": 0.5}, "stop"),
        ({"method": GuidanceMethod.PAG, "negative_scale": 2.0}, "negative_scale"),
        ({"method": GuidanceMethod.APG, "negative_curve": Curve.constant(2.0)}, "negative_curve"),
    ],
)
def test_what_contradicts_itself_names_its_input(inputs: dict[str, Any], named: str) -> None:
    with pytest.raises(NodeFailed) as caught:
        nodes.guidance(**inputs)
    assert caught.value.input == named


def test_the_sampler_hands_it_on(context: Context) -> None:
    def run(**options: Any) -> bytes:
        found = sample(context, nodes.empty_latent(64, 64), **options)
        return bytes(found.samples.tobytes())

    assert run() == run(guidance=nodes.guidance())
    others = [nodes.guidance(rescale=0.7), nodes.guidance(stop=0.5), nodes.guidance(GuidanceMethod.PAG)]
    assert len({run(), *(run(guidance=other) for other in others)}) == 4
