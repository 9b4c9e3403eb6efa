"""The model browser: search, filters, the models with their previews, and what is told of the chosen one."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QMimeData, QModelIndex, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QActionGroup, QGuiApplication, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QLabel,
    QLineEdit,
    QMenu,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from nodeflow.models import ModelKind
from nodeflow.models.portrait import Portrait
from ui.canvas.actions import Spot
from ui.models.details import ModelDetails
from ui.models.library import Models
from ui.models.model import ModelList
from ui.models.query import Order, Query, folders
from ui.models.words import kind_text, prompt_words
from ui.pictures.picture_list import PictureList
from ui.pictures.thumbnails import Thumbnails
from ui.theme.metrics import SPACE
from ui.widgets.filter_box import FilterBox
from ui.widgets.panel import Panel
from ui.widgets.parts import IconButton, Words, row

if TYPE_CHECKING:
    from ui.editing.editing import Editing

Key = Qt.Key
TYPING = 120
"""Milliseconds after the last letter before it is searched."""
WIDE = 560
"""From this width on the details stand beside the models."""


class ModelBrowser(Panel):
    """The models in the models folders.

    Attributes:
        search: The line to search.
        kinds: Which kind is shown.
        places: Which folder is shown.
        view: The models.
        details: What is told of the chosen one.
        hint: What is said while there are none.
        sort: Offers what they can be sorted by.
        rescan: Looks at the folders anew.
    """

    folderWanted = Signal(object)  # noqa: N815 - signals are named as Qt names them
    rescanWanted = Signal()  # noqa: N815
    said = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._models: Models | None = None
        self.model: ModelList | None = None
        self._kept: Portrait | None = None
        self._order = Order.NAME
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search models"))
        self.search.setAccessibleName(self.tr("Search models by name, trigger word and base model"))
        self.search.setClearButtonEnabled(True)
        self.kinds, self.places = FilterBox(self.tr("Kind")), FilterBox(self.tr("Folder"))
        self.sort = IconButton("sort-ascending", self.tr("Sort"), self._offer_orders)
        self.rescan = IconButton("arrows-clockwise", self.tr("Look for new models"), self.rescanWanted.emit)
        self.count = QLabel()
        self.count.setObjectName("muted")
        self.view = PictureList({Key.Key_Return: self.add, Key.Key_Enter: self.add}, self.copy_words)
        self.view.setAccessibleName(self.tr("Models"))
        self.view.setSelectionMode(PictureList.SelectionMode.SingleSelection)
        self.hint = Words()
        self.details = ModelDetails()
        self._lay_out()
        self._listen()

    def _lay_out(self) -> None:
        models = QWidget()
        column = QVBoxLayout(models)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE.half)
        column.addWidget(row(self.search, self.count, self.sort, self.rescan))
        column.addWidget(row(self.kinds, self.places))
        column.addWidget(self.hint)
        column.addWidget(self.view, 100)
        column.addStretch(1)  # while the list is hidden
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(models)
        self.splitter.addWidget(self.details)
        self.splitter.setStretchFactor(0, 3)
        self.splitter.setStretchFactor(1, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE.one, SPACE.half, SPACE.one, 0)
        layout.addWidget(self.splitter)
        self.setFocusProxy(self.view)

    def _listen(self) -> None:
        self._soon = QTimer(self, singleShot=True, interval=TYPING)
        self._soon.timeout.connect(self._look)
        self.search.textChanged.connect(lambda _text: self._soon.start())
        self.search.returnPressed.connect(self._enter)
        for box in (self.kinds, self.places):
            box.activated.connect(lambda _index: self._look())
        self.view.doubleClicked.connect(lambda _index: self.add())
        self.view.customContextMenuRequested.connect(self.open_menu)
        self.details.addWanted.connect(self.add)
        self.details.copyWanted.connect(self.copy_words)
        self.details.wordsWanted.connect(self.insert_words)
        self.details.revealWanted.connect(self._reveal)

    def show_models(self, models: Models, thumbnails: Thumbnails) -> None:
        """Show the models of a library."""
        self._models = models
        self.model = ModelList(models, thumbnails)
        self.model.setParent(self)
        self.view.setModel(self.model)
        self.view.selectionModel().currentChanged.connect(lambda _new, _old: self._describe())
        self.model.modelAboutToBeReset.connect(self._keep_chosen)
        self.model.modelReset.connect(self._choose_again)
        self.model.dataChanged.connect(self._changed)
        models.changed.connect(self._list_filters)
        self._list_filters()

    def _signals(self, editing: Editing) -> Iterable[Any]:
        return editing.selectionChanged, editing.scopeChanged, editing.changed

    def _sync(self) -> None:
        self._describe()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Look at the models once somebody wants to see them."""
        super().showEvent(event)
        if self._models is not None:
            self._models.look()

    @property
    def chosen(self) -> Portrait | None:
        """The chosen model; None if none is."""
        index = self.view.currentIndex()
        here = self.model is not None and index.isValid() and index.row() < len(self.model.portraits)
        return self.model.portraits[index.row()] if here and self.model is not None else None

    def _list_filters(self) -> None:
        """Offer the kinds and folders that there are."""
        portraits = self._models.portraits if self._models is not None else []
        counts = {kind: sum(p.entry.kind is kind for p in portraits) for kind in ModelKind}
        kinds: list[tuple[str, ModelKind | None]] = [(self.tr("All kinds"), None)]
        kinds += [(f"{kind_text(kind)}  {count}", kind) for kind, count in counts.items() if count]
        self.kinds.fill(kinds)
        self.places.fill([(self.tr("All folders"), ""), *((name, name) for name in folders(portraits))])
        self.places.setVisible(self.places.count() > 1)
        self._look()

    def _look(self) -> None:
        self._soon.stop()
        if self.model is not None:
            words = tuple(self.search.text().lower().split())
            self.model.look_for(
                Query(words, self.kinds.currentData(), self.places.currentData() or "", self._order)
            )
        self._describe()

    def _keep_chosen(self) -> None:
        self._kept = self.chosen

    def _choose_again(self) -> None:
        """What was chosen stays so, while it is shown."""
        if self._kept is not None and self.model is not None:
            self.view.setCurrentIndex(self.model.place(self._kept))
        self._describe()

    def _enter(self) -> None:
        """From the search line into the models."""
        self._look()
        if self.model is not None and self.model.portraits:
            self.view.setFocus()
            self.view.setCurrentIndex(self.model.index(0))

    def _changed(self, first: QModelIndex, last: QModelIndex) -> None:
        if first.row() <= self.view.currentIndex().row() <= last.row():
            self._describe()

    def _describe(self) -> None:
        if self._models is None or self.model is None:
            return
        everything, shown = len(self._models.portraits), len(self.model.portraits)
        if not everything:
            text = self.tr("No models are here yet. Put some into {0}, and they appear.")
            self.hint.say(text.format(self._models.folder))
        else:
            self.hint.say("" if shown else self.tr("No model fits."))
        self.view.setVisible(shown > 0)
        number = str(shown) if shown == everything else self.tr("{0} of {1}").format(shown, everything)
        self.count.setText(number if everything else "")
        chosen = self.chosen
        prompts = len(self.editing.prompting.prompts()) if self.editing is not None else 0
        preview = self.model.preview(chosen) if chosen is not None else None
        self.details.show_portrait(chosen, preview, prompts=prompts)

    def add(self) -> None:
        """Add a node that loads the chosen model; an embedding goes into the selected prompt."""
        chosen, editing = self.chosen, self.editing
        if chosen is None or editing is None:
            return
        if chosen.fault:
            self.said.emit(self.tr("{0} cannot be used: {1}").format(chosen.entry.name, chosen.fault))
        elif chosen.entry.kind is ModelKind.EMBEDDING:
            self.insert_words(prompt_words(chosen))
        else:
            editing.drop_files([chosen.entry.path], Spot(editing.nodes.free_place()))

    def copy_words(self) -> None:
        """Copy the trigger words of the chosen model."""
        words = prompt_words(self.chosen) if self.chosen is not None else ()
        if words:
            data = QMimeData()
            data.setText(", ".join(words))
            QGuiApplication.clipboard().setMimeData(data)
            self.said.emit(self.tr("Copied {0}").format(", ".join(words)))
        elif self.chosen is not None:
            self.said.emit(self.tr("{0} tells no trigger words").format(self.chosen.entry.name))

    def insert_words(self, words: tuple[str, ...]) -> None:
        """Write words into the prompts of the selected nodes."""
        if self.editing is not None and words:
            self.editing.prompting.add_words(words)

    def _reveal(self) -> None:
        if self.chosen is not None:
            self.folderWanted.emit(self.chosen.entry.path)

    def _offer_orders(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        group = QActionGroup(menu)
        texts = {
            Order.NAME: self.tr("By kind and name"),
            Order.NEWEST: self.tr("Newest first"),
            Order.LARGEST: self.tr("Largest first"),
        }
        for order, text in texts.items():
            action = menu.addAction(text, partial(self._sort, order))
            action.setCheckable(True)
            action.setChecked(order is self._order)
            group.addAction(action)
        menu.popup(self.sort.mapToGlobal(QPoint(0, self.sort.height())))

    def _sort(self, order: Order) -> None:
        self._order = order
        self._look()

    def open_menu(self, where: QPoint) -> None:
        """Offer what can be done with the chosen model."""
        chosen = self.chosen
        if chosen is None:
            return
        menu, words = QMenu(self), prompt_words(chosen)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        add = menu.addAction(self.tr("Add to canvas"), self.add)
        add.setEnabled(self.editing is not None and not chosen.fault)
        if words:
            insert = menu.addAction(self.tr("Add trigger words to prompt"), lambda: self.insert_words(words))
            insert.setEnabled(self.editing is not None and bool(self.editing.prompting.prompts()))
            menu.addAction(self.tr("Copy trigger words"), self.copy_words)
        menu.addSeparator()
        menu.addAction(self.tr("Show in folder"), self._reveal)
        menu.popup(self.view.viewport().mapToGlobal(where))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Put the details beside the models where there is room."""
        super().resizeEvent(event)
        wide = event.size().width() >= WIDE
        self.splitter.setOrientation(Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """A row of models, and what is told of one."""
        return QSize(3 * WIDE // 2, WIDE // 2)
