"""Digests of files and folders: sha256 of the content, remembered until a file changes."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from nodeflow.errors import MissingFile
from nodeflow.files.memory import FileMemory, FileStamp

Progress = Callable[[int, int], object]
"""Told the bytes read so far and in all; may raise to stop."""

_FACT = "sha256"
_CHUNK = 4 * 2**20


class Digests:
    """Computes digests of the form `sha256:<64 hex digits>`.

    Args:
        folder: The cache folder; digests are remembered there between runs.
    """

    def __init__(self, folder: Path) -> None:
        self._memory = FileMemory(folder)

    def of(self, path: Path, progress: Progress | None = None) -> str:
        """The digest of a file, or of all files in a folder.

        Raises:
            MissingFile: If it is missing, unreadable, or changes while it is read.
        """
        if path.is_dir():
            return self.of_files(dict(files_in(path)), progress)
        [digest] = self._all({path.name: path}, progress).values()
        return digest

    def of_files(self, files: Mapping[str, Path], progress: Progress | None = None) -> str:
        """The digest of several files together.

        Args:
            files: By the names to count them under; `/` separates.
            progress: Told what was read.

        Raises:
            MissingFile: If one is missing, unreadable, or changes while it is read.
        """
        return _combined(self._all(files, progress))

    def known(self, path: Path) -> str | None:
        """The digest if it is remembered; never reads a file's content."""
        if path.is_dir():
            return self.known_files(dict(files_in(path)))
        return self._recall({path.name: path}).get(path.name)

    def known_files(self, files: Mapping[str, Path]) -> str | None:
        """As `known`, for several files together."""
        digests = self._recall(files)
        return _combined(digests) if len(digests) == len(files) else None

    def _recall(self, files: Mapping[str, Path]) -> dict[str, str]:
        try:
            stamps = {name: FileStamp.of(path) for name, path in files.items()}
        except OSError:
            return {}
        known = self._memory.recall(_FACT, stamps.values())
        return {name: known[stamp] for name, stamp in stamps.items() if stamp in known}

    def _all(self, files: Mapping[str, Path], progress: Progress | None) -> dict[str, str]:
        digests = self._recall(files)
        missing = {name: _stamp(path) for name, path in files.items() if name not in digests}
        total = sum(stamp.size for stamp in missing.values())
        done = 0
        for name, stamp in missing.items():
            digests[name] = _read(stamp, done, total, progress)
            done += stamp.size
            # Each at once: a user who stops halfway need not read the first half again.
            self._memory.remember(_FACT, {stamp: digests[name]})
        return digests


def files_in(folder: Path) -> Iterator[tuple[str, Path]]:
    """Every file in a folder and below, by its path relative to it with `/`; hidden ones do not count."""
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(parent, name)
            if not name.startswith(".") and path.is_file():
                yield path.relative_to(folder).as_posix(), path


def _combined(digests: Mapping[str, str]) -> str:
    """One digest from those of several files."""
    lines = "".join(f"{name} {digest}\n" for name, digest in sorted(digests.items()))
    return f"sha256:{hashlib.sha256(lines.encode('utf-8', 'surrogateescape')).hexdigest()}"


def _stamp(path: Path) -> FileStamp:
    try:
        return FileStamp.of(path)
    except OSError as error:
        raise MissingFile(f"{path} cannot be read: {error.strerror or error}") from error


def _read(stamp: FileStamp, done: int, total: int, progress: Progress | None) -> str:
    """Digest one file's content."""
    state = hashlib.sha256()
    try:
        with stamp.path.open("rb", buffering=0) as file:
            while chunk := file.read(_CHUNK):
                state.update(chunk)
                done += len(chunk)
                if progress is not None:
                    progress(done, total)
    except OSError as error:
        raise MissingFile(f"{stamp.path} cannot be read: {error.strerror or error}") from error
    if _stamp(stamp.path) != stamp:
        raise MissingFile(f"{stamp.path} changed while it was read", advice="Wait until it is written")
    return f"sha256:{state.hexdigest()}"
