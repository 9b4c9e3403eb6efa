"""Prompts of unequal length: one behind the other, and filled up."""

from __future__ import annotations

import numpy as np
import pytest

from nodeflow.values import Conditioning, filled_up, one_after_the_other


def prompt(*values: float, filler: Conditioning | None = None, masked: bool = False) -> Conditioning:
    """A prompt whose tokens are these numbers."""
    states = np.array(values, np.float32).reshape(1, -1, 1)
    attended = np.zeros((1, len(values)), np.float32) if masked else None
    return Conditioning(states, states * 2, states[:, 0], attended=attended, filler=filler)


def tokens(given: Conditioning) -> list[float]:
    assert given.encoder_1 is not None
    assert (given.encoder_1 * 2 == given.encoder_2).all()
    return [float(value) for value in given.encoder_1.ravel()]


def test_tokens_stand_behind_those_of_the_first_and_all_else_is_its_own() -> None:
    found = one_after_the_other(prompt(1, 2), prompt(3, masked=True))
    assert (tokens(found), found.pooled.tolist()) == ([1, 2, 3], [[1]])
    assert found.attended is not None
    assert found.attended.tolist() == [[1, 1, 0]]
    assert one_after_the_other(prompt(1), prompt(2)).attended is None


@pytest.mark.parametrize(
    ("length", "expected"),
    [(1, [1, 2]), (2, [1, 2]), (4, [1, 2, 8, 9]), (6, [1, 2, 8, 9, 8, 9]), (5, [1, 2])],
)
def test_a_prompt_with_a_filler_is_filled_up_where_it_comes_out_even(
    length: int, expected: list[float]
) -> None:
    assert tokens(filled_up(prompt(1, 2, filler=prompt(8, 9)), length)) == expected


def test_a_prompt_without_a_filler_stays_as_it_is() -> None:
    assert tokens(filled_up(prompt(1, 2), 4)) == [1, 2]
