"""From what a UNet is told to tensors on its device."""

from __future__ import annotations

from typing import Any

import torch

from nodeflow.backends.conditioning import Steering, Told
from nodeflow.backends.pieces import Piece, Side, Sides
from nodeflow.backends.torch.device import placement
from nodeflow.backends.torch.source import Source


def wanted_by(unet: Any, source: Source) -> Told:
    """What a UNet must be told.

    Args:
        unet: The UNet, whose config says which widths fit.
        source: The checkpoint that it is from.
    """
    config = unet.config
    return Told(
        config.cross_attention_dim,
        config.projection_class_embeddings_input_dim,
        config.addition_time_embed_dim,
        source.is_refiner,
        source.wants_aesthetics,
    )


def on_device(steering: Steering, unet: Any) -> Steering:
    """The same in tensors, where the UNet is and in its precision; each piece is always the same one."""
    pieces: dict[Piece, Piece] = {}
    sides: dict[Side, Side] = {}
    known: dict[tuple[Side, ...], Sides] = {}

    def moved(side: Side) -> Side:
        for piece in side:
            if piece not in pieces:
                pieces[piece] = _moved(piece, *placement(unet))
        return sides.setdefault(side, tuple(pieces[piece] for piece in side))

    def steer(step: int) -> Sides:
        told = {name: moved(side) for name, side in steering(step).items()}
        return known.setdefault(tuple(told.values()), told)

    return steer


def _moved(piece: Piece, device: torch.device, dtype: torch.dtype) -> Piece:
    def row(array: Any) -> torch.Tensor:
        return torch.tensor(array).to(device, dtype)

    weight = piece.weight
    return Piece(
        row(piece.hidden),
        row(piece.pooled),
        row(piece.ids),
        weight if isinstance(weight, float) else torch.tensor(weight, device=device),
        piece.window,
        None if piece.attended is None else row(piece.attended),
    )
