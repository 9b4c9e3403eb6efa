"""Which sockets fit, and how literals are read."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import pytest

from nodeflow.node.annotations import Range, Seed
from nodeflow.node.sockets import Literal, Socket, shown, snake_case, socket_of
from nodeflow.values import Image, Latent


class Mood(StrEnum):
    CALM = "calm"


class Tinted(Image):
    pass


FILE = Socket("File", str, Literal.FILE)


@pytest.mark.parametrize(
    ("taker", "giver", "fits"),
    [
        (int, int, True),
        (float, int, True),
        (int, float, False),
        (int, bool, False),
        (float, bool, False),
        (str, int, False),
        (object, Latent, True),
        (Latent, object, False),
        (Image, Tinted, True),
        (Tinted, Image, False),
        (Image, Latent, False),
        (Mood, str, True),
        (str, Mood, True),
        (Mood, int, False),
    ],
)
def test_which_output_fits_which_input(taker: type, giver: type, fits: bool) -> None:
    assert socket_of(taker).accepts(socket_of(giver)) is fits


def test_text_may_name_a_file() -> None:
    assert FILE.accepts(socket_of(str))
    assert not FILE.accepts(socket_of(int))


@pytest.mark.parametrize(
    ("type_", "literal", "value"),
    [(float, 2, 2.0), (int, 3.0, 3), (bool, True, True), (str, "a", "a"), (object, None, None)],
)
def test_literal_is_read_as_the_declared_type(type_: type, literal: Any, value: Any) -> None:
    read = socket_of(type_).read(literal)
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize(
    ("type_", "literal", "words"),
    [
        (int, 2.5, "must be a whole number, not 2.5"),
        (int, True, "must be a whole number, not True"),
        (float, "2", "must be a number, not '2'"),
        (float, 10**400, "is too large a number"),
        (bool, 1, "must be true or false, not 1"),
        (str, None, "must be a text, not None"),
        (Latent, "x", "needs a link from a Latent output, not 'x'"),
        (Mood, ["calm"], "must be one of calm, not list"),
    ],
)
def test_wrong_literal_is_named(type_: type, literal: Any, words: str) -> None:
    with pytest.raises(ValueError, match=f"^{words}"):
        socket_of(type_).read(literal)


@pytest.mark.parametrize("value", [-1, 11, 4, float("nan")])
def test_range_keeps_to_limits_and_steps(value: float) -> None:
    Range(1, 10, step=2).check(9)
    with pytest.raises(ValueError, match="must"):
        Range(1, 10, step=2).check(value)


def test_seed_has_64_bits() -> None:
    Seed().check(2**64 - 1)
    for value in (-1, 2**64, 10**5000):
        with pytest.raises(ValueError, match="must be from 0 to 2"):
            Seed().check(value)


def test_shown_values_are_short() -> None:
    assert len(shown("x" * 1000)) == 60
    assert shown(10**5000) == "a number of very many digits"
    assert shown([1]) == "list"


@pytest.mark.parametrize(
    ("name", "snake"), [("LatentBatch", "latent_batch"), ("VAEDecode", "vae_decode"), ("Image", "image")]
)
def test_snake_case(name: str, snake: str) -> None:
    assert snake_case(name) == snake
