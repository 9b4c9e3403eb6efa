"""Bring the editor's catalogues up to date with the words in its code, and compile them.

Run it with `scripts/translations.sh`. New words are then to be translated in `ui/translations/*.po`; run it
again afterwards. `scripts/translations.sh fr` begins another language.
"""

from __future__ import annotations

import io
import sys
from contextlib import redirect_stderr
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from ui.translations.language import FOLDER

CALLS: dict[str, tuple[int, ...] | None] = {
    "tr": None,
    "_tr": None,
    "marked": None,
    "translated": None,
    "translate": (2,),
    "Action": (2,),
    "Menu": (2,),
}
"""The functions that are given a text to show, and which of their arguments it is; None: the first."""


def words(code: Path = FOLDER.parent) -> Catalog:
    """All texts of the code that are shown, with the files that they are in."""
    found = Catalog(project="nodeflow", charset="utf-8")
    with redirect_stderr(io.StringIO()):  # it complains of computed names of actions, which are no texts
        for file, _line, text, _comments, _context in extract_from_dir(code, keywords=CALLS):
            if isinstance(text, str) and text.strip():
                found.add(text, locations=[(f"{code.name}/{file}", 0)])
    return found


def read(file: Path) -> Catalog:
    """A catalogue as translators have it, `.po`."""
    with file.open("rb") as stream:
        return read_po(stream, locale=file.stem)


def update(file: Path, found: Catalog) -> Catalog:
    """Take up new words, leave out those that are gone, and compile it. Guesses nothing."""
    catalogue = read(file) if file.exists() else Catalog(locale=file.stem)
    catalogue.update(found, no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    catalogue.fuzzy = False
    with file.open("wb") as stream:
        write_po(stream, catalogue, width=100, sort_output=True, include_lineno=False, omit_header=True)
    catalogue = read(file)
    with file.with_suffix(".mo").open("wb") as stream:
        write_mo(stream, catalogue)
    return catalogue


def main(new: list[str]) -> None:
    """Bring all catalogues up to date, and begin new ones."""
    found = words()
    for file in sorted({*FOLDER.glob("*.po"), *(FOLDER / f"{code}.po" for code in new)}):
        catalogue = update(file, found)
        missing = sum(1 for message in catalogue if message.id and not message.string)
        print(f"{file.name}: {len(catalogue)} texts, {missing} to be translated")


if __name__ == "__main__":
    main(sys.argv[1:])
