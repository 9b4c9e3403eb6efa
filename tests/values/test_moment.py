"""Some of a run's steps, and what several of them have in common."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodeflow.values import ALWAYS, Moment, common
from nodeflow.values.moment import step_at

FRACTIONS = st.integers(0, 20).map(lambda n: n / 20)


@st.composite
def moments(draw: st.DrawFn) -> Moment:
    turns = draw(st.integers(1, 4))
    return Moment(
        draw(FRACTIONS),
        draw(FRACTIONS),
        draw(st.integers(0, 8)),
        draw(st.none() | st.integers(0, 12)),
        draw(st.integers(0, turns - 1)),
        turns,
    )


def steps_of(moment: Moment, steps: int) -> set[int]:
    return {step for step in range(steps) if moment.includes(step, steps)}


@given(moments(), moments(), st.integers(1, 30))
def test_what_two_moments_have_in_common_is_what_is_in_both(one: Moment, other: Moment, steps: int) -> None:
    found = common((one,), (other,))
    assert {step for moment in found for step in steps_of(moment, steps)} == steps_of(one, steps) & steps_of(
        other, steps
    )


@given(st.integers(1, 1000), FRACTIONS)
def test_a_run_cut_in_two_has_every_step_once(steps: int, cut: float) -> None:
    before, after = steps_of(Moment(end=cut), steps), steps_of(Moment(start=cut), steps)
    assert before | after == steps_of(ALWAYS, steps) == set(range(steps))
    assert before.isdisjoint(after)


@pytest.mark.parametrize(("fraction", "steps", "step"), [(0.29, 100, 29), (0.4, 10, 4), (0.5, 5, 2)])
def test_a_fraction_is_the_whole_steps_that_fit_into_it(fraction: float, steps: int, step: int) -> None:
    assert step_at(fraction, steps) == step
