"""The workflows that come with the program, as the start page and the menu name them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from nodeflow.folders import templates_folder

FIRST = ("text_to_image", "image_to_image")
"""What a newcomer most likely wants comes first."""
THUMBNAILS = "thumbnails"


@dataclass(frozen=True)
class Template:
    """A workflow to begin with.

    Attributes:
        name: Its name for `find_workflow`.
        title: What people read.
        description: One sentence.
    """

    name: str
    title: str
    description: str

    @property
    def thumbnail(self) -> Path:
        """A small picture of what it makes; it need not be there."""
        return templates_folder() / THUMBNAILS / f"{self.name}.webp"


@cache
def templates() -> tuple[Template, ...]:
    """All templates, without reading more of them than their descriptions."""
    found = []
    for path in templates_folder().glob("*.json"):
        try:
            content = json.loads(path.read_text("utf-8"))
            description = str(content.get("description", ""))
        except (OSError, ValueError, AttributeError):
            continue
        found.append(Template(path.stem, title_of(path.stem), description))
    return tuple(
        sorted(found, key=lambda item: (item.name not in FIRST, FIRST[:1] != (item.name,), item.title))
    )


def title_of(name: str) -> str:
    """`text_to_image` as people write it."""
    text = name.replace("_", " ").replace("lora", "LoRA").strip()
    return text[:1].upper() + text[1:]


def template_titles() -> dict[str, str]:
    """The titles by name."""
    return {template.name: template.title for template in templates()}
