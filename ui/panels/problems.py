"""The problems panel: everything that keeps the document from running, and what to do about it."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QListView, QVBoxLayout, QWidget

from ui.document.problems import Fault
from ui.panels.fixes import fixes
from ui.panels.mending import FixButtons
from ui.panels.panel import Panel
from ui.panels.parts import Words
from ui.panels.problem_list import ProblemDelegate, ProblemList, ProblemModel
from ui.theme.metrics import SPACE


class Problems(Panel):
    """All problems of a document; Enter or a double click shows the place, buttons mend what can be mended.

    Attributes:
        view: The list.
        model: Its rows.
        words: What is said where nothing is wrong.
        offers: Ways to mend the selected problem.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model, self.view = ProblemModel(self), ProblemList()
        self.view.setModel(self.model)
        self.view.setItemDelegate(ProblemDelegate(self.view))
        self.view.setResizeMode(QListView.ResizeMode.Adjust)
        self.view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setMouseTracking(True)
        self.view.setAccessibleName(self.tr("Problems"))
        self.words = Words()
        self.words.setContentsMargins(SPACE.two, SPACE.two, SPACE.two, SPACE.two)
        self.offers = FixButtons()
        self.offers.flow.setContentsMargins(SPACE.one, SPACE.one, SPACE.one, SPACE.one)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, SPACE.half, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.words, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.offers)
        self.setFocusProxy(self.view)
        self.view.activated.connect(self._go)
        self.view.selectionModel().currentChanged.connect(self._offer)
        self._sync()

    def _sync(self) -> None:
        faults = self.editing.faults.all if self.editing is not None else ()
        self.model.show(faults)
        self.view.setVisible(bool(faults))
        opened = self.editing is not None
        self.words.say("" if faults else self.tr("Nothing is wrong.") if opened else self.tr("No document."))
        self._offer()

    def current(self) -> Fault | None:
        """The problem that is selected."""
        fault = self.view.currentIndex().data(Qt.ItemDataRole.UserRole)
        return fault if isinstance(fault, Fault) else None

    def _go(self, index: QModelIndex) -> None:
        fault = index.data(Qt.ItemDataRole.UserRole)
        if self.editing is not None and isinstance(fault, Fault) and fault.node:
            self.editing.show_problem("/".join((*fault.scope.path, fault.node)), fault.problem.input)

    def _offer(self) -> None:
        """Show a button for each way to mend the selected problem."""
        fault = self.current()
        found = fixes(self.editing, fault) if self.editing is not None and fault is not None else []
        self.offers.show_fixes(found)
