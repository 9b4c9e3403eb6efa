"""All that can be told about a model without loading it: its entry, what is said of it, a picture."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from nodeflow.errors import MissingFile
from nodeflow.files import FileMemory, FileStamp, read_any
from nodeflow.models.about import About, loaded
from nodeflow.models.entry import ModelEntry
from nodeflow.models.metadata import thumbnail, told_by
from nodeflow.models.sidecars import Sidecars

_FACT = "about-1"
_FOLDER = "model_previews"
_NOTHING = About()


@dataclass(frozen=True)
class Portrait:
    """What is known of a model.

    Attributes:
        entry: What it is and where.
        about: What its makers and others say.
        preview: A picture of what it does; None: there is none.
        preview_stamp: When that was last changed, in nanoseconds.
        modified: When it was last changed, in seconds since 1970.
        fault: Why it cannot be used; empty: as far as its header shows, it can.
    """

    entry: ModelEntry
    about: About = _NOTHING
    preview: Path | None = None
    preview_stamp: int = 0
    modified: float = 0.0
    fault: str = ""


class Portrayer:
    """Looks at models closely, remembering what was read in their headers. Never raises.

    Args:
        cache: Where that is remembered, and pictures are kept that were inside a model.
    """

    def __init__(self, cache: Path) -> None:
        self._memory = FileMemory(cache)
        self._previews = cache / _FOLDER

    def portraits(self, entries: Iterable[ModelEntry]) -> Iterator[Portrait]:
        """A portrait of each model, in the same order."""
        models, sidecars = list(entries), Sidecars()
        stamps = {entry: stamp for entry in models if (stamp := _stamp(entry.path)) is not None}
        known = self._memory.recall(_FACT, stamps.values())
        new: dict[FileStamp, str] = {}
        for entry in models:
            stamp = stamps.get(entry)
            about = loaded(known[stamp]) if stamp is not None and stamp in known else None
            fault = ""
            if stamp is not None and about is None:
                about, fault = self._read(entry.path)
                if not fault:
                    new[stamp] = about.dump()
            yield self._portrait(entry, about or _NOTHING, fault, sidecars)
        self._memory.remember(_FACT, new)

    def _portrait(self, entry: ModelEntry, own: About, fault: str, sidecars: Sidecars) -> Portrait:
        """What people wrote down counts more than what a training script left behind."""
        inside = self._inside(entry.path)
        preview = sidecars.preview(entry.path) or (inside if inside.exists() else None)
        about = sidecars.about(entry.path).over(own)
        shown = _modified(preview) if preview is not None else 0
        return Portrait(entry, about, preview, shown, _modified(entry.path) / 1e9, fault)

    def _read(self, path: Path) -> tuple[About, str]:
        try:
            metadata = read_any(path).metadata
        except MissingFile as error:
            return _NOTHING, error.message.removeprefix(str(path)).strip()
        picture = thumbnail(metadata)
        if picture is not None:
            self._keep(picture, self._inside(path))
        return told_by(metadata), ""

    def _inside(self, path: Path) -> Path:
        """Where the picture is kept that was inside a model."""
        return self._previews / hashlib.blake2b(os.fsencode(path), digest_size=16).hexdigest()

    def _keep(self, picture: bytes, target: Path) -> None:
        with contextlib.suppress(OSError):  # then there is no picture
            target.parent.mkdir(parents=True, exist_ok=True)
            draft = target.with_suffix(".part")
            draft.write_bytes(picture)
            draft.replace(target)


def _modified(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _stamp(path: Path) -> FileStamp | None:
    """What tells whether a file changed; None for folders."""
    if path.is_dir():
        return None
    try:
        return FileStamp.of(path)
    except OSError:
        return None
