"""A contact sheet: pictures in rows, each with a line of text below."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from nodeflow.raster.color import luma
from nodeflow.values.arrays import FloatArray

if TYPE_CHECKING:
    from PIL import Image as PILImage


def contact_sheet(
    pixels: FloatArray,
    labels: Sequence[str] = (),
    *,
    columns: int = 0,
    gap: int = 8,
    background: FloatArray | float = 1.0,
) -> FloatArray:
    """Put pictures on one sheet; the pictures themselves are not changed.

    Args:
        pixels: Shape (batch, height, width, 3), 0…1.
        labels: A line for each picture, as far as there are any; one that is too long ends in "…".
        columns: Pictures in a row; 0: about as many as rows.
        gap: Pixels between and around the pictures.
        background: A colour, shape (3,), or a grey, 0…1; text is black or white, whichever can be read.

    Returns:
        Shape (height, width, 3), 0…1.
    """
    import numpy as np

    count, height, width, _ = pixels.shape
    columns = min(columns or math.ceil(math.sqrt(count)), count)
    rows = math.ceil(count / columns)
    line = _text_height(height) if any(labels) else 0
    shape = rows * (height + line + gap) + gap, columns * (width + gap) + gap
    sheet = np.empty((*shape, 3), np.float32)
    sheet[:] = background
    ink = 0 if luma(sheet[:1, :1])[0, 0] > 0.5 else 255
    for index in range(count):
        top = gap + index // columns * (height + line + gap)
        left = gap + index % columns * (width + gap)
        sheet[top : top + height, left : left + width] = pixels[index]
        if index < len(labels) and line:
            below = sheet[top + height : top + height + line, left : left + width]
            below[:] = _written(below, labels[index], ink)
    return sheet


def _text_height(height: int) -> int:
    """Height of a line in pixels: what can be read, and grows with the pictures."""
    return max(14, height // 16)


def _written(below: FloatArray, text: str, ink: int) -> FloatArray:
    """A strip of the sheet with a text in it."""
    import numpy as np
    from PIL import Image, ImageDraw, ImageFont

    strip = Image.fromarray((below * 255).round().astype(np.uint8))
    font = ImageFont.load_default(size=max(strip.height * 0.7, 9))
    drawing = ImageDraw.Draw(strip)
    shown = _shortened(drawing, text, strip, font)
    drawing.text((0, strip.height / 2), shown, fill=(ink,) * 3, font=font, anchor="lm")
    return np.asarray(strip, np.float32) / np.float32(255)


def _shortened(drawing: object, text: str, strip: PILImage.Image, font: object) -> str:
    if len(text) > strip.width:  # hardly a letter is narrower than a pixel, and measuring takes time
        text = text[: strip.width]
    length = drawing.textlength  # type: ignore[attr-defined]  # an ImageDraw; Pillow types its fonts in several ways
    if length(text, font=font) <= strip.width:
        return text
    while text and length(f"{text}…", font=font) > strip.width:
        text = text[:-1]
    return f"{text}…"
