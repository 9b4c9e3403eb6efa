"""Draws scenes and their captions: what is where, in which colour, on which background. No pixels.

A step's scenes depend on the seed and the step alone, so that a resumed run sees what an unbroken one would.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch.utils.data import Dataset

from training.captions import Facts, held_out, write_caption
from training.colours import BACKGROUNDS, HUES, nearest_background
from training.config import Family
from training.pack import Pack
from training.words import Words

SLOTS = 4
OFTEN = 0.75  # share of the subjects that `often` lists, where it lists any
PLACES = {
    2: ((-0.46, 0.0), (0.46, 0.0)),
    3: ((-0.46, -0.42), (0.46, -0.42), (0.0, 0.44)),
    4: ((-0.46, -0.46), (0.46, -0.46), (-0.46, 0.46), (0.46, 0.46)),
}
Batch = dict[str, torch.Tensor]
Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Draw:
    """What kind of scenes a stage wants."""

    style: str = "3d"
    trigger: str = ""
    several: float = 0.18  # share with two to four things
    recoloured: float = 0.3  # share with a changed hue
    cropped: float = 0.12
    reduced: float = 0.2  # share that comes from a smaller original
    plain_names: tuple[str, ...] = ()  # draw these subjects alone
    hue: str = ""  # turn every thing to this named hue, which captions do not tell


class Scenes(Dataset[Batch]):
    """One batch of scenes a step."""

    def __init__(self, pack: Pack, family: Family, draw: Draw, batch: int, salt: int = 0) -> None:
        self.pack, self.family, self.draw, self.batch, self.salt = pack, family, draw, batch, salt
        self.words = Words(pack.vocabulary)
        present = pack.present(draw.style)
        self.choices = [i for i in present if self._allowed(pack.subjects[i].label)]
        often = {label for label in family.data.often if not draw.plain_names or label in draw.plain_names}
        self.often = [i for i in self.choices if pack.subjects[i].label in often]
        self.colours = list(HUES)
        self.backgrounds = list(BACKGROUNDS)

    def _allowed(self, label: str) -> bool:
        if self.draw.plain_names:
            return label in self.draw.plain_names
        return label not in self.family.data.reserved

    def __getitem__(self, step: int) -> Batch:
        """The scenes of one step: arrays with one row a scene."""
        rng = np.random.default_rng([self.family.data.seed, self.salt, step])
        rows = [self.scene(rng) for _ in range(self.batch)]
        return {key: torch.from_numpy(np.stack([row[key] for row, _ in rows])) for key in rows[0][0]}

    def captions(self, step: int) -> list[str]:
        """The captions of one step, for sample grids and tests."""
        rng = np.random.default_rng([self.family.data.seed, self.salt, step])
        return [self.scene(rng)[1] for _ in range(self.batch)]

    def scene(self, rng: np.random.Generator) -> tuple[dict[str, Array], str]:
        """Draw one scene and its caption."""
        count, kinds = 1, 1
        if rng.random() < self.draw.several:
            count = int(rng.choice([2, 2, 2, 3, 3, 4]))
            kinds = 2 if count == 2 and rng.random() < 0.6 else 1
        chosen = [self._subject(rng) for _ in range(kinds)]
        colours, turns = zip(*(self._colour(index, rng) for index in chosen), strict=True)
        name = self._background(chosen, colours, rng)
        small = count == 1 and rng.random() < 0.08
        row = self._layout(chosen, turns, count, small, rng)
        row["background"] = self._shade(name, rng)
        row["crop"], row["reduced"] = self._frame(count, rng)
        told = ("",) * kinds if self.draw.hue else colours
        things = tuple((self.pack.subjects[i], c) for i, c in zip(chosen, told, strict=True))
        facts = Facts(things, count if kinds == 1 else 1, name, small)
        trigger = self.draw.trigger if rng.random() < 0.85 else ""
        caption = write_caption(facts, rng, trigger)
        if rng.random() < self.family.data.drop_caption:
            caption = ""
        row["tokens"] = self.words.encode(caption, rng if caption else None)
        return row, caption

    def _subject(self, rng: np.random.Generator) -> int:
        often = self.often and rng.random() < OFTEN
        return int(rng.choice(self.often if often else self.choices))

    def _colour(self, index: int, rng: np.random.Generator) -> tuple[str, float]:
        """A colour word, or none, and the hue's turn that makes it true."""
        subject = self.pack.subjects[index]
        if not subject.hue:
            return "", 0.0
        if not self.draw.hue and (not subject.recoloured or rng.random() >= self.draw.recoloured):
            return (subject.hue if rng.random() < 0.2 else ""), 0.0
        colour = self.draw.hue or str(rng.choice(self.colours))
        return colour, (HUES[colour] - subject.hue_degrees + float(rng.normal(0, 4))) / 360

    def _background(self, chosen: list[int], colours: tuple[str, ...], rng: np.random.Generator) -> str:
        """A background that makes no held-out combination, whether or not the caption names the colour."""
        subjects = [self.pack.subjects[index] for index in chosen]
        shown = [(s.label, c or s.hue) for s, c in zip(subjects, colours, strict=True)]
        taken = {place for label, colour, place in held_out() if (label, colour) in shown}
        if rng.random() < 0.35:
            return "white"
        return str(rng.choice([name for name in self.backgrounds if name not in taken]))

    def _shade(self, name: str, rng: np.random.Generator) -> Array:
        """The background's colour, 0 to 1, a little off its name's; white stays white."""
        colour: Array = np.array(BACKGROUNDS[name], np.float32)
        if name != "white":
            moved = np.clip(colour + rng.normal(0, 7, 3), 0, 255)
            near = nearest_background((float(moved[0]), float(moved[1]), float(moved[2])))
            colour = moved if near == name else colour
        return np.asarray(colour / 255, np.float32)

    def _layout(
        self, chosen: list[int], turns: tuple[float, ...], count: int, small: bool, rng: np.random.Generator
    ) -> dict[str, Array]:
        """Where each thing lies, in half widths from the middle, and how large, turned and mirrored it is."""
        row: dict[str, Array] = {
            "subject": np.full(SLOTS, -1, np.int64),
            "place": np.zeros((SLOTS, 2), np.float32),
            "scale": np.ones(SLOTS, np.float32),
            "angle": np.zeros(SLOTS, np.float32),
            "mirrored": np.zeros(SLOTS, np.bool_),
            "turn": np.zeros(SLOTS, np.float32),
        }
        full = {1: (0.74, 0.97), 2: (0.4, 0.48), 3: (0.4, 0.48), 4: (0.38, 0.46)}[count]
        low, high = (0.3, 0.45) if small else full
        for slot in range(count):
            which = slot % len(chosen)
            scale = float(rng.uniform(low, high))
            free = max(0.0, 1 - scale) if count == 1 else 0.06
            base = np.array(PLACES[count][slot] if count > 1 else (0.0, 0.0), np.float32)
            upright = not self.pack.subjects[chosen[which]].mirrored
            row["subject"][slot] = chosen[which]
            row["place"][slot] = base + rng.uniform(-free, free, 2) * (0.6 if count == 1 else 1)
            row["scale"][slot] = scale
            row["angle"][slot] = 0 if upright else rng.normal(0, 0.1)
            row["mirrored"][slot] = not upright and rng.random() < 0.5
            row["turn"][slot] = turns[which]
        return row

    def _frame(self, count: int, rng: np.random.Generator) -> tuple[Array, Array]:
        """What is cropped away at the top and left, and the original's size, as shares of the picture."""
        crop: Array = np.zeros(2, np.float32)
        if count == 1 and rng.random() < self.draw.cropped:
            crop = rng.uniform(0, 0.6, 2).astype(np.float32)
        reduced = np.float32(rng.choice([0.25, 0.5]) if rng.random() < self.draw.reduced else 1.0)
        return crop, np.array(reduced)
