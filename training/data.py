"""Builds the data set from the registries' packages into one file in the work folder."""

from __future__ import annotations

from dataclasses import replace

import torch
from rich.console import Console

from training import packages
from training.artwork import from_icons, from_pictures
from training.captions import all_texts
from training.colours import dominant_hue, nearest_hue
from training.config import load_family, work_folder
from training.pack import HELD_OUT, Pack, write_pack
from training.semantics import meanings_of
from training.subjects import Subject, read_subjects
from training.words import make_vocabulary

HELD_OUT_PICTURES = 96
ONE_COLOURED = 0.7  # share of the colour near the main hue, from which on a subject has a colour of its own
console = Console()


def with_hues(subjects: list[Subject], artwork: list[bytes]) -> tuple[Subject, ...]:
    """Note each subject's own main colour where it has one."""
    sprites = Pack(tuple(subjects), {"3d": artwork}, {}).sprites("3d", torch.device("cpu"))
    noted = []
    for subject, sprite in zip(subjects, sprites, strict=True):
        picture = sprite.float() / 255
        degrees, one_coloured = dominant_hue(picture[:3], picture[3])
        name = nearest_hue(degrees) if one_coloured > ONE_COLOURED else ""
        noted.append(
            replace(subject, hue=name, hue_degrees=degrees, recoloured=subject.recoloured and bool(name))
        )
    return tuple(noted)


def main() -> None:
    """Fetch, draw, name and pack."""
    family, work = load_family(), work_folder()
    store = work / "packages"
    store.mkdir(exist_ok=True)
    console.print("fetching packages")
    pictures = packages.unpacked(packages.ARTWORK_3D, store) / "assets"
    words = packages.unpacked(packages.WORDS, store) / "en/data.json"
    found, others = read_subjects(words, {file.name for file in pictures.iterdir()})
    side, quality = family.data.sprite, family.data.quality
    console.print(f"{len(found)} subjects; drawing")
    artwork = {"3d": from_pictures([subject.file for subject in found], pictures, side, quality)}
    for style, package in (
        ("flat", packages.ARTWORK_FLAT),
        ("high-contrast", packages.ARTWORK_HIGH_CONTRAST),
    ):
        artwork[style] = from_icons(found, packages.unpacked(package, store) / "icons.json", side, quality)
    step = max(1, len(others) // HELD_OUT_PICTURES)
    artwork[HELD_OUT] = from_pictures(others[::step][:HELD_OUT_PICTURES], pictures, side, quality)
    subjects = with_hues(found, artwork["3d"])
    vocabulary = make_vocabulary(all_texts(subjects))
    pack = Pack(subjects, artwork, vocabulary, meanings_of(vocabulary["ids"]))
    write_pack(pack, work / "data.npz")
    size = (work / "data.npz").stat().st_size / 2**20
    missing = {style: len(found) - len(pack.present(style)) for style in ("flat", "high-contrast")}
    console.print(
        f"{work / 'data.npz'}: {size:.1f} MiB, {len(vocabulary['ids'])} tokens, without artwork: {missing}"
    )


if __name__ == "__main__":
    main()
