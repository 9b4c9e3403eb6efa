"""The fence around the folders that a workflow may read. A name from a file becomes a path only here."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from nodeflow.errors import MissingFile
from nodeflow.files.names import cleaned, close_matches, did_you_mean, quoted, shown_path

_MOST_NAMES_COMPARED = 5_000


class FileAccess:
    """Finds files by the names in a workflow, only inside allowed folders. The real path decides.

    Args:
        roots: Allowed folders, in the order to look in. They need not exist.
    """

    def __init__(self, roots: Iterable[Path]) -> None:
        absolute = [Path(root).absolute() for root in roots]
        self.roots: tuple[Path, ...] = tuple(dict.fromkeys(absolute))
        self._real_roots = tuple(real for root in self.roots if (real := real_path(root)) is not None)

    def find(self, name: str, *, what: str = "file", input: str | None = None, folder: bool = False) -> Path:  # noqa: A002
        r"""Return the real path of an existing, readable file inside the allowed folders.

        Args:
            name: A path relative to an allowed folder, or an absolute one inside; `\` separates too.
            what: What the file is, for messages: "picture".
            input: The input that named it, for messages.
            folder: Whether a folder will do as well.

        Raises:
            MissingFile: If there is no such file, or it may not be read.
        """
        try:
            return self._find(name, what, folder)
        except MissingFile as error:
            error.input = error.input or input
            raise

    def allows(self, path: Path) -> bool:
        """Whether the path really lies inside an allowed folder."""
        real = real_path(path)
        return real is not None and any(real.is_relative_to(root) for root in self._real_roots)

    def _find(self, name: str, what: str, folder: bool) -> Path:
        relative = cleaned(name, what=what)
        outside = False
        for candidate in dict.fromkeys(root / relative for root in self.roots):
            if not self.allows(candidate):
                outside = True
            elif (found := _existing(candidate)) is not None:
                return _checked(found, name, what, folder)
        if outside:
            message = f"The {what} {quoted(name)} lies outside the folders that may be read"
            raise MissingFile(message, advice=f"Copy it into {_listed(self.roots)}")
        raise self._missing(name, relative, what)

    def _missing(self, name: str, relative: str, what: str) -> MissingFile:
        wanted = Path(relative)
        known = [str(wanted.parent / file) for root in self.roots for file in self._beside(root / wanted)]
        advice = did_you_mean(close_matches(str(wanted), known))
        message = f"There is no {what} {quoted(name)} in {_listed(self.roots)}"
        return MissingFile(message, advice=advice or "Copy it there, or choose another")

    def _beside(self, path: Path) -> Iterator[str]:
        """Names of the files in the folder where `path` would be."""
        if not self.allows(path.parent):
            return
        try:
            with os.scandir(path.parent) as entries:
                for _, entry in zip(range(_MOST_NAMES_COMPARED), entries, strict=False):
                    yield entry.name
        except OSError:
            return


def real_path(path: Path) -> Path | None:
    """The path with every link followed, or None where links go in circles or nobody may look."""
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):
        return None


def _existing(path: Path) -> Path | None:
    """The real path if something is there."""
    real = real_path(path)
    try:
        return real if real is not None and real.exists() else None
    except (OSError, ValueError):
        return None


def _checked(path: Path, name: str, what: str, folder: bool) -> Path:
    """Return the path if it is a readable file, or a folder where one will do."""
    if path.is_dir() and not folder:
        raise MissingFile(f"The {what} {quoted(name)} is a folder", advice="Name a file inside it")
    if not path.is_dir() and not path.is_file():
        raise MissingFile(f"The {what} {quoted(name)} is not an ordinary file", advice="Choose another")
    if not os.access(path, os.R_OK):
        raise MissingFile(f"The {what} {quoted(name)} may not be read", advice="Change its permissions")
    return path


def _listed(folders: tuple[Path, ...]) -> str:
    """The folders as messages show them."""
    shown = ", ".join(shown_path(folder) for folder in folders[:3])
    more = len(folders) - 3
    return f"{shown} and {more} more" if more > 0 else shown or "any folder"
