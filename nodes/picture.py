"""Nodes that load, show and save pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, NamedTuple

from nodeflow.errors import NodeFailed
from nodeflow.node import Context, NodeKind, PictureFile, node
from nodeflow.pictures import read_picture
from nodeflow.pictures.naming import DEFAULT_TEMPLATE
from nodeflow.values import Image, Mask


class LoadedImage(NamedTuple):
    """What LoadImage gives."""

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


@node("SaveImage", category="image", kind=NodeKind.SINK)
def save_image(image: Image, filename: str = DEFAULT_TEMPLATE, *, context: Context) -> Image:
    """Save pictures as PNG with the workflow inside, never over an existing file.

    Args:
        image: The pictures to save.
        filename: Their name inside the output folder. `{date}`, `{time}`, `{workflow}`, `{node}`, `{seed}`,
            `{index}` and `{counter}` are filled in; `/` makes folders.
    """
    try:
        paths = context.delivery.save(image, filename, context.node)
    except ValueError as error:
        raise NodeFailed(str(error), input="filename") from None
    for path in paths:
        context.saved(path)
    return image


@node("PreviewImage", category="image", kind=NodeKind.SINK)
def preview_image(image: Image) -> Image:
    """Show pictures without saving them; from Python, read them from the run's result.

    Args:
        image: The pictures to show.
    """
    return image
