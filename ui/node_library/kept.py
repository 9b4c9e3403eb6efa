"""Subgraphs kept to be used again in other workflows: files in a folder of the user's."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject

from nodeflow.errors import UsageError

if TYPE_CHECKING:
    from ui.window.main_window import MainWindow

SUFFIX = ".json"
_UNSAFE = re.compile(r'[\x00-\x1f<>:"|?*\\/]')


def kept_nodes(folder: Path) -> dict[str, Path]:
    """The subgraphs in a library, by name."""
    return {path.stem: path for path in sorted(folder.glob(f"*{SUFFIX}"), key=lambda path: path.stem.lower())}


def plain_name(text: str) -> str:
    """A name as a file of the library may have it; empty if nothing is left of it."""
    return _UNSAFE.sub("_", text).strip(". ")


def rename_kept(path: Path, name: str) -> Path:
    """Give a kept subgraph another name.

    Args:
        path: Its file.
        name: What it is to be called.

    Returns:
        Its new file.

    Raises:
        UsageError: If the name is empty or taken, or the file cannot be renamed.
    """
    plain = plain_name(name)
    target = path.with_name(f"{plain}{SUFFIX}")
    if not plain:
        raise UsageError(_tr("A reusable node needs a name"))
    if target == path:
        return path
    if target.exists() and not target.samefile(path):
        raise UsageError(_tr("There is a reusable node “{0}” already").format(plain))
    try:
        path.rename(target)
    except OSError as error:
        text = _tr("“{0}” cannot be renamed: {1}")
        raise UsageError(text.format(path.stem, error.strerror or error)) from error
    return target


def _tr(text: str) -> str:
    return QCoreApplication.translate("Library", text)


class Library(QObject):
    """Keeps subgraphs of the document in front.

    Args:
        window: The window.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    def ask_keep(self) -> None:
        """Ask for a name and keep the selected subgraph."""
        editing = self._window.editing
        if editing is None:
            return
        body = editing.scope.body(editing.document.workflow)
        name = next((n for n in sorted(editing.selection) if body.nodes[n].subgraph), None)
        if name is not None:
            suggested = body.nodes[name].subgraph or name
            self._window.asking.line(
                self.tr("Save as reusable node"), suggested, lambda text: self.keep(name, text)
            )

    def keep(self, node: str, name: str) -> None:
        """Keep the subgraph of a node; an older one of the name is replaced only if the user wants it."""
        plain = plain_name(name)
        editing = self._window.editing
        if editing is None or not plain:
            return
        path = self._window.desk.library / f"{plain}{SUFFIX}"
        if path.exists():
            self._window.notice.tell(
                self.tr("There is a reusable node “{0}” already.").format(plain),
                (self.tr("Replace it"), lambda: editing.save_subgraph(node, path)),
            )
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        editing.save_subgraph(node, path)
