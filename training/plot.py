"""A loss curve and a grid of pictures, drawn with Pillow."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw

WIDTH, HEIGHT, MARGIN, LABEL = 640, 320, 40, 14


def plot_losses(losses: Sequence[float], path: Path, title: str) -> None:
    """Draw the loss over the run, logarithmic, faint for single values and dark for the running mean."""
    values = [value for value in losses if math.isfinite(value) and value > 0]
    if len(values) < 2:
        return
    smooth, mean = [], values[0]
    for value in values:
        mean += (value - mean) * 0.05
        smooth.append(mean)
    low, high = math.log(min(values)), math.log(max(values))
    span = max(high - low, 1e-6)

    def points(series: Sequence[float]) -> list[tuple[float, float]]:
        inner = WIDTH - 2 * MARGIN
        return [
            (
                MARGIN + inner * i / (len(series) - 1),
                MARGIN + (HEIGHT - 2 * MARGIN) * (high - math.log(v)) / span,
            )
            for i, v in enumerate(series)
        ]

    picture = Image.new("RGB", (WIDTH, HEIGHT), "white")
    draw = ImageDraw.Draw(picture)
    draw.line(points(values), fill=(190, 205, 230))
    draw.line(points(smooth), fill=(30, 70, 150), width=2)
    draw.text((MARGIN, 12), f"{title}: loss {values[0]:.4g} to {smooth[-1]:.4g}", fill="black")
    draw.text((4, MARGIN), f"{math.exp(high):.2g}", fill="black")
    draw.text((4, HEIGHT - MARGIN), f"{math.exp(low):.2g}", fill="black")
    picture.save(path)


def grid(pictures: Sequence[Image.Image], labels: Sequence[str], columns: int, path: Path) -> None:
    """Save pictures in rows of `columns`, each below its label."""
    side = max(picture.width for picture in pictures)
    rows = math.ceil(len(pictures) / columns)
    sheet = Image.new("RGB", (columns * (side + 4), rows * (side + LABEL + 4)), "white")
    draw = ImageDraw.Draw(sheet)
    for index, (picture, label) in enumerate(zip(pictures, labels, strict=True)):
        left, top = index % columns * (side + 4), index // columns * (side + LABEL + 4)
        draw.text((left + 2, top), label[: side // 6], fill="black")
        sheet.paste(picture, (left, top + LABEL))
    sheet.save(path)
