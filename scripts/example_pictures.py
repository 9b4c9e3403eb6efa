"""Render the example workflows: enlarged for the README, and as thumbnails for the start page.

Run it with `.venv/bin/python scripts/example_pictures.py [NAME]...`. Pictures go to `docs/pictures`,
thumbnails to `workflows/thumbnails`, which travels in the wheel with the workflows.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image, ImageOps

from nodeflow import load_workflow, run
from nodeflow.document.files import template_names, templates_folder
from nodeflow.execution.runner import ThreadRunner

ROOT = Path(__file__).parents[1]
SCALE = 2
GAP = 8
BEFORE = {"image_to_image": "sketch.png", "inpaint": "mushroom.png"}
"""The pictures that examples begin with, shown beside what becomes of them."""
WITHOUT = {"hires_fix": {"large.denoise": 0.0}}
"""Inputs that leave out what an example is about; what it gives then is shown beside what it gives."""
THUMBNAIL = 256
"""Side of a thumbnail in pixels: sharp where it is shown half as large on a fine screen."""
QUALITY = 90
"""Of a thumbnail, as WebP: few colours would show as steps in soft pictures, and be larger."""


def side_by_side(pictures: list[Image.Image]) -> Image.Image:
    """Pictures in a row, small ones enlarged."""
    scale = SCALE if pictures[0].width < THUMBNAIL else 1
    width, height = pictures[0].width * scale, pictures[0].height * scale
    row = Image.new("RGB", (len(pictures) * (width + GAP) - GAP, height), "white")
    for index, picture in enumerate(pictures):
        row.paste(picture.resize((width, height), Image.Resampling.BICUBIC), (index * (width + GAP), 0))
    return row


def thumbnail(pictures: list[Image.Image], sketch: Image.Image | None) -> Image.Image:
    """A square: one picture, up to four, or what a picture was made from and the picture, half each."""
    square = Image.new("RGB", (THUMBNAIL, THUMBNAIL), "white")
    if sketch is not None:
        whole, half = (THUMBNAIL, THUMBNAIL), THUMBNAIL // 2
        square.paste(pictures[0].resize(whole, Image.Resampling.BICUBIC))
        square.paste(sketch.resize(whole, Image.Resampling.BICUBIC).crop((0, 0, half, THUMBNAIL)), (0, 0))
        return square
    across = 2 if len(pictures) > 2 else 1
    side = THUMBNAIL // across
    for index, picture in enumerate(pictures[: across * across]):
        place = (index % across * side, index // across * side)
        square.paste(ImageOps.pad(picture, (side, side), Image.Resampling.BICUBIC, "white"), place)
    return square


def save_small(picture: Image.Image, target: Path) -> None:
    """Save a thumbnail."""
    target.parent.mkdir(exist_ok=True)
    picture.save(target, quality=QUALITY, method=6)


def main(names: list[str]) -> None:
    """Render those that are named, or all."""
    runner = ThreadRunner()
    with TemporaryDirectory() as folder:
        for name in names or template_names():
            result = run(load_workflow(name), output=folder, runner=runner)
            pictures = [Image.open(path).convert("RGB") for path in result.files]
            sketch = None
            if name in BEFORE:
                sketch = Image.open(templates_folder() / BEFORE[name]).convert("RGB")
            target = ROOT / "docs" / "pictures" / f"{name}.png"
            target.parent.mkdir(exist_ok=True)
            shown = pictures if sketch is None else [sketch.resize(pictures[0].size), *pictures]
            if name in WITHOUT:
                plain = run(load_workflow(name), WITHOUT[name], output=folder, runner=runner)
                shown = [Image.open(path).convert("RGB") for path in plain.files] + shown
            side_by_side(shown).save(target, optimize=True)
            save_small(thumbnail(pictures, sketch), ROOT / "workflows" / "thumbnails" / f"{name}.webp")
            print(f"{target.relative_to(ROOT)}: {result.seconds:.1f} s", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
