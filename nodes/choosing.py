"""A node that waits for the artist to choose."""

from __future__ import annotations

from nodeflow.errors import NodeFailed
from nodeflow.node import Context, NodeKind, node
from nodeflow.values import Image


@node("ChooseImage", category="image", kind=NodeKind.QUESTION)
def choose_image(image: Image, choice: str | None = None, *, context: Context) -> Image:
    """Let you choose which pictures of a batch go on.

    The run waits at this node until you have chosen, in the editor or on the terminal; branches that do not
    depend on it go on meanwhile. One picture alone goes on without a question.

    Args:
        image: The pictures to choose from.
        choice: Which ones, counted from 1, in the order they go on: `2`, or `3, 1`. None: it is asked.
    """
    if choice is not None:
        places = _places(choice)
    elif len(image) > 1:
        places = context.choose(image)
    else:
        return image
    if not places or not all(0 <= place < len(image) for place in places):
        advice = f"Choose from 1 to {len(image)}"
        raise NodeFailed(f"there are {len(image)} pictures", input="choice", advice=advice)
    seeds = tuple(image.seeds[place] for place in places) if len(image.seeds) == len(image) else ()
    return Image(image.pixels[list(places)], seeds)


def _places(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) - 1 for part in text.replace(",", " ").split())
    except ValueError:
        advice = "Write numbers, such as 2 or 3, 1"
        raise NodeFailed(f"{text[:60]!r} is no choice", input="choice", advice=advice) from None
