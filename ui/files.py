"""Which node a file is for, and by which name a workflow may use it."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QImage

from nodeflow.errors import MissingFile
from nodeflow.files import PICKLES
from nodeflow.files.access import FileAccess
from nodeflow.models.kinds import ModelKind, folder_for
from nodeflow.models.scan import SUFFIXES
from nodeflow.node.annotations import ModelFile, PictureFile
from nodeflow.node.spec import InputSpec, NodeKind, NodeSpec

if TYPE_CHECKING:
    from nodeflow.folders import Folders
    from nodeflow.models import ModelEntry
    from ui.desk import Desk

MODELS = SUFFIXES
UNSAFE = (".pkl", ".pickle")
"""Pickles of anything: programs rather than data."""
PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff")
KEPT = "nodeflow inputs"
"""The folder, inside the user's pictures, for pictures that came from elsewhere."""


@dataclass(frozen=True)
class Offer:
    """What a file can be used for.

    Attributes:
        spec: The type of node that loads it.
        input: The input of that node that names it.
        name: The name that the workflow knows it by.
        kind: What it is, if it is a model.
        text: One sentence about what was done.
    """

    spec: NodeSpec
    input: InputSpec
    name: str
    kind: ModelKind | None = None
    text: str = ""

    def fits(self, entry: InputSpec) -> bool:
        """Whether another input takes the file as well."""
        if isinstance(entry.widget, ModelFile):
            return self.kind in entry.widget.kinds
        return self.kind is None and isinstance(entry.widget, PictureFile)


def model_offer(path: Path, desk: Desk, document: Path | None) -> Offer:
    """What a model is for.

    Raises:
        MissingFile: If it lies where no workflow may read, or nothing takes its kind.
    """
    entry, pickled = _entry(path, desk), path.suffix.lower() in PICKLES
    seen = _kind_of(path) if entry is None or pickled else None
    kind = seen or (entry.kind if entry is not None else None)
    if kind is None and path.is_dir():
        raise MissingFile(_tr("“{0}” is a folder: drop the files that are in it").format(path.name))
    if kind is None:
        raise MissingFile(_tr("“{0}” is no model of a kind that is known here").format(path.name))
    if kind is ModelKind.EMBEDDING:
        text = _tr("“{0}” is an embedding: drop it on a node with a prompt, or write embedding:{1} there")
        raise MissingFile(text.format(path.name, entry.name if entry is not None else path.stem))
    found = _loader(desk.specs, kind)
    if found is None:
        raise MissingFile(_tr("“{0}” is {1}: no node takes it").format(path.name, kind.with_article))
    name = entry.name if entry is not None else _allowed_name(path, desk.folders, document)
    if name is None:
        folder = desk.folders.models[0] / folder_for(kind)
        text = _tr("“{0}” is {1} outside the models folders: put it into {2} and drop it again")
        raise MissingFile(text.format(path.name, kind.with_article, folder))
    text = _tr("“{0}” is {1}").format(path.name, kind.with_article)
    if pickled:
        text = _tr("{0}. nodeflow convert makes a .safetensors of it, which loads faster").format(text)
    return Offer(*found, name, kind, text)


def embedding_name(path: Path, desk: Desk) -> str | None:
    """The name by which prompts know a textual inversion; None if it is none, or lies elsewhere."""
    entry = _entry(path, desk)
    return entry.name if entry is not None and entry.kind is ModelKind.EMBEDDING else None


def picture_offer(path: Path, desk: Desk, document: Path | None) -> Offer:
    """What a picture is for; one from outside the folders that may be read is copied into them.

    Raises:
        MissingFile: If it cannot be read or copied, or no node takes pictures.
    """
    _check_picture(path)
    found = next(
        (
            (spec, entry)
            for spec in desk.specs.values()
            for entry in spec.inputs
            if isinstance(entry.widget, PictureFile)
        ),
        None,
    )
    if found is None:
        raise MissingFile(_tr("No node takes pictures"))
    name, text = _allowed_name(path, desk.folders, document), ""
    if name is None:
        copy = _copied(path, desk.folders)
        text = _tr("“{0}” was copied into {1}").format(path.name, copy.parent)
        name = _allowed_name(copy, desk.folders, document) or str(copy)
    return Offer(*found, name, text=text)


def keep_image(image: QImage, folders: Folders) -> Path:
    """Save a picture from the clipboard where workflows may read it.

    Raises:
        MissingFile: If it cannot be written.
    """
    folder = folders.pictures / KEPT
    path = _free(folder / f"pasted {datetime.now().astimezone():%Y-%m-%d %H-%M-%S}.png")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MissingFile(_tr("{0} cannot be written: {1}").format(folder, error.strerror)) from None
    if not image.save(str(path)):
        raise MissingFile(_tr("{0} cannot be written").format(path))
    return path


def _entry(path: Path, desk: Desk) -> ModelEntry | None:
    real = path.resolve()
    for _ in range(2):
        for entry in desk.shelf.models():
            if entry.path.resolve() == real:
                return entry
        if not any(real.is_relative_to(folder.resolve()) for folder in desk.folders.models):
            return None
        desk.rescan()  # it may have come since
    return None


def _kind_of(path: Path) -> ModelKind | None:
    """What a file's header says it is; None for a folder, or if it says nothing that is known.

    Raises:
        MissingFile: If it is damaged, or something else under the name of a model.
    """
    from nodeflow.files import read_any
    from nodeflow.models.sniff import recognise

    if path.is_dir():
        return None
    try:
        tensors = read_any(path).tensors
        return recognise({name: tensor.shape for name, tensor in tensors.items()}).kind
    except MissingFile as error:
        text = error.message.replace(str(path), f"“{path.name}”")
        raise MissingFile(text, advice=error.advice) from None
    except OSError as error:
        raise MissingFile(_tr("“{0}” cannot be read: {1}").format(path.name, error.strerror)) from None


def _check_picture(path: Path) -> None:
    """A picture that nothing could show makes no node.

    Raises:
        MissingFile: If it is none, or too large.
    """
    from nodeflow.pictures.reading import picture_size

    try:
        picture_size(path)
    except ValueError:
        raise MissingFile(_tr("“{0}” is no picture that can be read").format(path.name)) from None


def _loader(specs: Mapping[str, NodeSpec], kind: ModelKind) -> tuple[NodeSpec, InputSpec] | None:
    """The plainest node that loads a kind of model."""
    fitting = [
        (spec.kind is not NodeKind.LIGHT, len(spec.inputs), spec.type, spec, entry)
        for spec in specs.values()
        for entry in spec.inputs
        if isinstance(entry.widget, ModelFile) and kind in entry.widget.kinds
    ]
    best = min(fitting, key=lambda found: found[:3], default=None)
    return best and (best[3], best[4])


def _allowed_name(path: Path, folders: Folders, document: Path | None) -> str | None:
    """The name by which a workflow finds a file; None if it may not."""
    access = FileAccess(folders.readable(*([document.parent] if document else [])))
    if not access.allows(path):
        return None
    real = path.resolve()
    for root in access.roots:
        if real.is_relative_to(root.resolve()):
            name = real.relative_to(root.resolve()).as_posix()
            if access.find(name, folder=True) == real:
                return name
    return str(real)


def _copied(path: Path, folders: Folders) -> Path:
    """A copy of a picture among the user's; the same picture is not copied twice."""
    target = folders.pictures / KEPT / path.name
    try:
        if target.exists() and target.read_bytes() == path.read_bytes():
            return target
        target.parent.mkdir(parents=True, exist_ok=True)
        target = _free(target)
        shutil.copyfile(path, target)
    except OSError as error:
        raise MissingFile(_tr("“{0}” cannot be copied: {1}").format(path.name, error.strerror)) from None
    return target


def _free(path: Path) -> Path:
    """The path, with a number if it is taken."""
    number, free = 2, path
    while free.exists():
        free = path.with_stem(f"{path.stem} {number}")
        number += 1
    return free


def _tr(text: str) -> str:
    return QCoreApplication.translate("Files", text)
