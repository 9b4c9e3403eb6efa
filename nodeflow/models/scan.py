"""Walks the models folders, opening nothing: what a file is called and how large it is."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from nodeflow.folders import BUNDLED_MODELS
from nodeflow.models.diffusers_folder import INDEX
from nodeflow.models.exported import MANIFEST
from nodeflow.models.kinds import KIND_BY_FOLDER, ModelKind

SUFFIXES = (".safetensors", ".ckpt", ".pt", ".pth")


@dataclass(frozen=True)
class Found:
    """A model file or folder, not yet looked into.

    Attributes:
        name: Path relative to its kind's folder, with `/`, without suffix.
        kind: What the name of the folder says it is.
        path: Where it is.
        bundled: Whether it came with nodeflow.
    """

    name: str
    kind: ModelKind
    path: Path
    bundled: bool

    @property
    def file_name(self) -> str:
        """The name with its suffix, as other programs write it."""
        return PurePosixPath(self.name).with_name(self.path.name).as_posix()


def scan(roots: Iterable[Path]) -> Iterator[Found]:
    """Every model in the models folders: earlier folders first, then by name."""
    for root in roots:
        # A1111 and ComfyUI keep most kinds in `models`, and A1111 its embeddings beside it.
        for parent in (root, root / "models"):
            for entry in _entries(parent):
                kind = KIND_BY_FOLDER.get(entry.name.casefold())
                if kind is not None and _is_folder(entry):
                    yield from _models_in(Path(entry.path), kind, root == BUNDLED_MODELS)


def _models_in(folder: Path, kind: ModelKind, bundled: bool) -> Iterator[Found]:
    """Every model below a kind's folder. Each real folder is entered once, so links may go in circles."""
    waiting = [folder]
    seen: set[tuple[int, int]] = set()
    while waiting:
        current = waiting.pop()
        entries = _entries(current) if _is_new(current, seen) else []
        if current != folder and any(entry.name in (INDEX, MANIFEST) for entry in entries):
            yield Found(current.relative_to(folder).as_posix(), kind, current, bundled)
            continue
        for entry in entries:
            path = Path(entry.path)
            if path.suffix.lower() in SUFFIXES and _is_file(entry):
                yield Found(path.relative_to(folder).with_suffix("").as_posix(), kind, path, bundled)
        waiting += [Path(entry.path) for entry in reversed(entries) if _is_folder(entry)]


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    """What lies in a folder, by name; nothing where it is missing or may not be read."""
    try:
        with os.scandir(folder) as entries:
            return sorted((e for e in entries if not e.name.startswith(".")), key=lambda entry: entry.name)
    except OSError:
        return []


def _is_new(folder: Path, seen: set[tuple[int, int]]) -> bool:
    """Whether a folder was not seen before, by whichever path."""
    try:
        status = folder.stat()
    except OSError:
        return False
    identity = (status.st_dev, status.st_ino)
    new = identity not in seen
    seen.add(identity)
    return new


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:
        return False
