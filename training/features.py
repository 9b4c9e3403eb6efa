"""A feature space for pictures of one thing, without a network: shapes, colours and coarse layout.

The thing is cut out by its difference from the border's colour and scaled to a square; then come histograms
of oriented gradients (Dalal and Triggs 2005), colours on a grid in the opponent space, and low cosine
frequencies of the lightness. `Space` weighs them by linear discriminant analysis on real renderings, never on
generated pictures.
"""

from __future__ import annotations

import math

import torch
from torch.nn import functional

SIDE, CELLS, ORIENTATIONS, FREQUENCIES = 64, 8, 8, 10
DIFFERENT = 0.12


def border_colour(picture: torch.Tensor) -> torch.Tensor:
    """The median colour (3,) of the outermost pixels of a picture (3, H, W)."""
    edge = torch.cat([picture[:, :2].flatten(1), picture[:, -2:].flatten(1), picture[..., :2].flatten(1)], 1)
    return torch.cat([edge, picture[..., -2:].flatten(1)], 1).median(1).values


def cover_of(picture: torch.Tensor) -> torch.Tensor:
    """Which pixels (H, W) differ from the border's colour."""
    return (picture - border_colour(picture)[:, None, None]).abs().amax(0) > DIFFERENT


def cut_out(picture: torch.Tensor) -> torch.Tensor:
    """The thing alone on mid grey, (3, 64, 64)."""
    cover = cover_of(picture)
    rows, columns = cover.any(1).nonzero()[:, 0], cover.any(0).nonzero()[:, 0]
    if not len(rows):
        return torch.full((3, SIDE, SIDE), 0.5)
    side = max(int(rows[-1] - rows[0]), int(columns[-1] - columns[0]), 8) + 1
    top, left = (int(rows[0] + rows[-1]) - side) // 2, (int(columns[0] + columns[-1]) - side) // 2
    filled = torch.where(cover, picture, torch.tensor(0.5))
    padded = functional.pad(filled, (side,) * 4, value=0.5)
    part = padded[:, top + side : top + 2 * side, left + side : left + 2 * side]
    return functional.interpolate(
        part[None], size=(SIDE, SIDE), mode="bilinear", antialias=True, align_corners=False
    )[0]


def _gradients(light: torch.Tensor) -> torch.Tensor:
    x = functional.pad(light[:, :, 2:] - light[:, :, :-2], (1, 1))
    y = functional.pad(light[:, 2:] - light[:, :-2], (0, 0, 1, 1))
    angle = torch.atan2(y, x) % math.pi / math.pi * ORIENTATIONS
    strength = torch.hypot(x, y)
    layers = [
        strength * (1 - ((angle - k + ORIENTATIONS / 2) % ORIENTATIONS - ORIENTATIONS / 2).abs()).clamp(min=0)
        for k in range(ORIENTATIONS)
    ]
    cells = functional.avg_pool2d(torch.stack(layers, 1), SIDE // CELLS).flatten(1)
    return functional.normalize(cells, dim=1).sqrt()


def _frequencies(light: torch.Tensor) -> torch.Tensor:
    k, n = torch.arange(FREQUENCIES)[:, None], torch.arange(SIDE)[None]
    basis = torch.cos(math.pi * k * (n + 0.5) / SIDE) / SIDE
    return (basis @ light @ basis.T).flatten(1)


def describe(pictures: torch.Tensor) -> torch.Tensor:
    """Features (N, 804) of pictures (N, 3, H, W) from 0 to 1."""
    cut = torch.stack([cut_out(picture) for picture in pictures])
    light = cut.mean(1)
    opponent = torch.stack([light, cut[:, 0] - cut[:, 1], cut[:, 2] - light], 1)
    colours = functional.adaptive_avg_pool2d(opponent, CELLS).flatten(1)
    return torch.cat([_gradients(light), colours * 0.7, _frequencies(light) * 4], 1)


class Space:
    """Weighs features so that renderings of one subject lie close and those of different ones apart.

    Args:
        features: Of real renderings, (subjects, renderings, features).
        kept: How many directions are kept.
        ridge: What is added to the variance within subjects, relative to its mean.
    """

    def __init__(self, features: torch.Tensor, kept: int = 160, ridge: float = 0.3) -> None:
        means = features.mean(1)
        within = (features - means[:, None]).flatten(0, 1)
        covariance = within.T @ within / len(within)
        covariance += torch.eye(len(covariance)) * ridge * covariance.diagonal().mean()
        values, vectors = torch.linalg.eigh(covariance)
        whitening = vectors / values.sqrt()
        self.centre = means.mean(0)
        between = (means - self.centre) @ whitening
        _, _, directions = torch.linalg.svd(between, full_matrices=False)
        self.map = whitening @ directions[:kept].T
        self.subjects = functional.normalize((means - self.centre) @ self.map, dim=1)

    def ranks(self, features: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
        """The place (N,), from 0, of the right subject among all by likeness."""
        likeness = functional.normalize((features - self.centre) @ self.map, dim=1) @ self.subjects.T
        return (likeness > likeness.gather(1, right[:, None])).sum(1)
