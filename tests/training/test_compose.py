from __future__ import annotations

import torch

from training.colours import dominant_hue, dusk, hue_distance, turn_hue
from training.compose import Composer, time_ids
from training.config import Family
from training.pack import Pack
from training.scenes import SLOTS, Batch, Draw, Scenes

CPU = torch.device("cpu")


def one_scene(**changes: torch.Tensor) -> Batch:
    """A green background with the first subject in the middle."""
    scene: Batch = {
        "subject": torch.tensor([[0, *[-1] * (SLOTS - 1)]]),
        "place": torch.zeros(1, SLOTS, 2),
        "scale": torch.full((1, SLOTS), 0.5),
        "angle": torch.zeros(1, SLOTS),
        "mirrored": torch.zeros(1, SLOTS, dtype=torch.bool),
        "turn": torch.zeros(1, SLOTS),
        "background": torch.tensor([[0.0, 1.0, 0.0]]),
        "crop": torch.zeros(1, 2),
        "reduced": torch.ones(1),
    }
    return {**scene, **changes}


def middle_of(picture: torch.Tensor, red: float = 0.0) -> tuple[float, float]:
    """Where the thing lies, as row and column from 0 to 1."""
    cover = (picture[0, 0] > red).float()
    line = (torch.arange(picture.shape[-1]) + 0.5) / picture.shape[-1]
    return float((cover.sum(1) * line).sum() / cover.sum()), float((cover.sum(0) * line).sum() / cover.sum())


def test_a_thing_lies_where_the_scene_says(pack: Pack) -> None:
    composer = Composer(pack.sprites("3d", CPU))
    picture = composer.render(one_scene(), 64)
    assert picture.shape == (1, 3, 64, 64)
    row, column = middle_of(picture)
    assert abs(row - 0.5) < 0.02
    assert abs(column - 0.5) < 0.02
    place = torch.zeros(1, SLOTS, 2)
    place[0, 0] = torch.tensor([0.5, -0.5])
    row, column = middle_of(composer.render(one_scene(place=place), 64))
    assert abs(row - 0.25) < 0.02
    assert abs(column - 0.75) < 0.02


def test_cropping_at_the_top_moves_the_thing_up_and_is_stated(pack: Pack) -> None:
    scene = one_scene(crop=torch.tensor([[0.5, 0.0]]))
    row, column = middle_of(Composer(pack.sprites("3d", CPU)).render(scene, 64))
    assert row < 0.3
    assert column > 0.7  # the enlarged picture's right side is cut off as well
    assert time_ids(scene, 64).tolist() == [[96.0, 96.0, 32.0, 0.0, 64.0, 64.0]]


def test_a_reduced_picture_is_softer(pack: Pack) -> None:
    composer = Composer(pack.sprites("3d", CPU))
    crisp = composer.render(one_scene(), 64)
    soft = composer.render(one_scene(reduced=torch.tensor([0.25])), 64)
    assert soft.diff(dim=-1).abs().max() < crisp.diff(dim=-1).abs().max()


def test_turning_a_hue_makes_it_the_wanted_one() -> None:
    red = torch.zeros(1, 3, 4, 4)
    red[:, 0] = 0.9
    degrees, _ = dominant_hue(turn_hue(red, torch.tensor([215 / 360]))[0], torch.ones(4, 4))
    assert hue_distance(degrees, 215) < 2


def test_the_dusk_palette_keeps_white_nearly_white() -> None:
    assert dusk(torch.ones(1, 3, 2, 2)).min() > 0.85
    assert dusk(torch.zeros(1, 3, 2, 2)).max() < 0.3


def test_a_step_draws_the_same_scenes_every_time(family: Family, pack: Pack) -> None:
    first, again = Scenes(pack, family, Draw(), 8)[5], Scenes(pack, family, Draw(), 8)[5]
    assert all(torch.equal(first[key], again[key]) for key in first)
    assert not torch.equal(first["tokens"], Scenes(pack, family, Draw(), 8)[6]["tokens"])
