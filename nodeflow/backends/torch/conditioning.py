"""From conditionings on a wire to the tensors that an SDXL UNet takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from nodeflow.backends.protocol import SampleRequest
from nodeflow.backends.torch.device import placement
from nodeflow.backends.torch.guidance import POSITIVE
from nodeflow.backends.torch.predicting import Piece, Sides
from nodeflow.backends.torch.source import Source
from nodeflow.errors import NodeFailed
from nodeflow.values import Conditioning, SizeConditioning
from nodeflow.values.arrays import FloatArray

Steering = Callable[[int], Sides]
"""What the UNet is told at each whole step of the schedule, counted from 0, for each side of guidance."""


@dataclass(frozen=True)
class _Side:
    hidden: FloatArray
    pooled: FloatArray
    ids: tuple[float, ...]


def prepare(unet: Any, source: Source, request: SampleRequest, sides: Iterable[str]) -> Steering:
    """Build what the UNet is told.

    Args:
        unet: The UNet, whose config says which widths fit.
        source: The checkpoint that it is from; a refiner takes the second encoder alone.
        request: Conditionings, aesthetic scores, and the latent whose size is the default.
        sides: Those that guidance needs.

    Raises:
        NodeFailed: If a conditioning was not made for this kind of model.
    """
    prepared = {name: (_piece(unet, _side(unet, source, request, name)),) for name in sides}
    return lambda _: prepared


def _piece(unet: Any, side: _Side) -> Piece:
    device, dtype = placement(unet)

    def row(array: Any) -> torch.Tensor:
        return torch.from_numpy(np.array(array, dtype=np.float32)).to(device, dtype)

    return Piece(row(side.hidden), row(side.pooled), row([side.ids]))


def _side(unet: Any, source: Source, request: SampleRequest, name: str) -> _Side:
    given = request.told(name)
    scores = request.aesthetic_scores if source.wants_aesthetics else (None, None)
    if given is None:  # no negative prompt: zeros, in the positive's shape and for its sizes
        given = request.positive
        hidden, pooled = np.zeros_like(_hidden(given, source, name)), np.zeros_like(given.pooled)
    else:
        hidden, pooled = _hidden(given, source, name), given.pooled
    size = request.positive.size if given.size == SizeConditioning() else given.size
    side = _Side(hidden, pooled, _ids(size, request.latent.size, scores[name != POSITIVE]))
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
