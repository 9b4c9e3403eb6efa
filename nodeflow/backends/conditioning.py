"""From conditionings on a wire to what an SDXL UNet is told at each step, in NumPy's arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from nodeflow.backends.guidance import NEGATIVE, POSITIVE, UNCONDITIONAL
from nodeflow.backends.pieces import Piece, Side, Sides, Window
from nodeflow.backends.protocol import SampleRequest
from nodeflow.backends.regions import Share, placed
from nodeflow.errors import NodeFailed
from nodeflow.values import Conditioning, Latent, SizeConditioning, filled_up
from nodeflow.values.arrays import FloatArray

Steering = Callable[[int], Sides]
"""What the UNet is told at each whole step of the schedule, counted from 0, for each side of guidance."""


@dataclass(frozen=True)
class Told:
    """What a UNet must be told.

    Attributes:
        hidden: Width of the text encoders' hidden states.
        added: Width of the pooled projection together with the sizes' embeddings.
        size: Width of one size's embedding.
        is_refiner: Whether it takes the second encoder alone.
        wants_aesthetics: Whether it takes an aesthetic score in place of the target size.
    """

    hidden: int
    added: int
    size: int
    is_refiner: bool
    wants_aesthetics: bool


def prepare(wanted: Told, request: SampleRequest, sides: Iterable[str]) -> Steering:
    """Build what the UNet is told.

    Args:
        wanted: What it must be told.
        request: Conditionings, aesthetic scores, and the latent whose size is the default.
        sides: Those that guidance needs.

    Raises:
        NodeFailed: If a conditioning was not made for this kind of model, or acts outside of the picture.
    """
    names = tuple(sides)
    longest = _longest(request, names)
    prepared = {name: _Prompts(wanted, request, name, longest) for name in names}
    known: dict[tuple[Side, ...], Sides] = {}

    def steer(step: int) -> Sides:
        told = {name: prompts.at(step) for name, prompts in prepared.items()}
        key = tuple(told.values())
        if key not in known:  # the very same pieces step after step, by which step caches recognise them
            known[key] = _alike(told, request.latent)
        return known[key]

    return steer


def _alike(sides: Sides, latent: Latent) -> Sides:
    """Let prompts that see all of the latents see what the positive's see, so that guidance compares like.

    What the UNet says of a part of the latents differs a little from what it says there when it sees all of
    them; guidance would amplify the difference until nothing is left but noise.
    """
    positive = sides[POSITIVE]
    if all(piece.window is None for piece in positive):
        return sides
    weights: dict[Window | None, Share] = {}
    for piece in positive:
        weights[piece.window] = weights.get(piece.window, 0.0) + piece.weight
    alike = {name: _in_windows(side, weights, latent) for name, side in sides.items() if name != POSITIVE}
    return {**sides, **alike}


def _in_windows(side: Side, weights: Mapping[Window | None, Share], latent: Latent) -> Side:
    """What sees all of the latents, in windows in its place that together count as much as it did."""
    if len(side) == 1 and side[0].window is None:
        return tuple(replace(side[0], window=window, weight=weight) for window, weight in weights.items())
    total = _nowhere(latent)
    for window, weight in weights.items():
        within = _within(window, total)
        within += weight
    found: list[Piece] = []
    for piece in side:
        if piece.window is not None:
            found.append(piece)
            continue
        own = np.broadcast_to(piece.weight, total.shape)
        found += [
            replace(piece, window=window, weight=_within(window, own) * weight / _within(window, total))
            for window, weight in weights.items()
        ]
    return tuple(found)


def _nowhere(latent: Latent) -> FloatArray:
    """No share anywhere, shape (batch, 1, height, width)."""
    return np.zeros((len(latent.samples), 1, *latent.samples.shape[2:]), np.float32)


def _within(window: Window | None, shares: FloatArray) -> FloatArray:
    """The part of shares that a window sees, as a view."""
    found: FloatArray = shares if window is None else window.of(shares)
    return found


class _Prompts:
    """All prompts of a side, and which of them act at a step."""

    def __init__(self, wanted: Told, request: SampleRequest, name: str, longest: int) -> None:
        self._wanted, self._request, self._name, self._longest = wanted, request, name, longest
        given = request.told(name)
        self._input = _input_of(name if given is not None else POSITIVE)
        prompts = (given or request.positive).prompts
        told = [self._told(prompt) for prompt in prompts]
        self._nothing = _blank(told[0])
        self._pieces: list[tuple[Conditioning, Piece]] = []
        for prompt, one in zip(prompts, told, strict=True):
            if given is not None and prompt.strength > 0:
                where = placed(prompt, request.latent, self._input)
                self._pieces.append((prompt, _piece(one, *where)))
        self._sides: dict[Side, Side] = {}

    def _told(self, given: Conditioning) -> _Prompt:
        prompt = filled_up(given, self._longest)
        request, refines = self._request, self._wanted.wants_aesthetics
        score = request.aesthetic_scores[self._name != POSITIVE] if refines else None
        size = _usual_size(request) if prompt.size == SizeConditioning() else prompt.size
        ids = _ids(size, request.latent.size, score)
        hidden = _hidden(prompt, self._input, refines=self._wanted.is_refiner)
        told = _Prompt(hidden, prompt.pooled, ids, prompt.attended)
        _check_widths(self._wanted, told, self._input)
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
        covered = _nowhere(self._request.latent)
        for piece in acting:
            within = _within(piece.window, covered)
            within += piece.weight
        bare = (covered == 0).astype(np.float32)
        if not acting or bare.all():
            return (self._nothing,)
        return (*acting, replace(self._nothing, weight=bare)) if bare.any() else acting


def _longest(request: SampleRequest, sides: Iterable[str]) -> int:
    """Tokens of the longest prompt; the negative counts whatever the guidance scale is."""
    given = [request.told(side) for side in (POSITIVE, NEGATIVE, *sides)]
    prompts = [prompt for one in given if one is not None for prompt in one.prompts]
    return max(int(prompt.encoder_2.shape[1]) for prompt in prompts)


@dataclass(frozen=True)
class _Prompt:
    hidden: FloatArray
    pooled: FloatArray
    ids: tuple[float, ...]
    attended: FloatArray | None


def _piece(told: _Prompt, window: Window | None = None, weight: Share = 1.0) -> Piece:
    ids = np.array([told.ids], np.float32)
    return Piece(told.hidden, told.pooled, ids, weight, window, told.attended)


def _blank(told: _Prompt) -> Piece:
    """Zeros, as SDXL was trained to read "no prompt"."""
    return _piece(replace(told, hidden=np.zeros_like(told.hidden), pooled=np.zeros_like(told.pooled)))


def _input_of(side: str) -> str:
    """The sampler's input by which a side comes, for messages."""
    return "guidance" if side == UNCONDITIONAL else side


def _usual_size(request: SampleRequest) -> SizeConditioning:
    """What holds for prompts that say nothing of sizes."""
    said = (prompt.size for prompt in request.positive.prompts)
    return next((size for size in said if size != SizeConditioning()), SizeConditioning())


def _hidden(given: Conditioning, name: str, *, refines: bool) -> FloatArray:
    if refines:
        return given.encoder_2
    if given.encoder_1 is None:
        raise NodeFailed(
            "this conditioning was encoded by a refiner and lacks the first text encoder's part",
            input=name,
            advice="Encode the prompt with the base model",
        )
    return np.concatenate([given.encoder_1, given.encoder_2], axis=-1)


def _ids(given: SizeConditioning, size: tuple[int, int], score: float | None) -> tuple[float, ...]:
    """Original size, crop and target size, or an aesthetic score for the target (arXiv:2307.01952)."""
    last = (given.target or size) if score is None else (score,)
    return (*(given.original or size), *given.crop, *last)


def _check_widths(wanted: Told, given: _Prompt, name: str) -> None:
    added = len(given.ids) * wanted.size + given.pooled.shape[-1]
    if (given.hidden.shape[-1], added) != (wanted.hidden, wanted.added):
        raise NodeFailed(
            f"this conditioning (width {given.hidden.shape[-1]}) does not fit the model, "
            f"which takes width {wanted.hidden}",
            input=name,
            advice="Encode the prompt with the model that samples",
        )
