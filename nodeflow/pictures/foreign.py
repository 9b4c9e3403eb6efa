"""What other programs wrote into a picture about how it was made: their texts, and the values in them.

The text named `parameters` is that of the AUTOMATIC1111 web UI and of the many that write as it does; ComfyUI
leaves JSON named `prompt`.
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nodeflow.document.png_text import png_texts

PARAMETERS, COMFYUI = "parameters", "prompt"
LONGEST = 2_000_000
"""Characters of a text that are read."""
_JPEG, _RIFF = b"\xff\xd8", b"RIFF"
_NEGATIVE = re.compile(r"^Negative prompt:[ \t]*", re.MULTILINE)
_SETTINGS = re.compile(r"^Steps: \d+, .*$", re.MULTILINE)
_SETTING = re.compile(r'\s*([\w][\w \-/]*?):\s*("(?:\\.|[^"\\])*"|[^,]*)(?:,|$)')


@dataclass(frozen=True)
class Parameters:
    """What a text of the AUTOMATIC1111 web UI says.

    Attributes:
        prompt: What was wanted.
        negative: What was not.
        settings: Everything else by name, as it is written: `Seed`, `Steps`, `Model`.
    """

    prompt: str
    negative: str
    settings: dict[str, str]


def texts_in(path: Path) -> dict[str, str]:
    """The texts in a picture by name; nothing if there are none, or it cannot be read.

    Args:
        path: A PNG with text chunks, or a JPEG or WebP whose EXIF comment is called `parameters` here.
    """
    try:
        with path.open("rb") as file:
            head = file.read(4)
            if not head.startswith((_JPEG, _RIFF)):
                file.seek(0)
                return png_texts(file, LONGEST)
        comment = _exif_comment(path)
    except Exception:  # noqa: BLE001 - decoders fail in many ways on damaged files
        return {}
    return {PARAMETERS: comment} if comment else {}


def _exif_comment(path: Path) -> str:
    from PIL import ExifTags, Image

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with Image.open(path) as picture:
            comment = picture.getexif().get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.UserComment, b"")
    if not isinstance(comment, bytes):
        return str(comment)
    head, rest = comment[:8], comment[8:]
    if head == b"UNICODE\0":  # it does not say which byte comes first
        big, little = rest.decode("utf-16-be", "replace"), rest.decode("utf-16-le", "replace")
        return max(big, little, key=lambda text: sum(letter < "\u0250" for letter in text)).strip("\0")
    return rest.decode("utf-8", "replace").strip("\0")


def parse_parameters(text: str) -> Parameters:
    """Read a `parameters` text; whatever it does not say is empty."""
    found = list(_SETTINGS.finditer(text))
    before = text[: found[-1].start()] if found else text
    prompt, *negative = _NEGATIVE.split(before, maxsplit=1)
    settings = {
        name.strip(): value.strip().strip('"')
        for name, value in _SETTING.findall(found[-1].group() if found else "")
    }
    return Parameters(prompt.strip(), "".join(negative).strip(), settings)


def comfyui_values(text: str) -> Iterator[tuple[str, str, Any]]:
    """Node, input and value of everything that is set by hand in a `prompt` of ComfyUI."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return
    for number, node in found.items() if isinstance(found, dict) else ():
        inputs = node.get("inputs") if isinstance(node, dict) else None
        for name, value in inputs.items() if isinstance(inputs, dict) else ():
            if not isinstance(value, list | dict):  # a list is a link
                yield f"{node.get('class_type', '')} {number}".strip(), name, value
