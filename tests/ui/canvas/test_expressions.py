"""Arithmetic in number fields."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from nodeflow.node.spec import InputSpec, NodeSpec
from ui.canvas.fields import label_text, value_text
from ui.document.expressions import evaluate, number_for, snapped


def _input(specs: Mapping[str, NodeSpec], node: str, name: str) -> InputSpec:
    spec = specs[node].input(name)
    assert spec is not None
    return spec


@pytest.mark.parametrize(
    ("text", "value"),
    [("1024/2", 512), ("(3+4)*8", 56), ("-2", -2), ("1,5", 1.5), (" 7 % 4 ", 3), ("9//2", 4)],
)
def test_arithmetic(text: str, value: float) -> None:
    assert evaluate(text) == value


@pytest.mark.parametrize(
    "text", ["", "abc", "1/0", "__import__('os')", "2**9999", "True", "1;2", "9" * 300, "'a'"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no number|divides|too long"):
        evaluate(text)


def test_a_field_takes_only_what_its_input_takes(specs: Mapping[str, NodeSpec]) -> None:
    width = _input(specs, "EmptyLatent", "width")
    assert number_for(width, "1024/2") == 512
    for wrong in ("513", "1.5", "-8"):
        with pytest.raises(ValueError, match="must"):
            number_for(width, wrong)
    assert number_for(_input(specs, "Sampler", "start_step"), "") is None
    assert isinstance(number_for(_input(specs, "Sampler", "denoise"), "1"), float)


def test_sliding_keeps_to_range_and_steps(specs: Mapping[str, NodeSpec]) -> None:
    width = _input(specs, "EmptyLatent", "width")
    assert snapped(width, 515.0) % 8 == 0
    assert snapped(_input(specs, "Sampler", "denoise"), 7.0) == 1.0
    assert snapped(_input(specs, "Sampler", "guidance_scale"), 5.14) == 5.1
    assert snapped(_input(specs, "Sampler", "guidance_scale"), 5.144, fine=True) == 5.14
    assert snapped(_input(specs, "Sampler", "seed"), -3.0) == 0


def test_values_and_labels_read_well(specs: Mapping[str, NodeSpec]) -> None:
    assert value_text(_input(specs, "Sampler", "scheduler"), "euler_ancestral") == "euler ancestral"
    assert value_text(_input(specs, "Sampler", "start_step"), None) == "none"
    assert label_text("unet_weight") == "UNet weight"
