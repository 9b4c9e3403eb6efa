"""Nodes that put pictures together to batches and sheets, and take them apart."""

from __future__ import annotations

from typing import Annotated

from nodeflow.errors import NodeFailed
from nodeflow.node import Color, Multiline, Range, node
from nodeflow.raster.sheet import contact_sheet
from nodeflow.values import Image
from nodes.colors import rgb
from nodes.matching import check_size
from nodes.room import check_room
from nodes.sizes import Count

Place = Annotated[int, Range(1, 4096, slider=(1, 16))]


@node("BatchImages", category="image")
def batch_images(images: list[Image]) -> Image:
    """Put pictures of one size into one batch, in the order of the links.

    Args:
        images: The pictures; link several.
    """
    import numpy as np

    check_not_empty(images, "images")
    for image in images[1:]:
        check_size(image.size, images[0].size, "images", "Resize them to one size")
    return Image(
        np.concatenate([image.pixels for image in images]),
        joined_seeds([(len(image), image.seeds) for image in images]),
    )


@node("SelectImages", category="image")
def select_images(image: Image, first: Place = 1, count: Count = 1) -> Image:
    """Take pictures out of a batch.

    Args:
        image: The batch.
        first: The first one to take, counted from 1.
        count: How many.
    """
    chosen = checked_selection(len(image), first, count)
    return Image(image.pixels[chosen], image.seeds[chosen])


@node("RepeatImage", category="image")
def repeat_image(image: Image, times: Count = 2) -> Image:
    """Repeat a whole batch.

    Args:
        image: The pictures.
        times: How often they are in the result.
    """
    import numpy as np

    check_room(len(image) * times, image.size)
    return Image(np.tile(image.pixels, (times, 1, 1, 1)), image.seeds * times)


@node("ImageGrid", category="image")
def image_grid(
    image: Image,
    labels: Annotated[str, Multiline()] = "",
    *,
    columns: Annotated[int, Range(0, 64, slider=(0, 8))] = 0,
    gap: Annotated[int, Range(0, 256, slider=(0, 32))] = 8,
    color: Annotated[str, Color()] = "#ffffff",
    seeds: bool = False,
) -> Image:
    """Put a batch onto one sheet, in rows, with a line of text below each picture.

    Args:
        image: The pictures.
        labels: A line of text for each picture.
        columns: Pictures in a row; 0: about as many as rows.
        gap: Pixels between the pictures and around them.
        color: Colour of the sheet.
        seeds: Show the seeds of pictures that have no line of text.
    """
    lines = labels.splitlines()
    if len(lines) > len(image):
        message = f"has {len(lines)} lines for {len(image)} pictures"
        raise NodeFailed(message, input="labels", advice="Write one line for each picture")
    if seeds:
        lines += [f"seed {seed}" for seed in image.seeds[len(lines) :]]
    sheet = contact_sheet(image.pixels, lines, columns=columns, gap=gap, background=rgb(color))
    return Image(sheet[None])


def check_not_empty(items: list[Image], name: str) -> None:
    """Refuse a list without items.

    Raises:
        NodeFailed: Naming the input.
    """
    if not items:
        raise NodeFailed("nothing is linked to it", input=name, advice="Link at least one output to it")


def checked_selection(have: int, first: int, count: int) -> slice:
    """What of a batch is chosen.

    Raises:
        NodeFailed: If it is not there; names the input, and its range.
    """
    if first > have:
        raise NodeFailed(f"there is no item {first}", input="first", advice=f"Use 1 to {have}")
    if first - 1 + count > have:
        message = f"there are not {count} items from {first} on, but {have - first + 1}"
        raise NodeFailed(message, input="count", advice=f"Use 1 to {have - first + 1}")
    return slice(first - 1, first - 1 + count)


def joined_seeds(parts: list[tuple[int, tuple[int, ...]]]) -> tuple[int, ...]:
    """The seeds of joined batches, given each one's length and seeds; none if one of them has none."""
    if any(len(seeds) != count for count, seeds in parts):
        return ()
    return tuple(seed for _, seeds in parts for seed in seeds)
