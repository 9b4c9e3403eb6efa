"""The node that says what a sampler makes of its predictions."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import Any

import numpy as np
import pytest

import nodes
from nodeflow.errors import NodeFailed
from nodeflow.node import Context
from nodeflow.values import Conditioning, Curve, Guidance, GuidanceMethod
from nodeflow.values.guidance import USED_BY

from .test_nodes import MODEL, prompt, sample

_STATES = np.zeros((1, 77, 4), np.float32)
PROMPT = Conditioning(_STATES, _STATES, _STATES[0, :1])


def test_a_number_is_a_level_curve_and_a_curve_goes_before_it() -> None:
    falling = Curve(((0, 5), (1, 2)))
    assert nodes.guidance().negative_scale is None
    assert nodes.guidance(negative_scale=3.0).negative_scale == Curve.constant(3.0)
    assert nodes.guidance(negative_scale=3.0, negative_curve=falling).negative_scale == falling


@pytest.mark.parametrize(
    ("inputs", "named"),
    [
        ({"start": 0.6, "stop": 0.5}, "stop"),
        ({"method": GuidanceMethod.TCFG, "negative_scale": 2.0}, "negative_scale"),
        ({"method": GuidanceMethod.SEG, "layers": "middle"}, "layers"),
        ({"method": GuidanceMethod.AUTO, "layers": " "}, "layers"),
        ({"method": GuidanceMethod.APG, "negative_curve": Curve.constant(2.0)}, "negative_curve"),
    ],
)
def test_what_contradicts_itself_names_its_input(inputs: dict[str, Any], named: str) -> None:
    with pytest.raises(NodeFailed) as caught:
        nodes.guidance(**inputs)
    assert caught.value.input == named


@pytest.mark.parametrize(
    ("guidance", "told"),
    [
        (Guidance(), []),
        (Guidance(eta=0.5), ["eta changes nothing: it counts only with the method apg or apg_mix"]),
        (Guidance(GuidanceMethod.FDG, alpha=2.0, high_scale=6.0), ["alpha changes nothing"]),
        (Guidance(GuidanceMethod.SEG, blur=2.0, layers="up.0"), []),
        (
            Guidance(unconditional=PROMPT),
            ["unconditional changes nothing: it counts only with a negative_scale"],
        ),
        (Guidance(unconditional=PROMPT, negative_scale=Curve.constant(2)), []),
        (
            Guidance(GuidanceMethod.APG, unconditional=PROMPT),
            ["unconditional changes nothing: .* method cfg"],
        ),
    ],
)
def test_samplers_say_which_options_change_nothing(
    guidance: Guidance, told: list[str], context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    warnings: list[str] = []
    monkeypatch.setattr(context, "warn", warnings.append)
    base = sample(context, nodes.empty_latent(64, 64), end_step=20, guidance=guidance)
    nodes.refiner(MODEL, prompt(context), base, guidance=guidance, context=context)
    assert len(warnings) == 2 * len(told)
    assert all(re.search(words, warning) for words, warning in zip(told * 2, warnings, strict=True))


def test_every_option_of_some_methods_is_known_as_such() -> None:
    spec = nodes.guidance.spec
    limited = {entry.name: entry.only_for for entry in spec.inputs if entry.only_for is not None}
    assert limited.keys() - {"negative_curve"} == USED_BY.keys()
    always = {"method", "rescale", "start", "stop"}
    assert {field.name for field in fields(Guidance)} == USED_BY.keys() | always


def test_layers_that_no_method_changes_may_be_anything() -> None:
    assert nodes.guidance(layers="middle").layers == "middle"


def test_the_sampler_hands_it_on(context: Context) -> None:
    def run(**options: Any) -> bytes:
        found = sample(context, nodes.empty_latent(64, 64), **options)
        return bytes(found.samples.tobytes())

    assert run() == run(guidance=nodes.guidance())
    others = [nodes.guidance(rescale=0.7), nodes.guidance(stop=0.5), nodes.guidance(GuidanceMethod.PAG)]
    assert len({run(), *(run(guidance=other) for other in others)}) == 4
