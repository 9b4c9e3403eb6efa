"""From the pieces of a side to its prediction: one evaluation of the UNet for a batch, and the sum."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import lcm
from typing import Any

import torch

from nodeflow.backends.guidance import Predict
from nodeflow.backends.pieces import Piece, Side, Sides, Window, calls
from nodeflow.backends.torch.reuse import StepCache


@dataclass(frozen=True)
class Predictor:
    """Evaluates a UNet on sides.

    Attributes:
        unet: The UNet, used by this thread alone.
        cache: Lets evaluations reuse each other's deep layers.
        beside: What a UNet for inpainting sees beside the latents, shape (batch, 5, height, width).
    """

    unet: Any
    cache: StepCache
    beside: torch.Tensor | None = None

    def at(
        self,
        number: int,
        model_input: torch.Tensor,
        t: torch.Tensor,
        sides: Sides,
        altered: Hashable = None,
    ) -> Predict:
        """What a guider evaluates sides with.

        Args:
            number: Of the evaluation, counted from 0 at the start of the run.
            model_input: Latents, scaled for this timestep, shape (batch, channels, height, width).
            t: The timestep.
            sides: What the UNet is told.
            altered: How it computes otherwise than usual: step caches keep such evaluations apart.
        """

        def predict(*names: str, variant: str = "") -> tuple[torch.Tensor, ...]:
            chosen = [sides[name] for name in names]
            found: dict[Piece, torch.Tensor] = {}
            for call in calls(chosen):
                with self.cache.evaluation(number, (len(model_input), altered, variant, *call)):
                    outputs = self._evaluate(model_input, t, call)
                found.update(zip(call, outputs, strict=True))
            return tuple(_summed(side, found, model_input) for side in chosen)

        return predict

    def _evaluate(
        self, model_input: torch.Tensor, t: torch.Tensor, call: Sequence[Piece]
    ) -> Sequence[torch.Tensor]:
        """One batch of the UNet."""
        batch = len(model_input)
        if self.beside is not None:
            model_input = torch.cat([model_input, self.beside], dim=1)
        inputs = [model_input if piece.window is None else piece.window.of(model_input) for piece in call]
        prediction: torch.Tensor = self.unet(
            inputs[0] if len(call) == 1 else torch.cat(inputs),
            t,
            encoder_hidden_states=_rows(_equally_long([piece.hidden for piece in call]), batch),
            encoder_attention_mask=_attention_mask(call, batch),
            added_cond_kwargs={
                "text_embeds": _rows([piece.pooled for piece in call], batch),
                "time_ids": _rows([piece.ids for piece in call], batch),
            },
            return_dict=False,
        )[0]
        return prediction.chunk(len(call))


def _equally_long(hidden: Sequence[torch.Tensor]) -> list[torch.Tensor]:
    """Repeat the hidden states of prompts until all are as long: to cross-attention, that changes nothing.

    Softmax over keys that are all there n times gives each 1/n of its share, n times.
    """
    length = lcm(*(states.shape[1] for states in hidden))
    return [states.repeat(1, length // states.shape[1], 1) for states in hidden]


def _attention_mask(call: Sequence[Piece], batch: int) -> torch.Tensor | None:
    """Which tokens count, shape (rows, tokens); None where all do."""
    if all(piece.attended is None for piece in call):
        return None
    counting = (
        torch.ones_like(piece.hidden[..., 0]) if piece.attended is None else piece.attended for piece in call
    )
    return _rows(_equally_long([tokens[..., None] for tokens in counting]), batch)[..., 0].bool()


def _rows(tensors: Sequence[torch.Tensor], batch: int) -> torch.Tensor:
    return torch.cat([tensor.repeat_interleave(batch, dim=0) for tensor in tensors])


def _summed(side: Side, found: Mapping[Piece, torch.Tensor], model_input: torch.Tensor) -> torch.Tensor:
    """The pieces' predictions, each by its share of all at a place."""
    first = found[side[0]]
    if len(side) == 1 and side[0].window is None:
        return first
    batch, _, *size = model_input.shape
    total = first.new_zeros((batch, first.shape[1], *size), dtype=torch.float32)
    shares = total.new_zeros((batch, 1, *size))
    for piece in side:
        within = Window(0, 0, *size) if piece.window is None else piece.window
        within.of(total).add_(piece.weight * found[piece].float())
        within.of(shares).add_(piece.weight)
    return (total / shares).to(first.dtype)
