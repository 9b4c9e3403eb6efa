"""The problems panel: everything that keeps the document from running, and what to do about it."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QListView, QWidget

from ui.document.problems import Fault
from ui.panels.fixes import fixes
from ui.panels.mending import FixButtons
from ui.panels.problem_list import ProblemDelegate, ProblemList, ProblemModel
from ui.theme.metrics import SPACE
from ui.widgets.panel import Panel
from ui.widgets.parts import Words

WIDE = 560
"""From this width on, ways to mend lie beside the list."""
BESIDE = 260


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
        self._box = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._box.setContentsMargins(0, SPACE.half, 0, 0)
        self._box.setSpacing(0)
        self._box.addWidget(self.words, 0, Qt.AlignmentFlag.AlignTop)
        self._box.addWidget(self.view, 1)
        self._box.addWidget(self.offers)
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

        if faults and not self.view.currentIndex().isValid():
            self.view.setCurrentIndex(self.model.index(0, 0))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Ways to mend lie below the list, or beside it where there is room."""
        super().resizeEvent(event)
        wide, directions = self.width() >= WIDE, QBoxLayout.Direction
        self._box.setDirection(directions.LeftToRight if wide else directions.TopToBottom)
        self.offers.setMinimumWidth(BESIDE if wide else 0)
        self.offers.setMaximumWidth(BESIDE if wide else self.maximumWidth())

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
