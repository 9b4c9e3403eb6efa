"""Nodes that mix prompts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import reduce
from math import lcm
from typing import Annotated, Any

from nodeflow.errors import NodeFailed
from nodeflow.node import AddedLater, Range, node
from nodeflow.values import Conditioning, attended_in, combined, common, one_after_the_other
from nodeflow.values.arrays import FloatArray

from .listed import numbers_in

Fraction = Annotated[float, Range(0.0, 1.0, step=0.01)]


@node("ConditioningCombine", category="conditioning", revision=2)
def conditioning_combine(
    conditionings: list[Conditioning], weights: Annotated[str | None, AddedLater()] = None
) -> Conditioning:
    """Let several prompts act together.

    At each place of the picture, what the model predicts for them is averaged by their strengths. Give them
    areas, masks or ranges of the run to say where and when each acts.

    Args:
        conditionings: The prompts.
        weights: How much each counts beside the others, in their order: `1 0.5` lets the second count half as
            much as the first; 0 turns one off; none: all alike.
    """
    _check_some(conditionings)
    strengths = _weights(weights)
    if not strengths:
        return combined(tuple(conditionings))
    if len(strengths) != len(conditionings):
        listed, prompts = _count(strengths, "number"), _count(conditionings, "prompt")
        raise NodeFailed(f"{listed} for {prompts}", input="weights", advice="Write one for each")
    return combined(tuple(map(_weighed, conditionings, strengths)))


@conditioning_combine.foresees
def _(known: Mapping[str, Any]) -> None:
    _weights(known.get("weights"))
    if "conditionings" in known:
        _check_some(known["conditionings"])


def _check_some(conditionings: Sequence[Conditioning]) -> None:
    if not conditionings:
        raise NodeFailed("there is nothing to combine", input="conditionings", advice="Link a conditioning")


def _weights(text: str | None) -> list[float]:
    found = numbers_in(text or "", "weights")
    for weight in found:
        if not 0 <= weight <= 100:
            raise NodeFailed(f"must be from 0 to 100, not {weight:g}", input="weights")
    return found


def _count(items: Sequence[object], word: str) -> str:
    return f"{len(items)} {word}{'' if len(items) == 1 else 's'}"


def _weighed(conditioning: Conditioning, weight: float) -> Conditioning:
    return conditioning.with_each(lambda prompt: replace(prompt, strength=prompt.strength * weight))


@node("ConditioningConcat", category="conditioning")
def conditioning_concat(conditionings: list[Conditioning]) -> Conditioning:
    """Put prompts one after the other, as the chunks of one long prompt.

    Costs no further evaluation. The pooled projection, sizes, region and range are those of the first.

    Args:
        conditionings: The prompts, in their order.
    """
    if not conditionings:
        raise NodeFailed("there is nothing to put together", input="conditionings", advice="Link a prompt")
    return reduce(lambda one, other: _paired(one, other, "conditionings", one_after_the_other), conditionings)


@node("ConditioningAverage", category="conditioning")
def conditioning_average(
    conditioning: Conditioning, other: Conditioning, weight: Fraction = 0.5
) -> Conditioning:
    """Blend two prompts: their hidden states and pooled projections, number by number.

    The shorter one is repeated until both are equally long. Sizes, region and range are the first one's.

    Args:
        conditioning: A prompt.
        other: Another.
        weight: How much of the first: 1 is the first alone, 0 the other alone.
    """

    def blend(one: Conditioning, two: Conditioning) -> Conditioning:
        return _blended(one, two, weight)

    return _paired(conditioning, other, "other", blend)


@node("ConditioningZeroOut", category="conditioning")
def conditioning_zero_out(conditioning: Conditioning) -> Conditioning:
    """Turn prompts into zeros, which SDXL was trained to read as no prompt.

    Args:
        conditioning: The prompts; their sizes, regions and ranges stay.
    """

    def zeros(prompt: Conditioning) -> Conditioning:
        first = None if prompt.encoder_1 is None else prompt.encoder_1 * 0
        second, pooled = prompt.encoder_2 * 0, prompt.pooled * 0
        return replace(prompt, encoder_1=first, encoder_2=second, pooled=pooled, filler=None)

    return conditioning.with_each(zeros)


def _paired(
    one: Conditioning,
    other: Conditioning,
    name: str,
    join: Callable[[Conditioning, Conditioning], Conditioning],
) -> Conditioning:
    """Join every prompt of one with what the other is at the same time.

    Raises:
        NodeFailed: If the other is several prompts at a time, acts in places or times of its own, or is for
            another kind of model.
    """
    if not _is_one_at_a_time(other):
        advice = "Set areas, masks and ranges afterwards, and combine last"
        raise NodeFailed("only the first may be combined or limited already", input=name, advice=advice)
    if (one.encoder_1 is None) != (other.encoder_1 is None):
        advice = "Encode both with one model"
        raise NodeFailed("one is for a base model, the other for a refiner", input=name, advice=advice)
    return combined(
        tuple(
            replace(join(prompt, second), moments=moments)
            for prompt in one.prompts
            for second in other.prompts
            if (moments := common(prompt.moments, second.moments))
        )
    )


def _is_one_at_a_time(given: Conditioning) -> bool:
    prompts = given.prompts
    limited = any((p.area, p.mask, p.span, p.strength) != (None, None, (0.0, 1.0), 1.0) for p in prompts)
    return not limited and not any(
        common(prompt.moments, later.moments)
        for place, prompt in enumerate(prompts)
        for later in prompts[place + 1 :]
    )


def _blended(one: Conditioning, other: Conditioning, weight: float) -> Conditioning:
    import numpy as np

    length = lcm(one.encoder_2.shape[1], other.encoder_2.shape[1])

    def repeated(states: FloatArray) -> FloatArray:
        return np.concatenate([states] * (length // states.shape[1]), axis=1)

    def between(mine: FloatArray, others: FloatArray) -> FloatArray:
        exact = others.astype(np.float64)
        return (exact + weight * (mine - exact)).astype(np.float32)

    first = None
    if one.encoder_1 is not None and other.encoder_1 is not None:
        first = between(repeated(one.encoder_1), repeated(other.encoder_1))
    attended = None
    if one.attended is not None or other.attended is not None:
        attended = np.maximum(repeated(attended_in(one)), repeated(attended_in(other)))
    second = between(repeated(one.encoder_2), repeated(other.encoder_2))
    pooled = between(one.pooled, other.pooled)
    return replace(one, encoder_1=first, encoder_2=second, pooled=pooled, attended=attended)
