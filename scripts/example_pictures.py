"""Render the README's pictures: every example workflow, enlarged, into docs/pictures.

Run it with `.venv/bin/python scripts/example_pictures.py`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from nodeflow import load_workflow, run
from nodeflow.document.files import template_names, templates_folder
from nodeflow.execution.runner import ThreadRunner

ROOT = Path(__file__).parents[1]
SCALE = 2
GAP = 8


def side_by_side(paths: list[Path]) -> Image.Image:
    """Pictures in a row, enlarged."""
    pictures = [Image.open(path).convert("RGB") for path in paths]
    width, height = pictures[0].width * SCALE, pictures[0].height * SCALE
    row = Image.new("RGB", (len(pictures) * (width + GAP) - GAP, height), "white")
    for index, picture in enumerate(pictures):
        row.paste(picture.resize((width, height), Image.Resampling.BICUBIC), (index * (width + GAP), 0))
    return row


def main() -> None:
    """Render them all."""
    runner = ThreadRunner()
    with TemporaryDirectory() as folder:
        for name in template_names():
            result = run(load_workflow(name), output=folder, runner=runner)
            sketches = [templates_folder() / "sketch.png"] if name == "image_to_image" else []
            target = ROOT / "docs" / "pictures" / f"{name}.png"
            target.parent.mkdir(exist_ok=True)
            side_by_side([*sketches, *result.files]).save(target, optimize=True)
            print(f"{target.relative_to(ROOT)}: {result.seconds:.1f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
