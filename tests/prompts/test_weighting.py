"""What weights do, against the formulas spelled out number by number."""

from __future__ import annotations

from statistics import fmean
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodeflow.prompts import Weighting, weighted

FACTORS = st.lists(st.floats(-3, 3), min_size=5, max_size=5)


def random(seed: int) -> Any:
    return np.random.default_rng(seed).standard_normal((1, 5, 4)).astype(np.float32)


def reference(states: Any, weights: list[float], empty: Any, weighting: Weighting) -> list[list[float]]:
    """In Python's own double precision."""
    rows, zeros = states[0].tolist(), empty[0].tolist()
    if weighting in {Weighting.FROM_EMPTY, Weighting.COMPEL}:
        return [
            [z + w * (x - z) for x, z in zip(row, zero, strict=True)]
            for row, zero, w in zip(rows, zeros, weights, strict=True)
        ]
    scaled = [[w * x for x in row] for row, w in zip(rows, weights, strict=True)]
    if weighting is Weighting.KEEP_MEAN:
        before, after = fmean(x for row in rows for x in row), fmean(x for row in scaled for x in row)
        ratio = before / after if after else 1.0
        scaled = [[x * ratio for x in row] for row in scaled]
    return scaled


@given(FACTORS, st.sampled_from(Weighting), st.integers(0, 9))
def test_weights_follow_the_formulas(weights: list[float], weighting: Weighting, seed: int) -> None:
    states, empty = random(seed), random(seed + 100)
    found = weighted(states, weights, empty, weighting)
    expected = reference(states, weights, empty, weighting)
    np.testing.assert_allclose(found[0], expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("weighting", Weighting)
def test_weight_1_everywhere_changes_no_bit(weighting: Weighting) -> None:
    states = random(1)
    assert weighted(states, [1.0] * 5, random(2), weighting).tobytes() == states.tobytes()


@pytest.mark.parametrize("weighting", [Weighting.FROM_EMPTY, Weighting.COMPEL, Weighting.MULTIPLY])
def test_tokens_of_weight_1_change_no_bit(weighting: Weighting) -> None:
    states = random(1)
    found = weighted(states, [1, 1.5, 1, 1, -2], random(2), weighting)
    assert [row for row in range(5) if found[0, row].tobytes() == states[0, row].tobytes()] == [0, 2, 3]


def test_the_mean_is_kept_and_weight_0_is_the_empty_prompt() -> None:
    states, empty = random(1), random(2)
    weights = [1, 1.4, 0.6, 1, 2.0]
    kept = weighted(states, weights, None, Weighting.KEEP_MEAN)
    assert kept.mean() == pytest.approx(states.mean(), rel=1e-5)
    nothing = weighted(states, [0.0] * 5, empty, Weighting.FROM_EMPTY)
    np.testing.assert_array_equal(nothing, empty)


def test_a_mean_of_0_is_not_divided_by() -> None:
    assert not weighted(random(1), [0.0] * 5, None, Weighting.KEEP_MEAN).any()
