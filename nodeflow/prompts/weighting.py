"""What a token's weight does to what an encoder says of it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from math import pi, tan

from nodeflow.prompts.syntax import Syntax
from nodeflow.values.arrays import FloatArray


class Weighting(StrEnum):
    """How weights act on an encoder's hidden states."""

    FROM_EMPTY = "from_empty"
    """`empty + weight · (state - empty)`: on the line from the empty prompt, as ComfyUI does."""
    KEEP_MEAN = "keep_mean"
    """`weight · state`, the chunk then scaled to have the mean it had, as A1111 does."""
    MULTIPLY = "multiply"
    """`weight · state`, as A1111 does with "No norm", which it recommends for SDXL."""
    COMPEL = "compel"
    """As compel: as `FROM_EMPTY`, and below 1 mixed with the prompt in which nothing attends to the words."""

    @property
    def starts_from_empty(self) -> bool:
        """Whether the empty prompt is needed."""
        return self in {Weighting.FROM_EMPTY, Weighting.COMPEL}


_FAINTEST = 1e-5
"""Weights below this count as this for `share_without`, which grows beyond all bounds towards 0."""


def usual_weighting(syntax: Syntax) -> Weighting:
    """What weights do unless somebody says otherwise: in compel's syntax what they do in compel."""
    return Weighting.COMPEL if syntax is Syntax.COMPEL else Weighting.FROM_EMPTY


def share_without(weight: float) -> float:
    """How much the prompt in which nothing attends to faint words counts, beside 1 for the whole prompt.

    As compel has it: nothing at weight 1, as much as the whole at 0.5, nearly all at 0.

    Args:
        weight: What the words weigh.
    """
    return tan((1 - max(weight, _FAINTEST)) * pi / 2)


def mixed(states: Sequence[FloatArray], shares: Sequence[float]) -> FloatArray:
    """Add up states, each multiplied by its share.

    Args:
        states: Each of shape (1, tokens, width).
        shares: A share for each; a single one of share 1 is left as it is, bit for bit.
    """
    if len(states) == 1 and shares[0] == 1:
        return states[0]
    import numpy as np  # here, as checking a workflow needs no arrays

    total = sum(np.float64(share) * state for state, share in zip(states, shares, strict=True))
    result: FloatArray = np.asarray(total).astype(np.float32)
    return result


def weighted(
    states: FloatArray, weights: Sequence[float], empty: FloatArray | None, weighting: Weighting
) -> FloatArray:
    """Weight the hidden states of one chunk.

    Args:
        states: An encoder's hidden states, shape (1, tokens, width).
        weights: A weight for each token; 1 changes nothing, bit for bit.
        empty: The states of the empty prompt, shape (1, tokens, width); needed by those that start from it.
        weighting: How weights act; what `COMPEL` mixes below 1 is mixed by whoever encodes.
    """
    if all(weight == 1 for weight in weights):
        return states
    import numpy as np  # here, as checking a workflow needs no arrays

    exact = states.astype(np.float64)
    factors = np.array(weights, np.float64)[None, :, None]
    if weighting.starts_from_empty and empty is not None:
        result = empty + factors * (exact - empty)
    else:
        result = factors * exact
    mean = result.mean()
    if weighting is Weighting.KEEP_MEAN and mean != 0:
        result *= exact.mean() / mean
        factors = np.zeros(1)  # which changes all tokens
    changed: FloatArray = np.where(factors == 1, states, result).astype(np.float32)
    return changed
