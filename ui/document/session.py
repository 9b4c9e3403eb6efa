"""The documents that are open at the same time, as tabs, and finding them again at the next start."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from nodeflow.document.model import Workflow
from nodeflow.errors import NodeflowError
from nodeflow.node.spec import NodeSpec
from ui.document.document import Document
from ui.document.journal import Journal
from ui.document.recent import RecentFiles, read_list, write_state
from ui.document.recovery import Recovered, recover


class Session:
    """Open documents in the order of their tabs.

    Args:
        data: The user's data folder (`Folders.data`).
        specs: The node types there are.

    Attributes:
        documents: The open documents.
        current: The one that is shown; None if none is open.
        recent: Files that were open lately.
    """

    def __init__(self, data: Path, specs: Mapping[str, NodeSpec]) -> None:
        self.documents: list[Document] = []
        self.current: Document | None = None
        self.recent = RecentFiles(data)
        self._specs = specs
        self._journals = data / "journal"
        self._file = data / "session.json"

    def new(self, workflow: Workflow | None = None) -> Document:
        """Open a document without a file: an empty one, or one made from a template or a picture."""
        plain = Workflow() if workflow is None else workflow.model_copy()
        plain._path = None
        return self._show(Document(plain, self._specs, journal=Journal(self._journals)))

    def open(self, path: Path) -> Document:
        """Open a file, or show it if it is open already.

        Raises:
            MissingFile: If it cannot be read.
            InvalidWorkflow: If it is no workflow.
        """
        real = path.resolve()
        document = next((other for other in self.documents if other.path == real), None)
        if document is None:
            document = Document.open(real, self._specs, journal=Journal(self._journals))
        self.recent.add(real)
        return self._show(document)

    def save(self, document: Document, path: Path | None = None) -> None:
        """Save a document and remember its file.

        Raises:
            UsageError: If it has no file yet and none is given.
            MissingFile: If it cannot be written.
        """
        document.save(path)
        if document.path is not None:
            self.recent.add(document.path)
        self._write()

    def show(self, document: Document) -> None:
        """Bring an open document to the front."""
        self.current = document
        self._write()

    def move(self, document: Document, index: int) -> None:
        """Put a tab elsewhere."""
        self.documents.remove(document)
        self.documents.insert(index, document)
        self._write()

    def close(self, document: Document) -> None:
        """Close a document; what is not saved is given up."""
        index = self.documents.index(document)
        self.documents.remove(document)
        document.close()
        if self.current is document:
            left = self.documents[max(index - 1, 0) : max(index, 1)]
            self.current = left[0] if left else None
        self._write()

    def unsaved(self) -> list[Recovered]:
        """Documents that a crash left unsaved, the latest first."""
        return recover(self._journals)

    def reopen(self, recovered: Recovered) -> Document:
        """Open a document as it was before a crash; it counts as modified."""
        journal = Journal(self._journals)
        document = Document(recovered.workflow, self._specs, recovered.path, journal=journal)
        document.mark_unsaved()
        journal.settle()
        if journal.fault is None:  # else the old journal is all there is
            recovered.discard()
        return self._show(document)

    def restore(self) -> list[str]:
        """Open the files that were open last; returns a sentence for each that cannot be opened."""
        faults = []
        last = read_list(self._file, "current")
        for name in read_list(self._file, "open"):
            try:
                self.open(Path(name))
            except NodeflowError as error:
                faults.append(str(error))
        for document in self.documents:
            if str(document.path) in last:
                self.show(document)
        return faults

    def end(self) -> None:
        """The program ends: close everything, remembering which files were open."""
        for document in self.documents:
            document.close()
        self.documents.clear()
        self.current = None

    def _show(self, document: Document) -> Document:
        if document not in self.documents:
            self.documents.append(document)
        self.show(document)
        return document

    def _write(self) -> None:
        open_files = [str(document.path) for document in self.documents if document.path]
        current = [str(self.current.path)] if self.current and self.current.path else []
        write_state(self._file, {"open": open_files, "current": current})
