"""Which emoji become subjects, and the words that name them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PEOPLE, COMPONENTS, SYMBOLS, FLAGS = 1, 2, 8, 9
HANDS_AND_OTHERS = (16, 17, 18, 19, 20, 21, 22, 23, 25, 26)  # emojibase's subgroups of people that are kept
SIGNS = (84, 86, 90, 91, 93, 96)  # its subgroups of symbols that are kept
CLOCKS = 58
ONE_WAY = (58, 72, 76)  # clocks, books, writing: not to be mirrored
NATURE_AND_THINGS = (3, 4, 5, 6, 7)
COLOURED_SIGNS = (11, 12, 14, 86, 90, 91, 93)  # hearts, and shapes of symbols
GEOMETRIC = 96
LEFT_OUT = re.compile(
    r"^(man|woman|men|women)\b|feeding|pregnant|:|^selfie$|o'clock|thirty"
    r"|medium|small square|^no |trade mark|copyright|registered|alternation|curly loop|non-potable"
    r"|^om$|name badge"
)
ALIASES: dict[str, str] = {
    "automobile": "car",
    "honeybee": "bee",
    "lady beetle": "ladybug",
    "tangerine": "orange",
    "hot beverage": "coffee",
    "closed book": "book",
    "wrapped gift": "gift",
    "doughnut": "donut",
    "jack-o-lantern": "pumpkin",
    "gem stone": "diamond",
    "ringed planet": "planet",
    "flying saucer": "ufo",
    "mobile phone": "phone",
    "evergreen tree": "tree",
    "locomotive": "train",
    "crescent moon": "moon",
    "red apple": "apple",
    "hamburger": "burger",
    "soccer ball": "football",
}


@dataclass(frozen=True)
class Subject:
    """One emoji: its label, words of like meaning, its artwork's file, and what may be done to it."""

    label: str
    tags: tuple[str, ...]
    file: str
    mirrored: bool
    recoloured: bool
    hue: str = ""  # the name of its own main colour, if it has one
    hue_degrees: float = 0.0


def plain(label: str) -> str:
    """A label in lower case without typographic quotes."""
    return label.replace("\u2019", "'").replace("\u201c", "").replace("\u201d", "").lower()


def _wanted(entry: dict[str, Any], label: str) -> bool:
    group, subgroup = entry.get("group"), entry.get("subgroup")
    if group is None or group in (COMPONENTS, FLAGS):
        return False
    if group == PEOPLE and subgroup not in HANDS_AND_OTHERS:
        return False
    if group == SYMBOLS and subgroup not in SIGNS:
        return False
    return not LEFT_OUT.search(label)


def _file(hexcode: str, files: set[str]) -> str | None:
    code = hexcode.lower()
    names = (f"{code}.webp", f"{code.replace('-fe0f', '')}.webp", f"{code}-fe0f.webp")
    return next((name for name in names if name in files), None)


def read_subjects(words: Path, files: set[str]) -> tuple[list[Subject], list[str]]:
    """Give the subjects and the files of pictures that no training sees.

    Args:
        words: emojibase's `data.json` in English.
        files: The artwork's file names, hexadecimal codes.
    """
    subjects, others = [], []
    for entry in json.loads(words.read_text(encoding="utf-8")):
        file = _file(entry["hexcode"], files)
        if file is None:
            continue
        label = plain(entry["label"])
        if not _wanted(entry, label):
            others.append(file)
            continue
        group, subgroup = entry["group"], entry["subgroup"]
        tags = tuple(plain(tag) for tag in entry.get("tags", []) if len(tag) < 24)
        coloured = group in NATURE_AND_THINGS or (subgroup in COLOURED_SIGNS and subgroup != GEOMETRIC)
        mirrored = group != SYMBOLS and subgroup not in ONE_WAY
        subjects.append(Subject(label, tags[:10], file, mirrored, coloured))
    return subjects, others
