"""Every catalogue is complete, says the same things, and fits into the window."""

from __future__ import annotations

import gettext
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Message

from scripts.translations import read, words
from tests.ui.window.test_layout import SCREEN, walk
from ui.actions.catalogue import ACTIONS, MENUS
from ui.translations.language import FOLDER

FILES = sorted(FOLDER.glob("*.po"))
HOLES = re.compile(r"\{\d*\}")


def messages(file: Path) -> list[Message]:
    """What is to be translated."""
    return [message for message in read(file) if message.id]


def test_there_is_a_second_language() -> None:
    assert [file.stem for file in FILES] == ["de"]


def test_every_command_and_menu_is_among_the_words() -> None:
    found = {message.id for message in words()}
    assert {action.text for action in ACTIONS} | {menu.text for menu in MENUS} <= found


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_catalogue_has_the_words_of_the_code(file: Path) -> None:
    """If it has not: `scripts/translations.sh`, and translate what is new."""
    assert {message.id for message in messages(file)} == {m.id for m in words() if m.id}
    assert [message.id for message in messages(file) if not message.string] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_translation_says_the_same(file: Path) -> None:
    for message in messages(file):
        source, text = str(message.id), str(message.string)
        assert sorted(HOLES.findall(text)) == sorted(HOLES.findall(source)), source
        assert source.count("&") == text.count("&"), f"keys of menus: {source}"
        assert source.endswith("…") == text.endswith("…"), f"asks further: {source}"
        assert (source[:1].isspace(), source[-1:].isspace()) == (text[:1].isspace(), text[-1:].isspace())
        assert re.findall(r"\*\.\w+", text) == re.findall(r"\*\.\w+", source), source


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_catalogue_is_compiled(file: Path) -> None:
    with file.with_suffix(".mo").open("rb") as stream:
        compiled = gettext.GNUTranslations(stream)
    assert all(compiled.gettext(str(m.id)) == m.string for m in messages(file))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_menus_of_the_bar_have_keys_of_their_own(file: Path) -> None:
    known = {message.id: str(message.string) for message in messages(file)}
    keys = [known[menu.text].partition("&")[2][:1].lower() for menu in MENUS if "." not in menu.id]
    assert len(set(keys)) == len(keys)


@pytest.mark.full
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_everything_fits_in_every_language(tmp_path: Path, file: Path) -> None:
    assert walk(tmp_path, 1.0, *SCREEN, language=file.stem) == {}
