"""Saving the document in front: to its file, to one that is asked for, or to whoever opened it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from nodeflow.errors import NodeflowError
from ui.window.asking import SUFFIX
from ui.window.notice import Choice

if TYPE_CHECKING:
    from ui.document.errand import Errand
    from ui.editing.editing import Editing
    from ui.window.documents import Documents
    from ui.window.main_window import MainWindow


class Saving(QObject):
    """Saves documents, and says why where it cannot.

    Args:
        window: The window they are in.
        documents: What is open there.

    Attributes:
        errands: Why documents are open that have no file.
    """

    def __init__(self, window: MainWindow, documents: Documents) -> None:
        super().__init__(documents)
        self._window, self._documents = window, documents
        self._session = window.desk.session
        self._complaint: str | None = None
        self.errands: dict[Editing, Errand] = {}

    def save(self) -> bool:
        """Save the document in front; False if it was not."""
        editing = self._documents.current
        if editing is None:
            return False
        document = editing.document
        if editing in self.errands:
            return self._give_back(editing)
        if document.path is None:
            return self.save_as()
        if document.changed_outside:
            self._tell_of_change(editing)
            return False
        return self._save_to(editing, None)

    def _give_back(self, editing: Editing) -> bool:
        """Give a workflow to whoever opened it."""
        errand = self.errands[editing]
        editing.canvas.editor.commit()
        if not errand.save(editing.document.workflow):
            text = self.tr("“{0}” is not wanted any more. Save it as a file to keep it.")
            self._complain(text.format(errand.title), (self.tr("Save as…"), self.save_as))
            return False
        editing.document.mark_saved()
        self._documents.describe(editing)
        self._window.say(self.tr("Saved: {0}").format(errand.title))
        return True

    def _tell_of_change(self, editing: Editing) -> None:
        """Somebody else wrote the file meanwhile: neither version may be lost without a word."""
        text = self.tr("“{0}” was changed by somebody else since you opened it. Nothing is saved yet.")
        self._complain(
            text.format(editing.document.title),
            (self.tr("Save as…"), self.save_as),
            (self.tr("Replace their version"), lambda: self._save_to(editing, None)),
        )

    def save_as(self) -> bool:
        """Save the document in front under another name; False if it was given up."""
        editing = self._documents.current
        if editing is None:
            return False
        document = editing.document
        suggested = document.path or self._documents.folder() / f"{document.title}{SUFFIX}"
        path = self._window.asking.file_to_save(suggested)
        if path is None:
            return False
        if any(
            path.resolve() == other.document.path
            for other in self._documents.editings
            if other is not editing
        ):
            text = self.tr("“{0}” is open in another tab. Choose another name, or close that tab first.")
            self._complain(text.format(path.stem))
            return False
        return self._save_to(editing, path)

    def _complain(self, text: str, *choices: Choice) -> None:
        """Tell why nothing was saved."""
        self._complaint = text
        self._window.tell(text, *choices)

    def _save_to(self, editing: Editing, path: Path | None) -> bool:
        try:
            self._session.save(editing.document, path)
        except NodeflowError as error:
            self._complain(str(error))
            return False
        if self._window.notice.text == self._complaint:
            self._window.notice.hide()  # it is saved after all
        self.end_errand(editing)  # it is a file now
        self._documents.describe(editing)
        self._window.say(self.tr("Saved as {0}").format(editing.document.path))
        return True

    def end_errand(self, editing: Editing) -> None:
        """A document is no errand any more: it is closed, or a file now."""
        errand = self.errands.pop(editing, None)
        if errand is not None:
            errand.end()
