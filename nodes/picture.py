"""Nodes that load, make, show and save pictures and masks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, NamedTuple

from nodeflow.errors import NodeFailed
from nodeflow.node import Color, Context, MaskFile, NodeKind, PictureFile, node
from nodeflow.pictures import read_mask, read_picture
from nodeflow.pictures.naming import DEFAULT_TEMPLATE
from nodeflow.values import Image, Mask
from nodes.colors import rgb
from nodes.sizes import Count, Height, Width, size_presets


class LoadedImage(NamedTuple):
    """What LoadImage gives.

    Attributes:
        image: The colours.
        mask: The transparency: 1 where nothing is seen, 0 where the picture is opaque.
    """

    image: Image
    mask: Mask


@node("LoadImage", category="image")
def load_image(file: Annotated[Path, PictureFile()]) -> LoadedImage:
    """Load a picture.

    Gives its colours, and its transparency as a mask (1 where it is transparent). Of an animation, the first
    frame.

    Args:
        file: A picture in the workflow's folder, your pictures folder or nodeflow's output folder.
    """
    colours, opacity = read_picture(file)
    return LoadedImage(Image(colours[None]), Mask(1 - opacity[None]))


@node("LoadMask", category="image")
def load_mask(
    file: Annotated[Path, MaskFile(over="image")] | None = None, image: Image | None = None
) -> Mask:
    """Load or paint a mask.

    Args:
        file: A picture whose white parts are masked; paint it over `image`, or choose one. None: nothing is
            masked.
        image: The pictures the mask is for; it is scaled to their size.
    """
    import numpy as np

    if file is not None:
        return Mask(read_mask(file, image.size if image is not None else None)[None])
    if image is None:
        raise NodeFailed("there is no mask", input="file", advice="Choose a file, or link a picture to image")
    return Mask(np.zeros((1, *image.size), np.float32))


@node("SolidColor", category="image", presets=size_presets())
def solid_color(
    color: Annotated[str, Color()] = "#808080",
    width: Width = 1024,
    height: Height = 1024,
    batch_size: Count = 1,
) -> Image:
    """Make pictures of one colour.

    Args:
        color: The colour.
        width: Width of the picture in pixels, a multiple of 8.
        height: Height of the picture in pixels, a multiple of 8.
        batch_size: How many pictures.
    """
    import numpy as np

    return Image(np.full((batch_size, height, width, 3), rgb(color), np.float32))


@node("SaveImage", category="image", kind=NodeKind.SINK)
def save_image(image: Image, filename: str = DEFAULT_TEMPLATE, *, context: Context) -> Image:
    """Save pictures as PNG with the workflow inside, never over an existing file.

    Args:
        image: The pictures to save.
        filename: Their name inside the output folder. `{date}`, `{time}`, `{workflow}`, `{node}`, `{seed}`,
            `{index}` and `{counter}` are filled in; `/` makes folders.
    """

    def saved(path: Path) -> None:
        context.saved(path)
        context.raise_if_cancelled()

    try:
        context.delivery.save(image, filename, context.node, saved)
    except ValueError as error:
        raise NodeFailed(str(error), input="filename") from None
    return image


@node("PreviewImage", category="image", kind=NodeKind.SINK)
def preview_image(image: Image) -> Image:
    """Show pictures without saving them; from Python, read them from the run's result.

    Args:
        image: The pictures to show.
    """
    return image
