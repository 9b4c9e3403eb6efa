"""Mending inputs that name a model or a picture that is not here."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog

from nodeflow.errors import MissingFile, NodeflowError
from nodeflow.files import Digests
from nodeflow.models import ModelKind
from nodeflow.models.entry import known_model_digest
from nodeflow.models.hub import is_hub_id
from nodeflow.node.annotations import ModelFile
from nodeflow.node.spec import InputSpec
from ui.canvas.actions import Port
from ui.editing.mending import use_instead
from ui.panels.fix import Case, Fix
from ui.panels.fix import translated as _tr


def file_fixes(case: Case, entry: InputSpec, value: str, near: list[str]) -> Iterator[Fix]:
    """The same model under another name, one with a similar name, or whatever somebody picks."""
    same = _twin(case, entry, value)
    if same is not None:
        yield Fix(_tr("Use {0}, the same model").format(same), partial(_use, case, entry, same))
    for name in near:
        if name != same:
            yield Fix(_tr("Use {0}").format(name), partial(_use, case, entry, name))
    if (
        is_hub_id(value)
        and isinstance(entry.widget, ModelFile)
        and ModelKind.CHECKPOINT in entry.widget.kinds
    ):
        yield Fix(_tr("Download it…"), partial(_download, case, value))
    if case.editing.desk.choices(entry):
        yield case.choice(entry, value, partial(_use, case, entry))
    yield Fix(_tr("Browse…"), partial(_browse, case, entry))
    yield Fix(_tr("Look again"), case.editing.desk.rescan)


def _twin(case: Case, entry: InputSpec, value: str) -> str | None:
    """The model whose content is what the workflow was made with, as far as digests are known already."""
    used, desk = case.workflow.models.get(value), case.editing.desk
    if used is None or not isinstance(entry.widget, ModelFile):
        return None
    digests = Digests(desk.folders.cache)
    for model in desk.shelf.of_kinds(entry.widget.kinds):
        try:
            if known_model_digest(model.path, digests) == used.digest:
                return model.name
        except MissingFile:  # damaged, so it is not the same
            continue
    return None


def _use(case: Case, entry: InputSpec, name: str) -> None:
    """Name another file in all nodes that name the missing one."""
    case.enter()
    count = use_instead(case.editing, Port(case.fault.node, entry.name), name)
    text = _tr("1 node uses {1} now") if count == 1 else _tr("{0} nodes use {1} now")
    case.editing.said.emit(text.format(count, name))


def _download(case: Case, name: str) -> None:
    """Ask whether a model of the hub is to be downloaded."""
    from ui.models.download_dialog import DownloadDialog

    def here() -> None:
        case.editing.desk.rescan()
        case.editing.said.emit(_tr("{0} is here now").format(name))

    dialog = DownloadDialog(name, here, QApplication.activeWindow())
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()


def _browse(case: Case, entry: InputSpec) -> None:
    """Let somebody pick a file anywhere; a picture is copied to where workflows may read it."""
    from ui.files import MODELS, PICTURES

    folders, is_model = case.editing.desk.folders, isinstance(entry.widget, ModelFile)
    dialog = QFileDialog(QApplication.activeWindow(), _tr("Choose a file"))
    dialog.setDirectory(str(folders.models[0] if is_model else folders.pictures))
    endings = " ".join(f"*{suffix}" for suffix in (MODELS if is_model else PICTURES))
    dialog.setNameFilter(f"{_tr('Models') if is_model else _tr('Pictures')} ({endings})")
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(lambda path: _take(case, entry, Path(path)))
    dialog.open()


def _take(case: Case, entry: InputSpec, path: Path) -> None:
    from ui.files import model_offer, picture_offer

    editing, make = case.editing, model_offer if isinstance(entry.widget, ModelFile) else picture_offer
    try:
        offer = make(path, editing.desk, editing.document.path)
    except NodeflowError as error:
        editing.said.emit(str(error))
        return
    if offer.kind is None or offer.fits(entry):
        _use(case, entry, offer.name)
    else:
        editing.said.emit(_tr("{0}: this input does not take it").format(offer.text))
