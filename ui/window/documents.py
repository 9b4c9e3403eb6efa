"""The open documents in their tabs: new, open, close. The session keeps them, `Editing`s show them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QStackedWidget

from nodeflow.errors import MissingFile, NodeflowError
from ui.window.asking import SUFFIX, Answer
from ui.window.saving import Saving
from ui.window.tabs import Tabs

if TYPE_CHECKING:
    from nodeflow.document.model import Workflow
    from ui.document.document import Document
    from ui.document.errand import Errand
    from ui.document.recovery import Recovered
    from ui.editing.editing import Editing
    from ui.window.main_window import MainWindow


class Documents(QObject):
    """Keeps tabs, canvases and the session in step.

    Args:
        window: The window they are in.
        tabs: The tabs, in the order of the session's documents.
        stack: Shows the canvas of the one in front.

    Attributes:
        editings: The open documents, in the order of the tabs.
        saving: Saves them.
    """

    currentChanged = Signal(object)  # noqa: N815 - signals are named as Qt names them
    """The `Editing` in front; None if no document is open."""
    opened = Signal(object)
    """An `Editing` that was just made."""

    def __init__(self, window: MainWindow, tabs: Tabs, stack: QStackedWidget) -> None:
        super().__init__(window)
        self._window, self._tabs, self._stack = window, tabs, stack
        self._session = window.desk.session
        self.editings: list[Editing] = []
        self.saving: Saving = Saving(window, self)
        tabs.currentChanged.connect(self._front)
        tabs.tabCloseRequested.connect(self.close)
        tabs.tabMoved.connect(self._moved)
        tabs.newWanted.connect(self.new)

    @property
    def current(self) -> Editing | None:
        """The document in front."""
        index = self._tabs.currentIndex()
        return self.editings[index] if 0 <= index < len(self.editings) else None

    def new(self, workflow: Workflow | None = None) -> Editing:
        """Open an empty document, or one made from a workflow that has no file."""
        return self._show(self._session.new(workflow))

    def edit(self, workflow: Workflow, errand: Errand) -> Editing:
        """Open a workflow that is no file; saving gives it back."""
        editing = self.new(workflow)
        self.saving.errands[editing] = errand
        self.describe(editing)
        return editing

    def bring_errand(self, name: str) -> None:
        """Bring the document of an errand to the front."""
        for editing, errand in self.saving.errands.items():
            if errand.id == name:
                self.bring(editing)

    def title(self, editing: Editing) -> str:
        """What a document is called."""
        errand = self.saving.errands.get(editing)
        return errand.title if errand is not None else editing.document.title

    def open_template(self, name: str) -> None:
        """Open a copy of a workflow that comes with the program."""
        from nodeflow.document.files import load_workflow

        self._guarded(lambda: self.new(load_workflow(name)))

    def open(self, paths: Sequence[Path | str]) -> None:
        """Open files; one that cannot be opened keeps none of the others from it."""
        faults = []
        for path in paths:
            try:
                self._open(path)
            except NodeflowError as error:
                name, text = Path(path).name, str(error)
                faults.append(text if name in text else f"“{name}”: {text}")
        if faults:
            self._window.tell("\n".join(faults))

    def _open(self, path: Path | str) -> None:
        from nodeflow.document.files import find_workflow

        if Path(path).is_dir():
            raise MissingFile(self.tr("“{0}” is a folder: open a file in it").format(Path(path).name))
        if Path(path).is_absolute() and not Path(path).exists():
            raise MissingFile(self.tr("“{0}” is not there any more").format(path))
        found = find_workflow(path)
        if found.suffix.lower() != SUFFIX:
            self._open_picture(found)
            return
        self._leave_untouched()
        self._show(self._session.open(found))

    def _open_picture(self, path: Path) -> None:
        """Open the workflow that a picture was made with."""
        from nodeflow.pictures.embedded import embedded_workflow

        workflow = embedded_workflow(path)
        if workflow is None:
            advice = self.tr("Drop it on the canvas of an open workflow to use it there")
            raise MissingFile(self.tr("“{0}” holds no workflow").format(path.name), advice=advice)
        self.new(workflow)

    def open_workflow(self, found: tuple[Workflow, Path | None]) -> None:
        """Open what was dropped on a canvas.

        Args:
            found: A workflow and its file; None: it came in a picture.
        """
        workflow, path = found
        if path is None:
            self.new(workflow)
        else:
            self.open([path])

    def _leave_untouched(self) -> None:
        """A new document that nobody has touched gives way to the one that is opened."""
        current = self.current
        if current is not None and len(self.editings) == 1:
            document = current.document
            if document.path is None and not document.modified and not document.workflow.nodes:
                self._close(0)

    def reopen(self, recovered: Recovered) -> None:
        """Open a document as it was before a crash, in place of its file if that is open."""
        for index, editing in enumerate(self.editings):
            document = editing.document
            if document.path is not None and document.path == recovered.path and not document.modified:
                self._close(index)
                break
        self._guarded(lambda: self._show(self._session.reopen(recovered)))

    def restore(self) -> None:
        """Open the files that were open last."""
        faults = self._session.restore()
        front = self._session.current
        for document in tuple(self._session.documents):
            self._show(document)
        if front is not None:
            self._show(front)
        if faults:
            self._window.tell("\n".join(faults))

    def ask_open(self) -> None:
        """Ask for files and open them."""
        self.open(self._window.asking.files_to_open(self.folder()))

    def folder(self) -> Path:
        """Where the dialogs begin: beside the document in front, else beside the latest file."""
        current = self.current
        if current is not None and current.document.path is not None:
            return current.document.path.parent
        return next((path.parent for path in self._session.recent.paths()), Path.home())

    def close_current(self) -> None:
        """Close the document in front."""
        self.close(self._tabs.currentIndex())

    def close(self, index: int) -> bool:
        """Close a document, asking about unsaved changes; False if it stays open."""
        if not 0 <= index < len(self.editings) or not self._may_close(index):
            return False
        self._close(index)
        return True

    def may_close_all(self) -> bool:
        """Ask about the unsaved changes of every document; False if the user wants to stay."""
        return all(self._may_close(index) for index in range(len(self.editings)))

    def _may_close(self, index: int) -> bool:
        editing = self.editings[index]
        editing.canvas.editor.commit()  # what is being typed is part of the document
        if not editing.document.modified:
            return True
        self._tabs.setCurrentIndex(index)
        answer = self._window.asking.about_changes(self.title(editing))
        return answer is Answer.DISCARD or (answer is Answer.SAVE and self.saving.save())

    def _close(self, index: int) -> None:
        editing = self.editings.pop(index)
        self._stack.removeWidget(editing.canvas)
        document = editing.document
        editing.close()
        self.saving.end_errand(editing)
        editing.deleteLater()
        blocked = self._tabs.blockSignals(True)
        self._tabs.removeTab(index)
        self._tabs.blockSignals(blocked)
        self._session.close(document)
        self._front(self._tabs.currentIndex())

    def end(self) -> None:
        """The window closes: end all documents, remembering which files were open."""
        for editing in self.editings:
            self._stack.removeWidget(editing.canvas)
            editing.close()
            editing.deleteLater()
        self.editings.clear()
        self.saving.errands.clear()
        self._session.end()

    def bring(self, editing: Editing) -> None:
        """Bring a document to the front."""
        self._tabs.setCurrentIndex(self.editings.index(editing))

    def step(self, by: int) -> None:
        """Bring the next document to the front."""
        if self.editings:
            self._tabs.setCurrentIndex((self._tabs.currentIndex() + by) % len(self.editings))

    def describe(self, editing: Editing) -> None:
        """Let a document's tab say what it is called, and whether it has unsaved changes."""
        document = editing.document
        tip = str(document.path) if document.path else self.tr("Not saved yet")
        index = self.editings.index(editing)
        self._tabs.describe(index, self.title(editing), tip, modified=document.modified)
        if editing is self.current:
            self._window.describe()

    def _show(self, document: Document) -> Editing:
        """Bring a document to the front; it gets a tab if it has none."""
        editing = next((other for other in self.editings if other.document is document), None)
        if editing is None:
            editing = self._add(document)
        self._tabs.setCurrentIndex(self.editings.index(editing))
        self._front(self._tabs.currentIndex())
        return editing

    def _add(self, document: Document) -> Editing:
        from ui.editing.editing import Editing

        editing = Editing(document, self._window.desk)
        self.editings.append(editing)
        self._stack.addWidget(editing.canvas)
        blocked = self._tabs.blockSignals(True)
        self._tabs.add(document.title)
        self._tabs.blockSignals(blocked)
        editing.changed.connect(lambda _change: self.describe(editing))
        QTimer.singleShot(0, editing.canvas, editing.canvas.fit_all)  # once it has its size
        self.opened.emit(editing)
        self.describe(editing)
        return editing

    def _front(self, index: int) -> None:
        editing = self.editings[index] if 0 <= index < len(self.editings) else None
        if editing is not None:
            self._session.show(editing.document)
        self.currentChanged.emit(editing)

    def _moved(self, start: int, end: int) -> None:
        self.editings.insert(end, self.editings.pop(start))
        self._session.move(self.editings[end].document, end)

    def _guarded(self, do: Callable[[], object]) -> None:
        try:
            do()
        except NodeflowError as error:
            self._window.tell(error)
