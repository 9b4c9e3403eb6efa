"""The part of a node's menu that is about the picture it loads or has saved."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from nodeflow.node.annotations import PictureFile
from ui.actions.action import Action
from ui.canvas.actions import Port
from ui.pictures.sending import Purpose
from ui.values.choices import picture_path
from ui.window.menus.entry import Entry, Inner

if TYPE_CHECKING:
    from ui.actions.action import Context
    from ui.editing.editing import Editing
    from ui.window.main_window import MainWindow


def sending_entries(name: str, editing: Editing, window: MainWindow) -> Iterator[Entry]:
    """New documents that go on from a node's picture."""
    path = _picture(name, editing)
    if path is None:
        return
    purposes = {Purpose.CHANGE: window.tr("Image to image"), Purpose.INPAINT: window.tr("Inpainting")}
    yield Inner(
        window.tr("Send to"),
        tuple(
            Action(f"send.{purpose.value}", text, partial(_send, path, purpose))
            for purpose, text in purposes.items()
        ),
    )


def _picture(name: str, editing: Editing) -> Path | None:
    """The first that a node has saved, or the one that it loads, if it is here."""
    if files := editing.showing.files(name):
        return files[0]
    for item in editing.spec(name).inputs:
        value = editing.value(Port(name, item.name)) if isinstance(item.widget, PictureFile) else None
        if isinstance(value, str):
            return picture_path(editing.desk, value, editing.document.path)
    return None


def _send(path: Path, purpose: Purpose, context: Context) -> None:
    context.window.pictures.send_file(path, purpose)
