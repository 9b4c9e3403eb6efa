"""Prompts in A1111's syntax as compel encodes their like with the same encoders.

compel writes `(cat)1.5` for `(cat:1.5)`, `cat+` for `(cat)`, `("a", "b").and()` for `a BREAK b`. It weights
in single precision: hence the tolerance.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import compel
import numpy as np
import pytest
import torch

from nodeflow.backends import PromptRequest
from nodeflow.backends.torch import TorchBackend
from nodeflow.prompts import Weighting
from nodeflow.values import Conditioning, ModelRecipe
from nodes import conditioning_average
from tests.backends.conftest import RecordingMonitor

TOLERANCE = 2e-6
PLAIN = "a red apple on a green background"
Encode = Callable[..., Conditioning]


@pytest.fixture(scope="module")
def encoded(backend: TorchBackend, pocket: ModelRecipe) -> Encode:
    """Encode a prompt with nodeflow."""

    def run(text: str, text_2: str | None = None, **fields: Any) -> Conditioning:
        return backend.encode_text(pocket, PromptRequest(text, text_2, **fields), RecordingMonitor())

    return run


@pytest.fixture(scope="module")
def oracle(pipeline: Any) -> Any:
    """compel for SDXL; long prompts are cut where a chunk is full, not at the ends of sentences."""
    made = compel.CompelForSDXL(pipeline)
    for part in (made.compel_1, made.compel_2):
        part.conditioning_provider.split_long_text_mode = compel.SplitLongTextMode.BRUTAL
    return made


def states(found: Conditioning) -> Any:
    """Both encoders' states beside each other, as compel and diffusers have them."""
    assert found.encoder_1 is not None
    return np.concatenate([found.encoder_1, found.encoder_2], axis=-1)


def off(found: Conditioning, expected: torch.Tensor) -> float:
    """The largest difference, relative where states are beyond 1."""
    wanted = expected.numpy()
    return float((np.abs(states(found) - wanted) / np.maximum(np.abs(wanted), 1)).max())


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("", ""),
        (PLAIN, PLAIN),
        ("a (red)1.4 apple", "a (red:1.4) apple"),
        ("a red+ (ripe apple)++", "a (red) ((ripe apple))"),
        ("((red)1.3 apple)1.2 on (oak wood)1.5", "((red:1.3) apple:1.2) on (oak wood:1.5)"),
        ("an astronaut+, (a cat)5", "an (astronaut), (a cat:5)"),
        ('("a red apple", "a (blue)1.3 cat").and()', "a red apple BREAK a (blue:1.3) cat"),
        ("big red apple and " * 25 + "(cat)1.3", "big red apple and " * 25 + "(cat:1.3)"),
    ],
)
def test_a_prompt_is_what_compel_encodes(oracle: Any, encoded: Encode, theirs: str, ours: str) -> None:
    assert off(encoded(ours), oracle(theirs).embeds) < TOLERANCE


def test_prompts_for_each_encoder_and_negatives_are_what_compel_encodes(oracle: Any, encoded: Encode) -> None:
    found = oracle("a (red)1.3 apple", "oil painting+", "(blurry)1.5", "dark+")
    assert off(encoded("a (red:1.3) apple", "oil (painting)"), found.embeds) < TOLERANCE
    assert off(encoded("(blurry:1.5)", "(dark)"), found.negative_embeds) < TOLERANCE


@pytest.mark.parametrize("text", [PLAIN, "big red apple and " * 25])
def test_the_pooled_projection_is_compels(oracle: Any, encoded: Encode, text: str) -> None:
    np.testing.assert_allclose(encoded(text).pooled, oracle(text).pooled_embeds.numpy(), atol=TOLERANCE)


def test_compel_pools_the_marks_of_weights_as_words(oracle: Any, encoded: Encode) -> None:
    found = oracle("a (red)1.4 apple").pooled_embeds.numpy()
    np.testing.assert_allclose(encoded(r"a \(red\)1.4 apple").pooled, found, atol=TOLERANCE)
    np.testing.assert_array_equal(encoded("a (red:1.4) apple").pooled, encoded("a red apple").pooled)
    assert np.abs(encoded("a red apple").pooled - found).max() > 0.1


def test_an_average_is_compels_blend(oracle: Any, encoded: Encode) -> None:
    found = oracle('("a (red)1.3 apple", "a blue cat").blend(0.7, 0.3)').embeds
    average = conditioning_average(encoded("a (red:1.3) apple"), encoded("a blue cat"), 0.7)
    assert off(average, found) < TOLERANCE


@pytest.mark.parametrize("weight", [0.9, 0.6, 0.25, 0])
def test_below_1_the_weighting_of_compel_is_compels(oracle: Any, encoded: Encode, weight: float) -> None:
    theirs = oracle(f"a (red)1.2 (apple){weight}, a (cat)0.5").embeds
    text = f"a (red:1.2) (apple:{weight}), a (cat:0.5)"
    assert off(encoded(text, weighting=Weighting.COMPEL), theirs) < TOLERANCE
    assert off(encoded(text), theirs) > 0.1
