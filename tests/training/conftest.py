"""A tiny data set and a tiny family, so that every stage can take a few steps."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from training import captions
from training.config import Family, load_family
from training.pack import Pack, write_pack
from training.subjects import Subject
from training.words import make_vocabulary

TINY = """
[data]
sprite = 48
quality = 90
seed = 7
reserved = ["moai"]
drop_caption = 0.1
[text_encoder]
width = 16
layers = 2
heads = 2
activation = "quick_gelu"
[text_encoder_2]
width = 24
layers = 10
heads = 2
activation = "gelu"
[vae]
channels = [8, 8, 8, 8]
groups = 4
[unet.base]
channels = [16, 16, 32]
heads = [2, 2, 2]
inputs = 4
ids = 6
groups = 8
[unet.refiner]
channels = [16, 16, 16]
heads = [2, 2, 2]
inputs = 4
ids = 5
groups = 8
[unet.inpaint]
channels = [16, 16, 16]
heads = [2, 2, 2]
inputs = 9
ids = 6
groups = 8
[lora]
rank = 2
[lora.triggers]
flat = "flat style"
dusk = "dusk palette"
[friend]
subject = "moai"
like = "apple"
"""
STAGES = ("vae", "decoder", "base", "refiner", "inpaint", "lora", "inversion")
COLOURS = {"apple": "red", "leaf": "green", "moai": "gray", "drop": "blue"}


def _artwork(colour: str, square: bool) -> bytes:
    picture = Image.new("RGBA", (48, 48), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    (draw.rectangle if square else draw.ellipse)((6, 6, 42, 42), fill=colour)
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", lossless=True)
    return buffer.getvalue()


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Compute tiny nets on one thread: more only wait for each other on a busy machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def pack() -> Pack:
    """Four subjects, one of them without a flat drawing."""
    hues = {"red": 0.0, "green": 120.0, "blue": 240.0}
    subjects = tuple(
        Subject(
            label,
            ("thing",),
            f"{label}.webp",
            True,
            colour in hues,
            colour if colour in hues else "",
            hues.get(colour, 0.0),
        )
        for label, colour in COLOURS.items()
    )
    solid = [_artwork(colour, False) for colour in COLOURS.values()]
    flat = [b"", *(_artwork(colour, True) for colour in list(COLOURS.values())[1:])]
    artwork = {"3d": solid, "flat": flat, "high-contrast": flat, "held-out": solid[:2]}
    meanings = np.random.default_rng(0).normal(size=(2000, 24)).astype(np.float32)
    vocabulary = make_vocabulary(captions.all_texts(subjects))
    return Pack(subjects, artwork, vocabulary, meanings[: len(vocabulary["ids"])])


@pytest.fixture
def family(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pack: Pack) -> Family:
    """The tiny family, with an empty work folder that holds the tiny data set."""
    stages = "".join(
        f"[stages.{name}]\nminutes = 1\nbatch = 4\nrate = 1e-3\nsizes = [[32, 1.0]]\n" for name in STAGES
    )
    (tmp_path / "family.toml").write_text(TINY + stages)
    monkeypatch.setenv("NODEFLOW_TRAINING_FAMILY", str(tmp_path / "family.toml"))
    monkeypatch.setenv("NODEFLOW_TRAINING_WORK", str(tmp_path / "work"))
    (tmp_path / "work").mkdir()
    write_pack(pack, tmp_path / "work" / "data.npz")
    return load_family()
