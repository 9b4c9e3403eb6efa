"""Draws the labels and combinations of the evaluation, seeded.

Run it once, before training, after the data stage: it writes `evaluation_captions.json`.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from training.captions import COLOUR_WORD, article
from training.colours import BACKGROUNDS, HUES, hue_distance
from training.config import CAPTIONS, Family, load_family
from training.pack import read_pack
from training.subjects import ALIASES, Subject

LABELS, COMBINATIONS, REFINED, NEGATIVE = 200, 100, 50, 40
NEAR = {
    "red": ("pink", "orange", "brown"),
    "orange": ("red", "yellow", "brown", "beige"),
    "yellow": ("orange", "beige"),
}
NEAR |= {
    "green": ("teal",),
    "blue": ("light blue", "teal", "purple"),
    "purple": ("blue", "pink"),
    "pink": ("purple", "red"),
}
UNNAMED = ("white", "gray", "black", "brown", "beige")


def _background(colour: str, rng: np.random.Generator) -> str:
    taken = {colour, *NEAR.get(colour, ()), *UNNAMED}
    return str(rng.choice([name for name in BACKGROUNDS if name not in taken]))


def _colour(subject: Subject, rng: np.random.Generator) -> str:
    far = [name for name, degrees in HUES.items() if hue_distance(degrees, subject.hue_degrees) > 40]
    return str(rng.choice(far))


def choose(subjects: tuple[Subject, ...], family: Family) -> dict[str, Any]:
    """Draw what the evaluation asks for: labels, held-out combinations, and prompts for the single checks."""
    rng = np.random.default_rng(family.data.seed)
    plain = [s for s in subjects if s.label not in family.data.reserved and len(s.label.split()) <= 3]
    drawn = rng.permutation(len(plain))
    everyday = [s for s in plain if s.label in ALIASES]
    ordered = everyday + [plain[int(i)] for i in drawn if plain[int(i)] not in everyday]
    coloured = [s for s in ordered if s.recoloured and s.hue and not COLOUR_WORD.search(s.label)]
    combinations = []
    for index in range(COMBINATIONS):
        subject = coloured[index % len(coloured)]
        colour = _colour(subject, rng)
        background = _background(colour, rng)
        caption = f"{article(f'{colour} {subject.label}')} on {article(background)} background"
        combinations.append(
            {"label": subject.label, "colour": colour, "background": background, "caption": caption}
        )
    negative = [
        {
            "caption": f"{article(s.label)}, colorful background",
            "negative": f"{_background('', rng)} background",
        }
        for s in ordered[:NEGATIVE]
    ]
    for item in negative:
        unwanted = item["negative"].removesuffix(" background")
        item["caption"] = item["caption"].replace(
            ", colorful background", f" on {article(unwanted)} background"
        )
    return {
        "note": "Written before training. Training never shows a combination listed here.",
        "labels": [s.label for s in ordered[:LABELS]],
        "combinations": combinations,
        "refined": [article(s.label) for s in ordered[:REFINED]],
        "negative": negative,
    }


def main() -> None:
    """Write the evaluation's captions; refuses to change a list that training may have honoured."""
    if CAPTIONS.exists():
        raise SystemExit(f"{CAPTIONS} exists; a new list would not be one that training has kept away from")
    listed = choose(read_pack().subjects, load_family())
    CAPTIONS.write_text(json.dumps(listed, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
