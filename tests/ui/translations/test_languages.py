"""Which language is spoken, and what is shown in it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from PySide6.QtCore import QCoreApplication, QDate, QLocale, QObject
from PySide6.QtWidgets import QApplication

from scripts.translations import update, words
from ui.translations import Language, choose, install, languages
from ui.translations.language import ENGLISH


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Catalogues of three languages, which know one word."""
    for code, word in (("de", "Ausführen"), ("pt", "Executar"), ("pt_BR", "Rodar")):
        catalogue = Catalog(locale=code)
        catalogue.add("Run", word)
        with (tmp_path / f"{code}.mo").open("wb") as stream:
            write_mo(stream, catalogue)
    monkeypatch.setattr("ui.translations.language.FOLDER", tmp_path)
    return tmp_path


def test_languages_are_called_as_their_speakers_do(folder: Path) -> None:
    assert [language.name for language in languages()][:2] == ["Deutsch", "English"]


@pytest.mark.parametrize(
    ("wanted", "spoken", "code"),
    [
        ("", ["de-AT", "en-US"], "de"),
        ("", ["fr-FR", "de"], "de"),
        ("", ["fr-FR"], "en"),
        ("", ["en-GB", "de"], "en"),
        ("", ["pt-BR"], "pt_BR"),
        ("", ["pt-PT"], "pt"),
        ("", ["C"], "en"),
        ("de", ["en"], "de"),
        ("en", ["de"], "en"),
        ("tlh", ["de"], "de"),
    ],
)
def test_the_wanted_language_or_the_first_of_those_spoken(
    folder: Path, wanted: str, spoken: Sequence[str], code: str
) -> None:
    assert choose(wanted, spoken).code == code


def test_what_a_catalogue_lacks_stays_english(folder: Path, qapp: QApplication) -> None:
    before = QLocale()
    made = install(qapp, Language("de", "Deutsch"))
    try:
        assert QCoreApplication.translate("Anything", "Run") == "Ausführen"
        assert QObject().tr("Run") == "Ausführen"
        assert QCoreApplication.translate("Anything", "Stand still") == "Stand still"
        assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "Abbrechen", "Qt's own words"
        assert QLocale().toString(1.5) == "1,5"
    finally:
        for translator in made:
            qapp.removeTranslator(translator)
            translator.deleteLater()
        QLocale.setDefault(before)


def test_english_needs_no_catalogue(qapp: QApplication) -> None:
    assert install(qapp, Language(ENGLISH, "English")) == []


def test_dates_can_be_read_where_the_system_has_no_language(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = QLocale()
    monkeypatch.setattr(QLocale, "system", staticmethod(QLocale.c))
    try:
        install(qapp, Language(ENGLISH, "English"))
        assert QLocale().toString(QDate(2026, 11, 27), QLocale.FormatType.ShortFormat) == "27/11/2026"
    finally:
        QLocale.setDefault(before)


def test_a_catalogue_takes_up_new_words_and_leaves_out_those_that_are_gone(tmp_path: Path) -> None:
    file = tmp_path / "de.po"
    first, second = Catalog(), Catalog()
    for text in ("Run", "Stop"):
        first.add(text)
    for text in ("Run", "Running"):
        second.add(text)
    update(file, first)
    file.write_text(file.read_text().replace('msgid "Run"\nmsgstr ""', 'msgid "Run"\nmsgstr "Ausführen"'))
    found = {message.id: message.string for message in update(file, second) if message.id}
    assert found == {"Run": "Ausführen", "Running": ""}, "nothing is guessed from what is alike"


def test_words_are_found_wherever_they_are_named() -> None:
    found = {message.id for message in words()}
    assert {"Undo", "&File", "Follow the system", "No problems"} <= found
