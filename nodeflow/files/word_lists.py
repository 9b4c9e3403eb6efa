"""Lists of words for texts with choices in them: text files with one choice on each line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from nodeflow.errors import MissingFile
from nodeflow.files.access import FileAccess
from nodeflow.files.names import close_matches, did_you_mean, quoted

SUFFIX = ".txt"
MAX_BYTES = 8_000_000
"""Larger than any list that people write; such a file is not read."""


class WordLists:
    """Finds lists by name in folders, `animal` as `animal.txt`.

    Args:
        folders: Where to look, in this order; on equal names the earlier wins. They need not exist.
    """

    def __init__(self, folders: Iterable[Path]) -> None:
        self._access = FileAccess(folders)

    def lines(self, name: str) -> tuple[str, ...]:
        """The choices of a list, without empty lines and what follows a `#` at the beginning of a line.

        Args:
            name: A name below one of the folders, without suffix; `*` takes all lists that fit, by name.

        Raises:
            MissingFile: If there is none, it holds nothing, or it cannot be read.
        """
        if "*" not in name:
            found = [self._find(name)]
        else:
            fitting = {known: path for known, path in self._all() if fnmatchcase(known, name)}
            found = [fitting[known] for known in sorted(fitting)]
        if not found:
            raise self._missing(name)
        lines = tuple(line for path in found for line in _read(path))
        if not lines:
            raise MissingFile(f"{name + SUFFIX} holds no choice", advice="Write one on each line")
        return lines

    def _find(self, name: str) -> Path:
        try:
            return self._access.find(name + SUFFIX, what="wildcard file")
        except MissingFile:
            raise self._missing(name) from None

    def _missing(self, name: str) -> MissingFile:
        where = ", ".join(str(root) for root in self._access.roots[:2])
        advice = did_you_mean(close_matches(name, [known for known, _ in self._all()]))
        message = f"There is no wildcard file {quoted(name + SUFFIX)} in {where}"
        return MissingFile(message, advice=advice or "Write one, with a choice on each line")

    def _all(self) -> Iterator[tuple[str, Path]]:
        """All lists, the later folders first, so that a dictionary keeps the earlier one's."""
        for root in reversed(self._access.roots):
            for path in sorted(root.rglob(f"*{SUFFIX}")):
                if self._access.allows(path) and path.is_file():
                    yield path.relative_to(root).with_suffix("").as_posix(), path


def _read(path: Path) -> tuple[str, ...]:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise MissingFile(f"{path.name} is too large for a list of words", advice="Split it up")
        content = path.read_bytes()
    except OSError as error:
        raise MissingFile(f"{path.name} cannot be read: {error.strerror}") from None
    lines = (line.strip() for line in _decoded(content).splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))


def _decoded(content: bytes) -> str:
    """A text in UTF-8, or in what older programs on Windows write."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")
