"""From the pieces of a side to its prediction: an exported UNet's evaluation of a batch, and the sum."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import lcm

import numpy as np

from nodeflow.backends.guidance import Predict
from nodeflow.backends.pieces import Piece, Side, Sides, Window, calls
from nodeflow.models.exported import GUIDANCE_SCALE
from nodeflow.values.arrays import FloatArray


@dataclass(frozen=True)
class Unet:
    """An exported UNet.

    Attributes:
        run: Evaluates it on its inputs by name.
        channels: How many it takes.
        told: The guidance scale, if the UNet is told it.
    """

    run: Callable[[Mapping[str, FloatArray]], FloatArray]
    channels: int
    told: float | None = None


@dataclass(frozen=True)
class Predictor:
    """Evaluates a UNet on sides.

    Attributes:
        unet: The UNet.
        beside: What a UNet for inpainting sees beside the latents, shape (batch, 5, height, width).
    """

    unet: Unet
    beside: FloatArray | None = None

    def at(self, model_input: FloatArray, timestep: float, sides: Sides) -> Predict:
        """What a guider evaluates sides with.

        Args:
            model_input: Latents, scaled for this timestep, shape (batch, channels, height, width).
            timestep: In training time.
            sides: What the UNet is told.
        """

        def predict(*names: str, variant: str = "") -> tuple[FloatArray, ...]:  # noqa: ARG001 - knows none
            chosen = [sides[name] for name in names]
            found: dict[Piece, FloatArray] = {}
            for call in calls(chosen):
                found.update(zip(call, self._evaluate(model_input, timestep, call), strict=True))
            return tuple(_summed(side, found, model_input) for side in chosen)

        return predict

    def _evaluate(
        self, model_input: FloatArray, timestep: float, call: Sequence[Piece]
    ) -> Sequence[FloatArray]:
        """One batch of the UNet."""
        batch = len(model_input)
        if self.beside is not None:
            model_input = np.concatenate([model_input, self.beside], axis=1)
        told = {} if self.unet.told is None else {GUIDANCE_SCALE: np.array([self.unet.told], np.float32)}
        prediction = self.unet.run(
            {
                **told,
                "sample": np.concatenate(
                    [model_input if piece.window is None else piece.window.of(model_input) for piece in call]
                ),
                "timestep": np.array([timestep], np.float32),
                "encoder_hidden_states": _rows(_equally_long([piece.hidden for piece in call]), batch),
                "text_embeds": _rows([piece.pooled for piece in call], batch),
                "time_ids": _rows([piece.ids for piece in call], batch),
            }
        )
        return np.split(prediction, len(call))


def _equally_long(hidden: Sequence[FloatArray]) -> list[FloatArray]:
    """Repeat the hidden states of prompts until all are as long: to cross-attention, that changes nothing."""
    length = lcm(*(states.shape[1] for states in hidden))
    return [np.tile(states, (1, length // states.shape[1], 1)) for states in hidden]


def _rows(arrays: Sequence[FloatArray], batch: int) -> FloatArray:
    return np.concatenate([np.repeat(array, batch, axis=0) for array in arrays])


def _summed(side: Side, found: Mapping[Piece, FloatArray], model_input: FloatArray) -> FloatArray:
    """The pieces' predictions, each by its share of all at a place."""
    first = found[side[0]]
    if len(side) == 1 and side[0].window is None:
        return first
    batch, _, *size = model_input.shape
    total: FloatArray = np.zeros((batch, first.shape[1], *size), np.float32)
    shares = np.zeros((batch, 1, *size), np.float32)
    for piece in side:
        within = Window(0, 0, *size) if piece.window is None else piece.window
        weight = np.asarray(piece.weight, np.float32)
        place, share = within.of(total), within.of(shares)
        place += weight * found[piece]
        share += weight
    total /= shares
    return total
