"""Which sockets fit, and how literals are read."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import pytest

from nodeflow.node.annotations import Color, CurveRange, Range, Seed
from nodeflow.node.sockets import Literal, Socket, shown, snake_case, socket_of
from nodeflow.values import Curve, Image, Latent


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
        (Latent, "x", "needs a link from an output of the type Latent, not 'x'"),
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


@pytest.mark.parametrize(
    ("literal", "points"),
    [
        (7, ((0, 7),)),
        (2.5, ((0, 2.5),)),
        ([[0, 8], [0.5, 5], [1, 3]], ((0, 8), (0.5, 5), (1, 3))),
        ([[0.2, -1]], ((0.2, -1),)),
        (Curve.constant(4), ((0, 4),)),
    ],
)
def test_a_curve_is_a_number_or_a_list_of_points(literal: Any, points: Any) -> None:
    assert socket_of(Curve).read(literal) == Curve(points)


@pytest.mark.parametrize(
    ("literal", "words"),
    [
        ("steep", r"must be a number or a list of points \[\[position, value\], …\], not 'steep'"),
        (True, "must be a number or a list of points"),
        ({}, "must be a number or a list of points"),
        ([[0, 1], 3], "must be a number or a list of points.*; point 2 is none"),
        ([[0, 1, 2]], "must be a number or a list of points.*; point 1 is none"),
        ([[0, True]], "must be a number or a list of points.*; point 1 is none"),
        ([[0, 10**400]], "is too large a number"),
        ([], "needs at least one point"),
        ([[-0.1, 1]], "needs positions from 0 to 1"),
        ([[0, 1], [1.5, 1]], "needs positions from 0 to 1"),
        ([[0.5, 1], [0.5, 2]], "needs positions that rise from point to point"),
        ([[0, float("nan")]], "needs points of finite numbers"),
        ([[float("nan"), 0]], "needs points of finite numbers"),
    ],
)
def test_what_is_wrong_with_a_curve_is_said(literal: Any, words: str) -> None:
    with pytest.raises(ValueError, match=f"^{words}$" if words[0] == "n" else f"^{words}"):
        socket_of(Curve).read(literal)


def test_a_number_may_be_linked_to_a_curve_and_no_curve_to_a_number() -> None:
    assert socket_of(Curve).accepts(socket_of(float))
    assert socket_of(Curve).accepts(socket_of(int))
    assert not socket_of(Curve).accepts(socket_of(bool))
    assert not socket_of(float).accepts(socket_of(Curve))


def test_a_curve_keeps_to_its_limits() -> None:
    CurveRange(0, 100).check(Curve(((0, 0), (1, 100))))
    with pytest.raises(ValueError, match=r"^must stay from 0 to 100, not reach 100\.5$"):
        CurveRange(0, 100).check(Curve(((0, 5), (1, 100.5))))


@pytest.mark.parametrize("text", ["red", "#fff", "#12345g", "#123456 ", "#123456\n", "123456"])
def test_a_colour_is_a_hash_and_six_digits(text: str) -> None:
    Color().check("#20A0ff")
    with pytest.raises(ValueError, match=r"^must be a colour such as #20a0ff, not "):
        Color().check(text)
