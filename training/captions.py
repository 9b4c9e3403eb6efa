"""What captions say of a scene, and which combinations are kept for the evaluation alone."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache

import numpy as np

from training.colours import BACKGROUNDS, HUES
from training.config import CAPTIONS, load_family
from training.subjects import ALIASES, Subject

COUNTS = {2: "two", 3: "three", 4: "four"}
ENDINGS = ("high quality", "3d", "cute", "glossy", "best quality", "detailed", "emoji", "3d render", "icon")
FRAMES = ("{}", "{}", "{}", "a 3d emoji of {}", "a 3d render of {}", "a picture of {}", "{} emoji")
OTHER_WORDS = (
    "a an and on in of the with background small big, tiny large photo drawing masterpiece low quality "
    "blurry ugly bad worst black and white line art flat icon minimal simple dark light shiny beautiful "
    "colorful grey toy face"
)
COLOUR_WORD = re.compile(r"\b(" + "|".join((*HUES, "brown", "white", "black")) + r")\b ?")
Combination = tuple[str, str, str]  # label, colour, background


@dataclass(frozen=True)
class Facts:
    """What is true of a scene: its things with their colours, their number, and the background."""

    things: tuple[tuple[Subject, str], ...]
    count: int
    background: str
    small: bool = False


def article(noun: str) -> str:
    """A noun with its indefinite article."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def plural(noun: str) -> str:
    """A noun in the plural, by the regular rules."""
    if noun.endswith(("s", "x", "ch", "sh")):
        return noun if noun.endswith("s") else f"{noun}es"
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}s"


def noun(subject: Subject, colour: str, rng: np.random.Generator) -> str:
    """Name a subject by its label, an everyday word or a tag, with its colour if it has been given one."""
    name = subject.label
    if name in ALIASES and rng.random() < 0.4:
        name = ALIASES[name]
    elif subject.tags and rng.random() < 0.12:
        tag = subject.tags[int(rng.integers(len(subject.tags)))]
        name = f"{tag} {name}" if rng.random() < 0.5 else tag
    if colour:
        bare = COLOUR_WORD.sub("", name).strip()
        name = f"{colour} {bare or name}"
    return name


def write_caption(facts: Facts, rng: np.random.Generator, trigger: str = "") -> str:
    """Write a caption that is true of the scene, in one of many forms."""
    names = [noun(subject, colour, rng) for subject, colour in facts.things]
    if facts.count > 1:
        text = f"{COUNTS[facts.count]} {plural(names[0])}"
    else:
        bare = len(names) == 1 and rng.random() < 0.4
        size = "small " if facts.small else ""
        text = " and ".join(size + name if bare else article(size + name) for name in names)
        text = FRAMES[int(rng.integers(len(FRAMES)))].format(text)
    if facts.background != "white" or rng.random() < 0.3:
        form = " on a {} background" if rng.random() < 0.7 else ", {} background"
        background = form.format(facts.background)
        text += background.replace(" a orange", " an orange")
    if len(names) == 1 and rng.random() < 0.12:
        tags = facts.things[0][0].tags
        text += f", {tags[int(rng.integers(len(tags)))]}" if tags else ""
    if trigger:
        return f"{text}, {trigger}" if rng.random() < 0.6 else f"{trigger}, {text}"
    if rng.random() < 0.12:
        text += f", {ENDINGS[int(rng.integers(len(ENDINGS)))]}"
    return text


def all_texts(subjects: tuple[Subject, ...]) -> list[str]:
    """Every text whose words a caption may use, for the vocabulary."""
    texts = [*ENDINGS, *FRAMES, OTHER_WORDS, *ALIASES.values(), *map(plural, ALIASES.values())]
    texts += [*BACKGROUNDS, *HUES, *COUNTS.values(), *load_family().triggers.values()]
    for subject in subjects:
        texts += [subject.label, plural(subject.label), *subject.tags, *map(plural, subject.tags)]
    return texts


@cache
def held_out() -> frozenset[Combination]:
    """The combinations of label, colour and background that training never shows."""
    if not CAPTIONS.exists():
        return frozenset()
    listed = json.loads(CAPTIONS.read_text(encoding="utf-8"))["combinations"]
    return frozenset((item["label"], item["colour"], item["background"]) for item in listed)
