"""A node that compares pictures, for the eye and in numbers."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, NamedTuple

from nodeflow.node import Range, node
from nodeflow.raster.quality import psnr, ssim
from nodeflow.values import Image
from nodes.matching import check_batch, check_size
from nodes.picture_mix import RESIZE


class View(StrEnum):
    """How two pictures are shown together."""

    SIDE_BY_SIDE = "side_by_side"
    SPLIT = "split"
    """The left half of the first, the right half of the second."""
    DIFFERENCE = "difference"
    """Black where they are equal."""


class Comparison(NamedTuple):
    """What CompareImages gives.

    Attributes:
        image: The comparison, to look at.
        psnr: Peak signal-to-noise ratio in decibels: above 40 hardly anybody sees a difference, equal
            pictures have infinitely many.
        ssim: Structural similarity, 1 for equal pictures.
        largest_difference: That of the most different colour channel, 0…1.
    """

    image: Image
    psnr: float
    ssim: float
    largest_difference: float


@node("CompareImages", category="image")
def compare_images(
    first: Image,
    second: Image,
    view: View = View.SIDE_BY_SIDE,
    amplify: Annotated[float, Range(1.0, 256.0, step=1.0, slider=(1.0, 32.0))] = 1.0,
) -> Comparison:
    """Compare two pictures side by side, split or by their difference, and in numbers.

    Args:
        first: One picture, or several.
        second: As many pictures of the same size, or one for all.
        view: How to show them.
        amplify: Factor for the difference shown, to see small ones.
    """
    import numpy as np

    check_size(second.size, first.size, "second", RESIZE)
    check_batch(len(second), len(first), "second")
    a, b = np.broadcast_arrays(first.pixels, second.pixels)
    gap = np.abs(a - b)
    match view:
        case View.SIDE_BY_SIDE:
            shown = np.concatenate([a, b], axis=2)
        case View.SPLIT:
            middle = first.size[1] // 2
            shown = np.concatenate([a[:, :, :middle], b[:, :, middle:]], axis=2)
        case View.DIFFERENCE:
            shown = np.clip(gap * np.float32(amplify), 0, 1)
    return Comparison(Image(shown), psnr(a, b), ssim(a, b), float(gap.max()))
