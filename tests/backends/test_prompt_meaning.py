"""What weights, negatives and regions do to pictures, measured on the bundled model over a few seeds.

Redness is red minus the mean of green and blue, the mean over a picture, in 0…1; so is any other colour.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from nodeflow.backends import PromptRequest
from nodeflow.backends.torch import TorchBackend
from nodeflow.values import Area, Conditioning, Latent, MaskedRegion, ModelRecipe, combined
from tests.backends.conftest import BUNDLED, RecordingMonitor

SEEDS = 4
RED, GREEN, BLUE = range(3)
Paint = Callable[..., Any]


def color(pictures: Any, channel: int) -> float:
    """How much of a colour there is."""
    shown = pictures.astype(float) / 255
    others = [other for other in (RED, GREEN, BLUE) if other != channel]
    return float((shown[..., channel] - shown[..., others].mean(axis=-1)).mean())


@pytest.fixture(scope="module")
def paint(
    picture: Callable[..., Any],
    encode: Callable[..., Conditioning],
    empty: Callable[..., Latent],
    pocket: ModelRecipe,
) -> Paint:
    """Paint a prompt with a few seeds, in few steps."""

    def run(positive: str | Conditioning, negative: str = "blurry, low quality") -> Any:
        given = encode(pocket, positive) if isinstance(positive, str) else positive
        settings = {"latent": empty(batch=SEEDS), "steps": 8, "seed": 1}
        return picture(positive=given, negative=encode(pocket, negative), **settings)

    return run


def test_a_stronger_word_shows_more_and_a_weaker_one_less(paint: Paint) -> None:
    weak, plain, strong = (color(paint(f"{red} apple"), RED) for red in ("(red:0.6)", "red", "(red:1.4)"))
    assert strong > plain + 0.02
    assert plain > weak + 0.005


def test_a_negative_prompt_lowers_what_it_names_more_so_with_a_weight(paint: Paint) -> None:
    apple = "an apple on a white background"
    without, named, weighted = (color(paint(apple, words), RED) for words in ("blurry", "red", "(red:1.5)"))
    assert named < without - 0.01
    assert weighted < named - 0.01


@pytest.mark.parametrize("form", ["areas", "masks"])
def test_a_regions_color_lands_in_its_region(
    form: str, paint: Paint, encode: Callable[..., Conditioning], pocket: ModelRecipe
) -> None:
    half = np.zeros((1, 128, 128), np.float32)
    half[:, :, :64] = 1
    limits: list[dict[str, Any]] = [{"mask": MaskedRegion(half)}, {"mask": MaskedRegion(1 - half)}]
    if form == "areas":
        limits = [{"area": Area(x, 0, 0.5, 1, fractions=True)} for x in (0, 0.5)]
    left, right = (encode(pocket, f"a {name} background") for name in ("red", "blue"))
    found = paint(combined((replace(left, **limits[0]), replace(right, **limits[1]))))
    for picture in found:
        halves = picture[:, :64], picture[:, 64:]
        assert color(halves[0], RED) > color(halves[1], RED) + 0.2
        assert color(halves[1], BLUE) > color(halves[0], BLUE) + 0.2


def test_the_bundled_word_stands_for_its_green_character(
    paint: Paint, backend: TorchBackend, pocket: ModelRecipe
) -> None:
    friend = {"pocket-friend": BUNDLED / "models/embeddings/pocket-friend.safetensors"}
    told = PromptRequest("embedding:pocket-friend", embeddings=friend)
    shown = paint(backend.encode_text(pocket, told, RecordingMonitor()))
    assert color(shown, GREEN) > color(paint("a penguin"), GREEN) + 0.01


@pytest.mark.full
def test_a_small_region_shows_its_color_and_leaves_the_far_side(
    paint: Paint, encode: Callable[..., Conditioning], pocket: ModelRecipe
) -> None:
    base, region = encode(pocket, "a white background"), encode(pocket, "a blue background")
    corner = replace(region, area=Area(0, 0, 0.5, 0.5, fractions=True, feather=0.1), strength=3.0)
    found, plain = paint(combined((base, corner))), paint("a white background")
    assert color(found[:, :64, :64], BLUE) > color(plain[:, :64, :64], BLUE) + 0.1
    assert abs(color(found[:, 80:, 80:], BLUE) - color(plain[:, 80:, 80:], BLUE)) < 0.1


@pytest.mark.full
def test_what_comes_later_in_a_schedule_shows_less_the_later_it_comes(
    paint: Paint, encode: Callable[..., Conditioning], pocket: ModelRecipe
) -> None:
    red, blue = (encode(pocket, f"an apple on a {name} background") for name in ("red", "blue"))
    shown = []
    for share in (0.25, 0.5, 0.75):
        changing = combined((replace(red, span=(0.0, share)), replace(blue, span=(share, 1.0))))
        shown.append(color(paint(changing), BLUE))
    assert shown[0] > shown[1] > shown[2]
