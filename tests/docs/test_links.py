"""Pages lead where they say."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
WEB = ("https:", "http:", "mailto:")


def pages() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.split()]


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file(page: Path) -> None:
    links = [link for link in LINK.findall(page.read_text("utf-8")) if not link.startswith(WEB)]
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_picture_of_the_editor_is_shown_somewhere() -> None:
    texts = "".join(page.read_text("utf-8") for page in pages())
    kept = list((ROOT / "docs" / "pictures" / "editor").glob("*.webp"))
    assert kept
    assert [picture.name for picture in kept if f"pictures/editor/{picture.name}" not in texts] == []
