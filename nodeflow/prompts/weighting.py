"""What a token's weight does to what an encoder says of it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from nodeflow.values.arrays import FloatArray


class Weighting(StrEnum):
    """How weights act on an encoder's hidden states."""

    FROM_EMPTY = "from_empty"
    """`empty + weight · (state - empty)`: on the line from the empty prompt, as ComfyUI and compel do."""
    KEEP_MEAN = "keep_mean"
    """`weight · state`, the chunk then scaled to have the mean it had, as A1111 does."""
    MULTIPLY = "multiply"
    """`weight · state`, as A1111 does with "No norm", which it recommends for SDXL."""


def weighted(
    states: FloatArray, weights: Sequence[float], empty: FloatArray | None, weighting: Weighting
) -> FloatArray:
    """Weight the hidden states of one chunk.

    Args:
        states: An encoder's hidden states, shape (1, tokens, width).
        weights: A weight for each token; 1 changes nothing, bit for bit.
        empty: The states of the empty prompt, shape (1, tokens, width); needed for `FROM_EMPTY` only.
        weighting: How weights act.
    """
    if all(weight == 1 for weight in weights):
        return states
    import numpy as np  # here, as checking a workflow needs no arrays

    exact = states.astype(np.float64)
    factors = np.array(weights, np.float64)[None, :, None]
    if weighting is Weighting.FROM_EMPTY and empty is not None:
        result = empty + factors * (exact - empty)
    else:
        result = factors * exact
    mean = result.mean()
    if weighting is Weighting.KEEP_MEAN and mean != 0:
        result *= exact.mean() / mean
        factors = np.zeros(1)  # which changes all tokens
    changed: FloatArray = np.where(factors == 1, states, result).astype(np.float32)
    return changed
