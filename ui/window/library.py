"""Subgraphs kept to be used again in other workflows: files in a folder of the user's."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from ui.window.main_window import MainWindow

SUFFIX = ".json"
_UNSAFE = re.compile(r'[\x00-\x1f<>:"|?*\\/]')


def kept_nodes(folder: Path) -> dict[str, Path]:
    """The subgraphs in a library, by name."""
    return {path.stem: path for path in sorted(folder.glob(f"*{SUFFIX}"), key=lambda path: path.stem.lower())}


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
        plain = _UNSAFE.sub("_", name).strip(". ")
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
