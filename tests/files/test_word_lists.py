"""Lists of words for texts with choices in them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from nodeflow.errors import MissingFile
from nodeflow.files.word_lists import MAX_BYTES, WordLists


@pytest.fixture
def lists(tmp_path: Path) -> WordLists:
    own, models = tmp_path / "own", tmp_path / "models"
    (own / "colors").mkdir(parents=True)
    models.mkdir()
    (own / "animal.txt").write_text("\ufeff# what lives\n  cat \n\nred panda\n", encoding="utf-8")
    (own / "colors" / "warm.txt").write_text("red\norange")
    (own / "colors" / "cold.txt").write_text("blue")
    (models / "animal.txt").write_text("shark")
    (models / "plant.txt").write_text("fern")
    return WordLists([own, models, tmp_path / "nowhere"])


def test_each_line_is_a_choice(lists: WordLists) -> None:
    assert lists.lines("animal") == ("cat", "red panda")
    assert lists.lines("plant") == ("fern",)
    assert lists.lines("colors/warm") == ("red", "orange")


def test_a_star_takes_all_that_fit(lists: WordLists) -> None:
    assert lists.lines("colors/*") == ("blue", "red", "orange")
    assert lists.lines("*") == ("cat", "red panda", "blue", "red", "orange", "fern")


def test_a_missing_list_is_named_with_what_is_near(lists: WordLists) -> None:
    with pytest.raises(
        MissingFile, match=r"There is no wildcard file 'animl.txt' in .*Did you mean 'animal'"
    ):
        lists.lines("animl")
    with pytest.raises(MissingFile, match=r"There is no wildcard file 'x/\*.txt'"):
        lists.lines("x/*")


@pytest.mark.parametrize("name", ["bare", "b*"])
def test_a_list_without_choices_is_refused(lists: WordLists, tmp_path: Path, name: str) -> None:
    (tmp_path / "own" / "bare.txt").write_text("# nothing yet\n\n")
    with pytest.raises(
        MissingFile, match=rf"^{re.escape(name)}\.txt holds no choice. Write one on each line"
    ):
        lists.lines(name)


def test_a_list_of_an_older_program_keeps_its_accents(lists: WordLists, tmp_path: Path) -> None:
    (tmp_path / "own" / "places.txt").write_bytes("café\nMünster".encode("cp1252"))
    assert lists.lines("places") == ("café", "Münster")


def test_nothing_outside_is_read(lists: WordLists, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    with pytest.raises(MissingFile):
        lists.lines("../secret")
    (tmp_path / "own" / "link.txt").symlink_to(tmp_path / "secret.txt")
    with pytest.raises(MissingFile):
        lists.lines("link")
    assert "secret" not in lists.lines("*")


def test_a_huge_file_is_not_read(lists: WordLists, tmp_path: Path) -> None:
    (tmp_path / "own" / "huge.txt").write_bytes(b"x" * (MAX_BYTES + 1))
    with pytest.raises(MissingFile, match="too large for a list of words"):
        lists.lines("huge")
