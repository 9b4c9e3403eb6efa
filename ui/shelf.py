"""The models and pictures at hand, looked for once and again when asked to: folders may be large and slow."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from nodeflow.errors import MissingFile
from nodeflow.execution.variations import PICTURES

if TYPE_CHECKING:
    from nodeflow.folders import Folders
    from nodeflow.models import ModelEntry, ModelKind
    from nodeflow.node.annotations import ModelFile

MOST_PICTURES = 2_000
MOST_LOOKED_AT = 50_000
"""Entries of the pictures folders that are looked at: somebody's may hold a whole disk."""
MOST_BESIDE = 5_000
"""The same of a workflow's folder, which is looked at each time."""


class Found(NamedTuple):
    """A picture that a workflow may name.

    Attributes:
        name: The name.
        modified: When it was written, in seconds since 1970.
        path: Where it lies.
    """

    name: str
    modified: float
    path: Path


class Shelf:
    """What the models and pictures folders hold.

    Args:
        folders: The user's folders.

    Attributes:
        missing: The complaint about each model that was looked for in vain.
    """

    def __init__(self, folders: Folders) -> None:
        self._folders = folders
        self._lock = threading.Lock()
        self._models: list[ModelEntry] | None = None
        self._pictures: list[Found] | None = None
        self.missing: dict[tuple[str, ModelFile], MissingFile] = {}

    def move(self, folders: Folders) -> None:
        """Look in other folders from now on."""
        self._folders = folders
        self.forget()

    def look_ahead(self) -> None:
        """Look on a thread of its own, so that the first menu need not wait."""
        threading.Thread(target=self._look, name="shelf", daemon=True).start()

    def _look(self) -> None:
        self.models()
        self.pictures()

    def forget(self) -> None:
        """Look anew when next asked."""
        with self._lock:
            self._models = self._pictures = None
        self.missing.clear()

    def models(self) -> list[ModelEntry]:
        """All models, by kind and name."""
        from nodeflow.models.catalogue import Catalogue

        with self._lock:
            if self._models is None:
                self._models = Catalogue(self._folders).entries()
            return self._models

    def of_kinds(self, kinds: tuple[ModelKind, ...]) -> list[ModelEntry]:
        """The models of some kinds."""
        return [entry for entry in self.models() if entry.kind in kinds]

    def model(self, name: str, kinds: tuple[ModelKind, ...]) -> ModelEntry | None:
        """The model that a workflow means by a name; None if there is none of these kinds."""
        wanted = name.replace("\\", "/")
        found = (e for e in self.of_kinds(kinds) if wanted in (e.name, e.name + e.path.suffix, str(e.path)))
        return next(found, None)

    def pictures(self, beside: Path | None = None) -> list[Found]:
        """The pictures that a workflow may name, the latest first.

        Args:
            beside: The workflow's own folder; None: it has none.
        """
        with self._lock:
            if self._pictures is None:
                self._pictures = _latest(_pictures((self._folders.output, self._folders.pictures)))
            known = self._pictures
        if beside is None:
            return known
        own = _pictures((beside,), MOST_BESIDE)  # first: there a name is looked for first
        paths = {found.path for found in own}
        return _latest([*own, *(found for found in known if found.path not in paths)])

    def add_picture(self, path: Path) -> None:
        """Note a picture that was just saved in the output folder."""
        with self._lock:
            if self._pictures is not None and path.is_relative_to(self._folders.output):
                name = path.relative_to(self._folders.output).as_posix()
                self._pictures = _latest([Found(name, time.time(), path), *self._pictures])


class Finder:
    """Finds the files that a workflow names; a `FileFinder` that does not look at the folders each time.

    Args:
        shelf: What there is.
        folders: The user's folders.
        beside: The folder of the workflow, which it may read from; None: it has no file yet.
    """

    def __init__(self, shelf: Shelf, folders: Folders, beside: Path | None) -> None:
        from nodeflow.execution.workflow_files import WorkflowFiles

        self._shelf = shelf
        self._files = WorkflowFiles(folders, [beside] if beside else [])

    def _look(self, name: str, widget: ModelFile) -> ModelEntry:
        """Look in the folders, once for each name: a workflow is checked after every edit."""
        if (name, widget) not in self._shelf.missing:
            try:
                return self._files.model(name, widget)
            except MissingFile as error:
                self._shelf.missing[name, widget] = error
        raise self._shelf.missing[name, widget]

    def model(self, name: str, widget: ModelFile) -> ModelEntry:
        """The model of that name.

        Raises:
            MissingFile: If there is none.
        """
        return self._shelf.model(name, widget.kinds) or self._look(name, widget)

    def picture(self, name: str) -> Path:
        """The path of a picture.

        Raises:
            MissingFile: If there is none.
        """
        return self._files.picture(name)

    def wildcard(self, name: str) -> tuple[str, ...]:
        """The lines of a list of words.

        Raises:
            MissingFile: If there is none.
        """
        return self._files.wildcard(name)


def _pictures(roots: tuple[Path, ...], most: int = MOST_LOOKED_AT) -> list[Found]:
    found: dict[str, Found] = {}  # by path: the output folder usually lies inside the pictures folder
    for root in roots:
        for entry in files_below(root, most):
            if entry.name.lower().endswith(PICTURES) and entry.path not in found:
                name = os.path.relpath(entry.path, root).replace(os.sep, "/")
                found[entry.path] = Found(name, entry.stat().st_mtime, Path(entry.path))
    return list(found.values())


def _latest(pictures: Iterable[Found]) -> list[Found]:
    """Pictures by when they were written; of those that share a name, the first, which it would find."""
    named: dict[str, Found] = {}
    for picture in pictures:
        named.setdefault(picture.name, picture)
    return sorted(named.values(), key=lambda found: -found.modified)[:MOST_PICTURES]


def files_below(root: Path, most: int = MOST_LOOKED_AT) -> Iterator[os.DirEntry[str]]:
    """The files below a folder, breadth first; links to folders are not followed.

    Args:
        root: The folder.
        most: How many entries are looked at.
    """
    pending, seen = [str(root)], 0
    while pending and seen < most:
        try:
            with os.scandir(pending.pop(0)) as entries:
                for entry in entries:
                    seen += 1
                    if entry.is_dir(follow_symlinks=False):
                        pending.extend([] if entry.name.startswith(".") else [entry.path])
                    elif entry.is_file():
                        yield entry
        except OSError:
            continue
