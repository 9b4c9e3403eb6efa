"""From conditionings on a wire to the tensors that an SDXL UNet takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from nodeflow.backends.protocol import SampleRequest
from nodeflow.backends.torch.device import placement
from nodeflow.backends.torch.guidance import POSITIVE, UNCONDITIONAL
from nodeflow.backends.torch.predicting import Piece, Side, Sides, Window
from nodeflow.backends.torch.regions import Share, placed
from nodeflow.backends.torch.source import Source
from nodeflow.errors import NodeFailed
from nodeflow.values import Conditioning, SizeConditioning
from nodeflow.values.arrays import FloatArray

Steering = Callable[[int], Sides]
"""What the UNet is told at each whole step of the schedule, counted from 0, for each side of guidance."""


def prepare(unet: Any, source: Source, request: SampleRequest, sides: Iterable[str]) -> Steering:
    """Build what the UNet is told.

    Args:
        unet: The UNet, whose config says which widths fit.
        source: The checkpoint that it is from; a refiner takes the second encoder alone.
        request: Conditionings, aesthetic scores, and the latent whose size is the default.
        sides: Those that guidance needs.

    Raises:
        NodeFailed: If a conditioning was not made for this kind of model, or acts outside of the picture.
    """
    prepared = {name: _Prompts(unet, source, request, name) for name in sides}
    known: dict[tuple[Side, ...], Sides] = {}

    def steer(step: int) -> Sides:
        told = {name: prompts.at(step) for name, prompts in prepared.items()}
        # The very same pieces step after step, by which step caches recognise them.
        return known.setdefault(tuple(told.values()), _alike(told))

    return steer


def _alike(sides: Sides) -> Sides:
    """Let a prompt that acts everywhere see what the positive's see: guidance then compares like with like.

    What the UNet says of a part of the latents differs a little from what it says there when it sees all of
    them; guidance would amplify the difference until nothing is left but noise.
    """
    positive = sides[POSITIVE]
    if all(piece.window is None for piece in positive):
        return sides
    return {name: side if name == POSITIVE else _in_windows(side, positive) for name, side in sides.items()}


def _in_windows(side: Side, positive: Side) -> Side:
    alone = side[0]
    if len(side) > 1 or alone.window is not None:
        return side
    weights: dict[Window | None, Share] = {}
    for piece in positive:
        weights[piece.window] = weights.get(piece.window, 0.0) + piece.weight
    return tuple(replace(alone, window=window, weight=weight) for window, weight in weights.items())


class _Prompts:
    """All prompts of a side, and which of them act at a step."""

    def __init__(self, unet: Any, source: Source, request: SampleRequest, name: str) -> None:
        self._unet, self._source, self._request, self._name = unet, source, request, name
        self._input = "guidance" if name == UNCONDITIONAL else name  # for messages: there it is set
        given = request.told(name)
        prompts = (given or request.positive).prompts
        told = [self._told(prompt) for prompt in prompts]
        self._nothing = _piece(unet, told[0], blank=True)
        self._pieces: list[tuple[Conditioning, Piece]] = []
        for prompt, one in zip(prompts, told, strict=True):
            if given is not None and prompt.strength > 0:
                where = placed(prompt, request.latent, self._input)
                self._pieces.append((prompt, _piece(unet, one, *where)))
        self._sides: dict[Side, Side] = {}

    def _told(self, prompt: Conditioning) -> _Told:
        request, refines = self._request, self._source.wants_aesthetics
        score = request.aesthetic_scores[self._name != POSITIVE] if refines else None
        size = _usual_size(request) if prompt.size == SizeConditioning() else prompt.size
        ids = _ids(size, request.latent.size, score)
        told = _Told(_hidden(prompt, self._source, self._input), prompt.pooled, ids, prompt.attended)
        _check_widths(self._unet, told, self._input)
        return told

    def at(self, step: int) -> Side:
        """The pieces that act at a step of the schedule; where none does, it is no prompt."""
        acting = tuple(
            piece for prompt, piece in self._pieces if prompt.acts_at(step, self._request.total_steps)
        )
        if acting not in self._sides:  # the same step after step, so that step caches recognise them
            self._sides[acting] = self._filled(acting)
        return self._sides[acting]

    def _filled(self, acting: Side) -> Side:
        """Let no prompt act where nothing else does."""
        latents = self._request.latent.samples
        covered = torch.zeros(len(latents), 1, *latents.shape[2:])
        for piece in acting:
            within = covered if piece.window is None else piece.window.of(covered)
            within.add_(piece.weight.cpu() if isinstance(piece.weight, torch.Tensor) else piece.weight)
        bare = (covered == 0).float()
        if not acting or bare.all():
            return (self._nothing,)
        device, _ = placement(self._unet)
        return (*acting, replace(self._nothing, weight=bare.to(device))) if bare.any() else acting


@dataclass(frozen=True)
class _Told:
    hidden: FloatArray
    pooled: FloatArray
    ids: tuple[float, ...]
    attended: FloatArray | None


def _piece(
    unet: Any, told: _Told, window: Window | None = None, weight: Share = 1.0, *, blank: bool = False
) -> Piece:
    """A prompt on the UNet's device; blank: zeros, as SDXL was trained to read "no prompt"."""
    device, dtype = placement(unet)

    def row(array: Any) -> torch.Tensor:
        return torch.from_numpy(np.array(array, dtype=np.float32)).to(device, dtype)

    hidden, pooled, ids = row(told.hidden), row(told.pooled), row([told.ids])
    if blank:
        hidden, pooled = torch.zeros_like(hidden), torch.zeros_like(pooled)
    weight = weight.to(device) if isinstance(weight, torch.Tensor) else weight
    attended = None if told.attended is None else row(told.attended)
    return Piece(hidden, pooled, ids, weight, window, attended)


def _usual_size(request: SampleRequest) -> SizeConditioning:
    """What holds for prompts that say nothing of sizes."""
    said = (prompt.size for prompt in request.positive.prompts)
    return next((size for size in said if size != SizeConditioning()), SizeConditioning())


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


def _check_widths(unet: Any, side: _Told, name: str) -> None:
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
