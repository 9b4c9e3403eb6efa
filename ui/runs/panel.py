"""The history of runs: what the queue remembers of jobs that are over, to search and compare."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QDateTime, QLocale, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHeaderView,
    QLineEdit,
    QMenu,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from nodeflow.document.model import Workflow
from nodeflow.errors import NodeflowError
from ui.queue.entry import Entry, State
from ui.running.engine import Engine
from ui.runs.differences import differences
from ui.theme.icons import icon
from ui.theme.metrics import SPACE
from ui.theme.theme import theme_of
from ui.widgets.flow import Flow
from ui.widgets.panel import Panel
from ui.widgets.parts import ShortButton, Words, clear, row, titled
from ui.widgets.section import Scroller
from ui.words import span

ENTRY = Qt.ItemDataRole.UserRole
SIGNS = {State.DONE: ("check-circle", "success"), State.FAILED: ("warning-circle", "error")}
OTHER = ("prohibit", "text_muted")
WIDE = 620
"""From this width on what is told of a run stands beside the list."""
MOST_TOLD = 60


class RunHistory(Panel):
    """Runs that are over, the latest first. They are the queue's: what is removed there is gone here too.

    Attributes:
        search: The line to search.
        view: The runs.
        reopen: Opens the workflow of the chosen run as it was.
        told: In what it differs from the run before, or two chosen ones from each other.
        hint: What is said while there are none.
    """

    workflowWanted = Signal(object)  # noqa: N815 - signals are named as Qt names them
    pictureWanted = Signal(object)  # noqa: N815
    said = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._engine: Engine | None = None
        self._shown: list[Entry] = []
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search runs"))
        self.search.setAccessibleName(self.tr("Search runs by workflow, prompt, seed and message"))
        self.search.setClearButtonEnabled(True)
        self.view = QTreeWidget()
        self.view.setAccessibleName(self.tr("Earlier runs"))
        self.view.setHeaderLabels([self.tr("When"), self.tr("Workflow"), self.tr("Took")])
        self.view.setRootIsDecorated(False)
        self.view.setUniformRowHeights(True)
        self.view.setSelectionMode(QTreeWidget.SelectionMode.ExtendedSelection)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.header().setStretchLastSection(False)
        self.view.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.hint, self.title, self.note = Words(), Words(tone="text"), Words()
        self.title.setFont(titled(self.title.font()))
        self.fault, self.told = Words(tone="error"), Words(tone="text")
        self.reopen = ShortButton(self.tr("Open its workflow"), self.open)
        self._files = QWidget()
        self._flow = Flow(self._files)
        self._lay_out()
        self.search.textChanged.connect(lambda _text: self._list())
        self.view.itemSelectionChanged.connect(self._describe)
        self.view.itemActivated.connect(lambda _item, _column: self.open())
        self.view.customContextMenuRequested.connect(self._open_menu)

    def _lay_out(self) -> None:
        runs, page = QWidget(), Scroller()
        column = QVBoxLayout(runs)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE.half)
        for widget in (self.search, self.hint):
            column.addWidget(widget)
        column.addWidget(self.view, 100)
        column.addStretch(1)  # while the list is hidden
        for part in (self.title, self.note, self.fault, row(self.reopen, 1), self._files, self.told):
            page.column.addWidget(part)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(runs)
        self.splitter.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE.one, SPACE.half, SPACE.one, 0)
        layout.addWidget(self.splitter)
        self.setFocusProxy(self.view)

    def show_engine(self, engine: Engine) -> None:
        """Show the runs of an engine."""
        self._engine = engine
        engine.changed.connect(self._hear)
        self._hear()

    def _sync(self) -> None:
        self._list()

    def _over(self) -> list[Entry]:
        """The runs that were begun, the latest first."""
        return (
            [e for e in self._engine.queue.over if e.seconds or e.files or e.message] if self._engine else []
        )

    def _list(self) -> None:
        words = self.search.text().lower().split()
        found = [entry for entry in self._over() if _fits(entry, words)]
        if found != self._shown or self.view.topLevelItemCount() != len(found):
            chosen = {entry.id for entry in self.chosen}
            self._shown = found
            self.view.blockSignals(True)
            self.view.clear()
            self.view.addTopLevelItems([self._item(entry) for entry in found])
            for number, entry in enumerate(found):
                item = self.view.topLevelItem(number)
                if item is not None:
                    item.setSelected(entry.id in chosen)
            self.view.resizeColumnToContents(0)
            self.view.resizeColumnToContents(2)
            self.view.blockSignals(False)
        none = self.tr("No run fits.") if words else self.tr("No runs yet. What is run is remembered here.")
        self.hint.say("" if found else none)
        self.view.setVisible(bool(found))
        self._describe()

    def _item(self, entry: Entry) -> QTreeWidgetItem:
        what = f"{entry.title}  {entry.note}".strip()
        item = QTreeWidgetItem([_moment(entry), what, span(entry.seconds)])
        sign, tone = SIGNS.get(entry.state, OTHER)
        colors = theme_of(self).colors
        item.setIcon(0, icon(sign, getattr(colors, tone), colors.on_accent))
        item.setToolTip(1, "\n".join(filter(None, (entry.title, entry.note, entry.message))))
        item.setData(0, ENTRY, entry)
        return item

    @property
    def chosen(self) -> Sequence[Entry]:
        """The selected runs, the latest first."""
        places = sorted(index.row() for index in self.view.selectionModel().selectedRows())
        items = (self.view.topLevelItem(place) for place in places)
        return [item.data(0, ENTRY) for item in items if item is not None]

    def _describe(self) -> None:
        """Tell what the chosen run was, and in what it differs from the one before."""
        chosen = self.chosen
        one = chosen[0] if chosen else None
        self.title.say(one.title if one else self.tr("Choose a run, or two to compare them."))
        self.title.set_heading(one is not None)
        self.note.say(one.note if one else "")
        self.fault.say(one.message if one else "")
        self.reopen.setVisible(one is not None)
        clear(self._flow)
        for path in one.files[:12] if one else ():
            button = ShortButton(path.name, partial(self.pictureWanted.emit, path))
            self._flow.addWidget(button)
            button.show()
        if len(chosen) == 2:
            self.told.say(self._compared(chosen[1], chosen[0]))
        else:
            before = self._before(one) if one else None
            self.told.say(self._compared(before, one) if one and before else "")

    def _before(self, entry: Entry) -> Entry | None:
        """The run of the same workflow before this one."""
        runs = self._over()
        later = runs[[e.id for e in runs].index(entry.id) + 1 :] if entry in runs else []
        return next((other for other in later if other.title == entry.title), None)

    def _compared(self, before: Entry, after: Entry) -> str:
        one, two = self._workflow(before), self._workflow(after)
        if one is None or two is None:
            return ""
        found = differences(one, two)[:MOST_TOLD]
        head = self.tr("Since the run of {0}:").format(_moment(before))
        return (
            "\n".join((head, *found))
            if found
            else self.tr("The same as the run of {0}.").format(_moment(before))
        )

    def _workflow(self, entry: Entry) -> Workflow | None:
        try:
            return entry.job().workflow
        except NodeflowError as error:
            self.said.emit(str(error))
            return None

    def open(self) -> None:
        """Open the workflow of the chosen run as a new document, as it was."""
        workflow = self._workflow(self.chosen[0]) if self.chosen else None
        if workflow is not None:
            self.workflowWanted.emit((workflow, None))

    def _open_menu(self, where: QPoint) -> None:
        if self.chosen:
            menu = QMenu(self)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.addAction(self.tr("Open its workflow"), self.open)
            menu.popup(self.view.viewport().mapToGlobal(where))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Put what is told beside the list where there is room."""
        super().resizeEvent(event)
        wide = event.size().width() >= WIDE
        self.splitter.setOrientation(Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Some lines, and what is told of one."""
        return QSize(WIDE, WIDE // 2)


def _fits(entry: Entry, words: list[str]) -> bool:
    pile = f"{entry.title} {entry.note} {entry.message} {entry.state}".lower()
    return all(word in pile for word in words)


def _moment(entry: Entry) -> str:
    moment = QDateTime.fromSecsSinceEpoch(int(entry.ended))
    return QLocale().toString(moment, QLocale.FormatType.ShortFormat)
