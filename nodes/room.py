"""Whether what a node is about to make fits into memory: what takes too much, systems end without a word."""

from __future__ import annotations

from nodeflow.errors import OutOfMemory
from nodeflow.hardware.ram import ram
from nodes.resizing import Size

_BYTES = 3 * 4
"""Of a pixel: three colours, float32."""
_COPIES = 2
"""Pictures are copied on the way at most once more, as measured with 6144 x 6144 pixels."""


def check_room(count: int, size: Size) -> None:
    """Refuse to make pictures for which there is no memory.

    Args:
        count: How many.
        size: Their height and width.

    Raises:
        OutOfMemory: With what they take and what is free.
    """
    needed, free = count * size[0] * size[1] * _BYTES * _COPIES, ram().available
    if needed > free:
        what = f"{count} pictures" if count > 1 else "a picture"
        message = (
            f"{what} of {size[1]} x {size[0]} pixels would need {needed / 1e9:.1f} GB, "
            f"and {free / 1e9:.1f} GB are free"
        )
        raise OutOfMemory(message, advice="Make smaller ones, or fewer, or close programs")
