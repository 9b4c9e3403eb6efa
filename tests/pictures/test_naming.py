"""File names from templates."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodeflow.pictures.naming import DEFAULT_TEMPLATE, FIELDS, render

VALUES: dict[str, str | int] = {
    "date": "2024-05-01",
    "time": "10-20-30",
    "workflow": "apple",
    "node": "save",
    "seed": 7,
    "index": 0,
    "counter": 3,
}


@pytest.mark.parametrize(
    ("template", "name"),
    [
        (DEFAULT_TEMPLATE, "2024-05-01/apple_00003_7"),
        ("{seed}", "7"),
        ("a b/c", "a b/c"),
        ("{counter:2}", "3"),
        ("{{literal}}", "{literal}"),
        ("Äpfel/{node}", "Äpfel/save"),
        ("a\\b", "a/b"),
        ("./a//b/", "a/b"),
        ("aux", "_aux"),
        ("com1.x/a", "_com1.x/a"),
        ("what?*", "what__"),
    ],
)
def test_a_template_is_filled_in(template: str, name: str) -> None:
    assert render(template, VALUES) == name.rstrip("_")


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("../{seed}", "must stay inside"),
        ("a/../../b", "must stay inside"),
        ("/etc/{seed}", "must be relative"),
        ("\\\\server\\x", "must be relative"),
        ("C:\\x", "must be relative"),
        ("{model}", "knows no field {model}"),
        ("{seed.__class__}", "knows no field"),
        ("{}", "knows no field"),
        ("{counter:99999}", "can be padded"),
        ("{counter:>5}", "can be padded"),
        ("", "gives no file name"),
        (" . ", "gives no file name"),
        ("{seed", "expected '}'"),
    ],
)
def test_a_template_that_is_no_good_is_refused(template: str, message: str) -> None:
    with pytest.raises(ValueError, match=r".") as raised:
        render(template, VALUES)
    assert message in str(raised.value)


def test_unsafe_characters_in_values_do_no_harm() -> None:
    assert render("{workflow}", {**VALUES, "workflow": "../../etc/passwd"}) == "_.._etc_passwd".lstrip("_.")


def test_a_picture_without_a_seed_has_no_trailing_line() -> None:
    assert render(DEFAULT_TEMPLATE, {**VALUES, "seed": ""}) == "2024-05-01/apple_00003"


@given(st.text(max_size=40), st.text(max_size=20))
def test_no_template_leaves_the_folder(template: str, title: str) -> None:
    try:
        name = render(template + "{workflow}", {**VALUES, "workflow": title})
    except ValueError:
        return
    for kind in (PurePosixPath, PureWindowsPath):
        path = kind(name)
        assert not path.is_absolute()
        assert not path.drive
        assert ".." not in path.parts
    assert all(c.isprintable() or ord(c) > 31 for c in name)


def test_every_field_can_be_used() -> None:
    assert render("-".join(f"{{{field}}}" for field in FIELDS), VALUES)
