"""What the UNet is told at a step: prompts in pieces, each with its place and its share. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

TOGETHER = 2
"""Pieces in one batch, as many as plain guidance has: what memory was planned for."""


@dataclass(frozen=True)
class Window:
    """A rectangle of the latents, in latent samples."""

    top: int
    left: int
    height: int
    width: int

    def of(self, latents: Any) -> Any:
        """This part of latents, as a view, shape (…, height, width)."""
        return latents[..., self.top : self.top + self.height, self.left : self.left + self.width]


@dataclass(frozen=True, eq=False)
class Piece:
    """One prompt as the UNet takes it, and where its prediction counts how much.

    In NumPy's arrays, or in whatever a backend calculates with.

    Attributes:
        hidden: Text encoders' hidden states, shape (1, tokens, width).
        pooled: The pooled projection, shape (1, width).
        ids: Sizes, crop, scores, shape (1, 6 or 5).
        weight: Its share before all shares at a place are scaled to a sum of 1; a number, or what
            broadcasts to (batch, 1, height, width) of its window.
        window: The only part of the latents that it is evaluated on; None: all of them.
        attended: Which tokens count, shape (1, tokens), 1 or 0; None: all.
    """

    hidden: Any
    pooled: Any
    ids: Any
    weight: Any = 1.0
    window: Window | None = None
    attended: Any = None


Side = tuple[Piece, ...]
"""What is predicted as one; at each place some piece has a share above 0, unless it is the only piece."""

Sides = Mapping[str, Side]
"""The sides of guidance by name, at one step."""


def calls(sides: Sequence[Side]) -> Iterator[tuple[Piece, ...]]:
    """All pieces of sides, each once, in batches of those whose windows are of one size."""
    groups: dict[tuple[int, int] | None, list[Piece]] = {}
    for piece in dict.fromkeys(piece for side in sides for piece in side):
        size = None if piece.window is None else (piece.window.height, piece.window.width)
        groups.setdefault(size, []).append(piece)
    for group in groups.values():
        for start in range(0, len(group), TOGETHER):
            yield tuple(group[start : start + TOGETHER])
