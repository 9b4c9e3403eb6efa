"""Small pictures of 8 bits a channel: what windows show, without arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nodeflow.backends import Preview
    from nodeflow.values import Image


@dataclass(frozen=True, slots=True)
class SmallPicture:
    """A picture as a window paints it.

    Attributes:
        width: In pixels.
        height: In pixels.
        pixels: Red, green and blue of each pixel, a byte each, row after row without gaps.
    """

    width: int
    height: int
    pixels: bytes


@dataclass(frozen=True)
class SmallPreview:
    """A preview that is computed already: one picture for each item of the batch."""

    pictures: tuple[SmallPicture, ...]

    def __call__(self) -> Image:
        """The pictures as nodes know them; all have the same size."""
        import numpy as np

        from nodeflow.values import Image

        shape = self.pictures[0].height, self.pictures[0].width, 3
        bytes_of = [np.frombuffer(picture.pixels, np.uint8).reshape(shape) for picture in self.pictures]
        return Image(np.stack(bytes_of).astype(np.float32) / np.float32(255))


def preview_pictures(preview: Preview, side: int) -> tuple[SmallPicture, ...]:
    """What a preview shows, wherever it comes from; computes it if it is not computed yet.

    Args:
        preview: The preview.
        side: Longest side in pixels; smaller pictures stay as they are.
    """
    return preview.pictures if isinstance(preview, SmallPreview) else small_pictures(preview(), side)


def small_pictures(image: Image, side: int) -> tuple[SmallPicture, ...]:
    """Every picture of a batch, scaled down to at most `side` pixels; rounded as saved pictures are."""
    import numpy as np
    from PIL import Image as PILImage

    found = []
    for pixels in image.pixels:
        picture = PILImage.fromarray((np.clip(pixels, 0, 1) * 255).round().astype(np.uint8))
        picture.thumbnail((side, side))
        found.append(SmallPicture(picture.width, picture.height, picture.tobytes()))
    return tuple(found)
