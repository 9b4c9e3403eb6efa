"""Bringing values together that two links brought: batches of one go with any, sizes must agree."""

from __future__ import annotations

from nodeflow.errors import NodeFailed, WrongSize
from nodeflow.raster import Resampling, resize
from nodeflow.values import Image, Mask
from nodeflow.values.arrays import FloatArray


def check_batch(count: int, wanted: int, name: str) -> None:
    """Refuse a batch that goes with another neither one by one nor as a single item.

    Raises:
        NodeFailed: Naming the input.
    """
    if count not in (1, wanted) and wanted != 1:
        raise NodeFailed(
            f"a batch of {count} does not go with one of {wanted}",
            input=name,
            advice="Give as many, or a single one",
        )


def check_size(size: tuple[int, int], wanted: tuple[int, int], name: str, advice: str) -> None:
    """Refuse what has not the height and width that it is to be combined with.

    Raises:
        WrongSize: Naming the input.
    """
    if size != wanted:
        message = f"it has {size[1]} x {size[0]} pixels, the other {wanted[1]} x {wanted[0]}"
        error = WrongSize(message, input=name, advice=advice)
        error.wanted = wanted
        raise error


def fitting_mask(mask: Mask, size: tuple[int, int], batch: int, name: str = "mask") -> FloatArray:
    """The values of a mask, scaled to the picture that it is used on.

    Args:
        mask: A mask of any size.
        size: Height and width of the picture.
        batch: How many pictures there are.
        name: The mask's input, for messages.

    Returns:
        Shape (1 or batch, *size), 0…1.

    Raises:
        NodeFailed: If there are masks for another number of pictures.
    """
    check_batch(len(mask), batch, name)
    return resize(mask.values, size, Resampling.BILINEAR).clip(0, 1)


def longer_seeds(first: Image, second: Image) -> tuple[int, ...]:
    """The seeds of what two batches become together: the first's, unless only the second counts the items."""
    return second.seeds if len(second) > len(first) else first.seeds
