"""Reads the artwork of each style out of its package."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

from PIL import Image

from training.pack import encoded
from training.subjects import Subject

XLINK = 'xmlns:xlink="http://www.w3.org/1999/xlink"'
SVG = f'<svg xmlns="http://www.w3.org/2000/svg" {XLINK} viewBox="0 0 32 32">{{}}</svg>'


def from_pictures(files: list[str], folder: Path, side: int, quality: int) -> list[bytes]:
    """The pictures of a folder, resized."""
    return [encoded(Image.open(folder / file), side, quality) for file in files]


def icon_name(label: str) -> str:
    """The name that the icon packages give to a label."""
    flat = label.replace("'", "").replace("ñ", "n").replace("é", "e")
    return re.sub(r"[^a-z0-9]+", "-", flat).strip("-")


def from_icons(subjects: list[Subject], icons: Path, side: int, quality: int) -> list[bytes]:
    """The drawings of an icon package as pictures, empty where it has none of a subject.

    Args:
        subjects: What to look for, by label.
        icons: The package's `icons.json`.
        side: Side of the pictures in pixels.
        quality: Of their WebP.
    """
    import resvg_py

    table = json.loads(icons.read_text(encoding="utf-8"))
    drawings, aliases = table["icons"], table.get("aliases", {})
    pictures = []
    for subject in subjects:
        name = icon_name(subject.label)
        name = aliases.get(name, {}).get("parent", name)
        if name not in drawings:
            pictures.append(b"")
            continue
        svg = SVG.format(drawings[name]["body"].replace("currentColor", "#111"))
        drawn = resvg_py.svg_to_bytes(svg_string=svg, width=side, height=side)
        pictures.append(encoded(Image.open(io.BytesIO(bytes(drawn))), side, quality))
    return pictures
