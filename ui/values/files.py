"""Asking for a picture's file, and finding the name that workflows know it by."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from nodeflow.errors import MissingFile

if TYPE_CHECKING:
    from ui.desk import Desk


def ask_for_picture(owner: QWidget, desk: Desk, take: Callable[[Path], object]) -> QFileDialog:
    """Let somebody choose a picture from anywhere.

    Args:
        owner: What the dialog belongs to.
        desk: What knows the user's pictures folder.
        take: Takes the file; not called if none was chosen.
    """
    dialog = QFileDialog(owner, _tr("Choose a picture"), str(desk.folders.pictures))
    dialog.setNameFilter(_tr("Pictures (*.png *.jpg *.jpeg *.webp *.bmp *.tif *.tiff)"))
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(lambda name: take(Path(name)))
    dialog.open()
    return dialog


def name_of(path: Path, desk: Desk, document: Path | None) -> str:
    """The name by which a workflow finds a picture; one from outside its folders is copied into them.

    Raises:
        ValueError: Saying why that cannot be done.
    """
    from ui.files import picture_offer

    try:
        return picture_offer(path, desk, document).name
    except MissingFile as error:
        raise ValueError(error.message) from None


def _tr(text: str) -> str:
    return QCoreApplication.translate("Pictures", text)
