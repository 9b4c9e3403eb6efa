"""From conditionings on a wire to the tensors that an SDXL UNet takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import lcm
from typing import Any

import numpy as np
import torch

from nodeflow.backends.protocol import SampleRequest
from nodeflow.backends.torch.device import placement
from nodeflow.backends.torch.source import Source
from nodeflow.errors import NodeFailed
from nodeflow.values import Conditioning, SizeConditioning
from nodeflow.values.arrays import FloatArray


@dataclass(frozen=True)
class Guidance:
    """What the UNet is told at a step, with the negative's half of the batch first where there is guidance.

    Attributes:
        scale: Classifier-free guidance scale, or None for a single prediction per item.
        hidden: Text encoders' hidden states, shape (batch or 2 · batch, tokens, width).
        added: `text_embeds` (the pooled projection) and `time_ids` (sizes, crop, scores), a row per item.
    """

    scale: float | None
    hidden: torch.Tensor
    added: dict[str, torch.Tensor]


Steering = Callable[[int], Guidance]
"""What the UNet is told at each whole step of the schedule, counted from 0."""


@dataclass(frozen=True)
class _Side:
    hidden: FloatArray
    pooled: FloatArray
    ids: tuple[float, ...]


def prepare(unet: Any, source: Source, request: SampleRequest) -> Steering:
    """Build the UNet's conditioning for every item of a batch.

    Args:
        unet: The UNet, whose config says which widths fit.
        source: The checkpoint that it is from; a refiner takes the second encoder alone.
        request: Conditionings, guidance scales, aesthetic scores, and the latent whose size is the default.

    Raises:
        NodeFailed: If a conditioning was not made for this kind of model.
    """
    scores = request.aesthetic_scores if source.wants_aesthetics else (None, None)
    scales = request.guidance_scales()
    positive = _side(unet, source, request, "positive", scores[0])
    alone = _batched(unet, [positive], len(request.latent))
    if all(scale <= 1 for scale in scales):
        return lambda _: alone
    negative = _side(unet, source, request, "negative", scores[1])
    both = _batched(unet, _equally_long(negative, positive), len(request.latent))
    return lambda step: replace(both, scale=scales[step]) if scales[step] > 1 else alone


def _equally_long(*sides: _Side) -> list[_Side]:
    """Repeat the hidden states of prompts until all are as long: to cross-attention, that changes nothing.

    Softmax over keys that are all there n times gives each 1/n of its share, n times.
    """
    length = lcm(*(side.hidden.shape[1] for side in sides))
    return [
        replace(side, hidden=np.tile(side.hidden, (1, length // side.hidden.shape[1], 1))) for side in sides
    ]


def _batched(unet: Any, sides: list[_Side], batch: int) -> Guidance:
    device, dtype = placement(unet)

    def rows(arrays: list[Any]) -> torch.Tensor:
        tensors = [torch.from_numpy(np.array(array, dtype=np.float32)) for array in arrays]
        stacked = torch.cat([tensor.repeat_interleave(batch, dim=0) for tensor in tensors])
        return stacked.to(device, dtype)

    added = {
        "text_embeds": rows([side.pooled for side in sides]),
        "time_ids": rows([[side.ids] for side in sides]),
    }
    return Guidance(None, rows([side.hidden for side in sides]), added)


def _side(unet: Any, source: Source, request: SampleRequest, name: str, score: float | None) -> _Side:
    given = request.negative if name == "negative" else request.positive
    if given is None:  # no negative prompt: zeros, in the positive's shape and for its sizes
        given = request.positive
        hidden, pooled = np.zeros_like(_hidden(given, source, name)), np.zeros_like(given.pooled)
    else:
        hidden, pooled = _hidden(given, source, name), given.pooled
    size = request.positive.size if given.size == SizeConditioning() else given.size
    side = _Side(hidden, pooled, _ids(size, request.latent.size, score))
    _check_widths(unet, side, name)
    return side


def _hidden(given: Conditioning, source: Source, name: str) -> FloatArray:
    if source.is_refiner:
        return given.encoder_2
    if given.encoder_1 is None:
        raise NodeFailed(
            "this conditioning was encoded by a refiner and lacks the first text encoder's part",
            input=name,
            advice="Encode the prompt with the base model.",
        )
    return np.concatenate([given.encoder_1, given.encoder_2], axis=-1)


def _ids(given: SizeConditioning, size: tuple[int, int], score: float | None) -> tuple[float, ...]:
    """Original size, crop and target size, or an aesthetic score for the target (arXiv:2307.01952)."""
    last = (given.target or size) if score is None else (score,)
    return (*(given.original or size), *given.crop, *last)


def _check_widths(unet: Any, side: _Side, name: str) -> None:
    added = len(side.ids) * unet.config.addition_time_embed_dim + side.pooled.shape[-1]
    fits = (
        side.hidden.shape[-1] == unet.config.cross_attention_dim
        and added == unet.config.projection_class_embeddings_input_dim
    )
    if not fits:
        raise NodeFailed(
            f"this conditioning (width {side.hidden.shape[-1]}) does not fit the model, "
            f"which takes width {unet.config.cross_attention_dim}",
            input=name,
            advice="Encode the prompt with the model that samples.",
        )
