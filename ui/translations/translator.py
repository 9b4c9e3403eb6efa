"""Lets Qt find the editor's words in a gettext catalogue."""

from __future__ import annotations

import gettext
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QObject, QTranslator

from ui.translations.language import Language

QT = "qtbase"
"""Qt's own catalogue: the words of its dialogs and buttons."""


class Catalogue(QTranslator):
    """The editor's words in one language. What it lacks stays English.

    Args:
        file: A compiled catalogue, `.mo`.
        parent: Its owner.

    Attributes:
        words: What is translated.

    Raises:
        OSError: If there is none.
    """

    def __init__(self, file: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        with file.open("rb") as stream:
            self.words = gettext.GNUTranslations(stream)

    def translate(
        self,
        _context: str | bytes,
        source: str | bytes,
        _disambiguation: str | bytes | None = None,
        _count: int = -1,
    ) -> str:
        """A text of the code in this language; wherever it is shown, it means the same."""
        text = source.decode() if isinstance(source, bytes) else source
        return self.words.gettext(text) if text else ""

    def isEmpty(self) -> bool:  # noqa: N802 - Qt's name
        """Qt asks before it uses a translator."""
        return False


def install(app: QCoreApplication, language: Language) -> list[QTranslator]:
    """Show the program in a language; returns what does so, which `app` owns."""
    if language.file is None:
        if QLocale.system().language() is QLocale.Language.C:  # it writes dates as nobody does: 27 11 2026
            QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.Europe))
        return []
    QLocale.setDefault(QLocale(language.code))
    qt = QTranslator(app)
    qt.load(QLocale(language.code), QT, "_", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
    made: list[QTranslator] = [Catalogue(language.file, app), qt]
    for translator in made:  # Qt asks the last first: its own words, then ours
        app.installTranslator(translator)
    return made
