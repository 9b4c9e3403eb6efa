"""Looks into models that were found, once each: what was seen in a file is remembered until it changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from nodeflow.errors import MissingFile
from nodeflow.files import PICKLES, FileMemory, FileStamp, read_pickle, read_shapes
from nodeflow.models.diffusers_folder import DiffusersFolder
from nodeflow.models.entry import ModelEntry, is_model_folder, model_files
from nodeflow.models.exported import ExportedModel, is_exported
from nodeflow.models.kinds import Architecture, ModelKind, Recognised
from nodeflow.models.scan import SUFFIXES, Found
from nodeflow.models.sniff import recognise

# Raise the number when `recognise` learns something new.
_FACT = "model-4"


class Recogniser:
    """Turns found models into entries. Damaged ones become entries too, of the kind their folder says.

    Args:
        memory: Where to remember what was seen.
    """

    def __init__(self, memory: FileMemory) -> None:
        self._memory = memory

    def entries(self, models: Iterable[Found]) -> list[ModelEntry]:
        """An entry for each model, in the same order; those that vanished meanwhile are left out."""
        stamps = dict(_stamps(models))
        files = [stamp for stamp in stamps.values() if stamp.path.suffix.lower() in SUFFIXES]
        known = {stamp: _from_text(text) for stamp, text in self._memory.recall(_FACT, files).items()}
        new = {stamp: _recognise_file(stamp.path) for stamp in files if stamp not in known}
        self._memory.remember(_FACT, {stamp: _to_text(seen) for stamp, seen in new.items()})
        seen = known | new
        return [_entry(found, stamp, seen.get(stamp)) for found, stamp in stamps.items()]


def _stamps(models: Iterable[Found]) -> Iterator[tuple[Found, FileStamp]]:
    for found in models:
        try:
            yield found, FileStamp.of(found.path)
        except OSError:
            continue


def _entry(found: Found, stamp: FileStamp, seen: Recognised | None) -> ModelEntry:
    """Join what the folder's name says with what the content shows."""
    size = stamp.size
    if seen is None and is_model_folder(found.path):
        seen, size = _recognise_folder(found.path)
    seen = seen or Recognised()
    kind = seen.kind or found.kind
    return ModelEntry(found.name, kind, found.path, size, seen.architecture, found.bundled)


def _recognise_file(path: Path) -> Recognised:
    try:
        if path.suffix.lower() in PICKLES:
            return recognise({name: tensor.shape for name, tensor in read_pickle(path).tensors.items()})
        return recognise(read_shapes(path))
    except MissingFile:
        return Recognised()


def _recognise_folder(path: Path) -> tuple[Recognised, int]:
    """What a folder is, and the size of its files."""
    try:
        sizes = [file.stat().st_size for file in model_files(path).values()]
        folder = ExportedModel.read(path) if is_exported(path) else DiffusersFolder.read(path)
        return folder.recognise(), sum(sizes)
    except (MissingFile, OSError):
        return Recognised(), 0


def _to_text(seen: Recognised) -> str:
    return f"{seen.architecture} {seen.kind or ''}"


def _from_text(text: str) -> Recognised:
    architecture, _, kind = text.partition(" ")
    try:
        return Recognised(ModelKind(kind) if kind else None, Architecture(architecture))
    except ValueError:
        return Recognised()
