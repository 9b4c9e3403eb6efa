"""Renders the editor's pictures anew: runs the journeys, keeps the pictures that the documentation shows.

    .venv/bin/python scripts/editor_pictures.py [FOLDER OF PICTURES ALREADY MADE]

A picture is named by the step of a journey that makes it. They are kept as lossless WebP, half as large as
PNG files of all colours; with few colours the soft pictures on nodes would show steps.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parent.parent
KEPT = ROOT / "docs" / "pictures" / "editor"
LINK = re.compile(r"pictures/editor/(\w+)\.webp")


def wanted() -> set[str]:
    """The names of the pictures that pages show."""
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    return {name for page in pages for name in LINK.findall(page.read_text("utf-8"))}


def make(folder: Path) -> None:
    """Run the journeys, on a screen of their own, and keep a picture of every step in a folder."""
    environment = os.environ | {"NODEFLOW_JOURNEY_PICTURES": str(folder)}
    subprocess.run([ROOT / "scripts" / "journeys.sh"], env=environment, check=True)


def keep(made: Path, names: set[str]) -> None:
    """Replace the pictures of the documentation by those that were made."""
    if missing := sorted(name for name in names if not (made / f"{name}.png").exists()):
        sys.exit(f"no journey makes {', '.join(missing)}")
    KEPT.mkdir(parents=True, exist_ok=True)
    for old in KEPT.glob("*.webp"):
        old.unlink()
    for name in sorted(names):
        with Image.open(made / f"{name}.png") as picture:
            picture.convert("RGB").save(KEPT / f"{name}.webp", lossless=True, method=6)


def main() -> None:
    """Make the pictures, or take those that are there."""
    if len(sys.argv) > 1:
        keep(Path(sys.argv[1]), wanted())
        return
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder))
        keep(Path(folder), wanted())


if __name__ == "__main__":
    main()
