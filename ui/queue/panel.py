"""The queue panel: what runs, what waits and what is over; put in order, changed and asked for again."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, QPoint, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from ui.queue.entry import Entry, State
from ui.queue.list import Chord, QueueList
from ui.queue.model import QueueModel
from ui.theme.metrics import SPACE
from ui.widgets.panel import Panel
from ui.widgets.parts import Elided, IconButton, Words, row
from ui.words import span

if TYPE_CHECKING:
    from ui.pictures.thumbnails import Thumbnails
    from ui.queue.queue import Queue
    from ui.running.engine import Engine

Key, Held = Qt.Key, Qt.KeyboardModifier


class QueuePanel(Panel):
    """The queue, the same for all documents.

    Attributes:
        view: The jobs.
        pause: Pauses the queue, or lets it go on.
        clear: Removes what is over.
        cancel: Cancels what waits.
        summary: How much there is to do.
        hint: What is said while there is nothing.
    """

    picturesWanted = Signal(object)  # noqa: N815 - signals are named as Qt names them
    editWanted = Signal(object)  # noqa: N815
    workflowWanted = Signal(object)  # noqa: N815

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._engine: Engine | None = None
        self.model: QueueModel | None = None
        self.summary = Elided()
        self.pause = IconButton("pause", self.tr("Pause"), self.toggle_paused)
        self.cancel = IconButton("x-circle", self.tr("Cancel all that wait"), self._cancel_waiting)
        self.clear = IconButton("trash", self.tr("Remove what is over from the list"), self._clear)
        self.view = QueueList(self._keys())
        self.view.setAccessibleName(self.tr("Queue"))
        self.hint = Words(
            self.tr("Nothing to run. Ctrl+Enter puts the workflow here, and runs it when its turn comes.")
        )
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.hint.setContentsMargins(SPACE.two, SPACE.two, SPACE.two, SPACE.two)
        self.fault = Words("", "warning")
        self.fault.hide()
        self._lay_out()
        self.setFocusProxy(self.view)
        self.view.moveWanted.connect(self._move)
        self.view.activated.connect(lambda _index: self.open())
        self.view.customContextMenuRequested.connect(self.open_menu)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE.half, SPACE.half, SPACE.half, 0)
        layout.setSpacing(SPACE.half)
        bar = row(self.pause, self.summary, self.cancel, self.clear)  # the summary takes all the room
        bar.setContentsMargins(SPACE.half, 0, SPACE.half, 0)
        layout.addWidget(bar)
        layout.addWidget(self.fault)
        layout.addWidget(self.hint)
        layout.addWidget(self.view, 100)
        layout.addStretch(1)  # while the list is hidden

    def _keys(self) -> dict[Chord, Callable[[], object]]:
        none, alt = Held.NoModifier, Held.AltModifier
        return {
            (Key.Key_Return, none): self.open,
            (Key.Key_Enter, none): self.open,
            (Key.Key_Delete, none): self.remove,
            (Key.Key_Backspace, none): self.remove,
            (Key.Key_F2, none): self.edit,
            (Key.Key_Up, alt): partial(self._step, -1),
            (Key.Key_Down, alt): partial(self._step, 1),
            (Key.Key_Home, alt): self.put_first,
            (Key.Key_Menu, none): self._open_menu_here,
        }

    def show_engine(self, engine: Engine, thumbnails: Thumbnails) -> None:
        """Show the queue of an engine."""
        self._engine = engine
        self.model = QueueModel(engine, thumbnails, self)
        self.view.setModel(self.model)
        engine.changed.connect(self._hear)
        self._hear()

    def _signals(self, editing: object) -> tuple[()]:  # noqa: ARG002 - the queue is the same for all documents
        return ()

    @property
    def chosen(self) -> list[Entry]:
        """The selected jobs, from the top."""
        return self.view.chosen if self.model is not None else []

    def _names(self, *states: State) -> set[str]:
        """The selected jobs that stand like this, by name."""
        return {entry.id for entry in self.chosen if entry.state in states}

    def _sync(self) -> None:
        if self._engine is None or self.model is None:
            return
        chosen = {entry.id for entry in self.chosen}
        current = self.view.entry(self.view.currentIndex().row())
        if self.model.renew():
            self._select(chosen, current.id if current is not None else "")
        self._describe(self._engine)

    def _select(self, names: set[str], current: str) -> None:
        """Select jobs; those that are gone are left out."""
        if self.model is None:
            return
        selection = self.view.selectionModel()
        for name in names:
            index = self.model.row(name)
            if index.isValid():
                selection.select(index, QItemSelectionModel.SelectionFlag.Select)
        index = self.model.row(current)
        if index.isValid():
            selection.setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)

    def _describe(self, engine: Engine) -> None:
        queue = engine.queue
        empty = next(iter(queue), None) is None
        self.hint.setVisible(empty)
        self.view.setVisible(not empty)
        self.pause.show_icon(
            "play-fill" if queue.paused else "pause", "accent" if queue.paused else "text_muted"
        )
        tip = self.tr("Go on") if queue.paused else self.tr("Pause after what runs now")
        self.pause.setToolTip(tip)
        self.pause.setAccessibleName(tip)
        self.cancel.setEnabled(bool(queue.waiting))
        self.clear.setEnabled(bool(queue.over))
        self.summary.show_text(self._summed_up(queue))
        self.fault.say(self.tr("The queue is not kept safe: {0}").format(queue.fault) if queue.fault else "")

    def _summed_up(self, queue: Queue) -> str:
        """`Paused · 3 waiting · about 2 min`."""
        assert self._engine is not None  # noqa: S101 - narrows the type
        count = len(queue.waiting)
        waiting = self.tr("{0} waiting").format(count)
        running = self.tr("1 running") if queue.running is not None else ""
        parts = [self.tr("Paused") if queue.paused else "", running, waiting if count else ""]
        times = [self._engine.progress.expected(entry) for entry in queue.waiting]
        known = [time for time in times if time is not None]
        if known and len(known) == len(times):
            parts.append(self.tr("about {0}").format(span(sum(known))))
        return " · ".join(part for part in parts if part) or self.tr("Nothing waits")

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Have something selected for the keyboard."""
        super().showEvent(event)
        if self.model is not None and not self.view.currentIndex().isValid() and self.model.rowCount():
            self.view.selectionModel().setCurrentIndex(
                self.model.index(0), QItemSelectionModel.SelectionFlag.NoUpdate
            )

    def toggle_paused(self) -> None:
        """Begin nothing new after what runs, or go on."""
        if self._engine is not None:
            self._engine.change(lambda queue: queue.set_paused(not queue.paused))

    def _cancel_waiting(self) -> None:
        if self._engine is not None:
            self._engine.give_up({entry.id for entry in self._engine.queue.waiting})

    def _clear(self) -> None:
        if self._engine is not None:
            self._engine.change(lambda queue: queue.remove({entry.id for entry in queue.over}))

    def _move(self, before: str) -> None:
        names = self._names(State.WAITING)
        if self._engine is not None and names:
            self._engine.change(lambda queue: queue.move(names, before or None))

    def _step(self, by: int) -> None:
        names = self._names(State.WAITING)
        if self._engine is not None and names:
            self._engine.change(lambda queue: queue.step(names, by))
            self.view.scrollTo(self.view.currentIndex())

    def put_first(self) -> None:
        """Let the selected jobs run next."""
        if self._engine is not None and (waiting := self._engine.queue.waiting):
            self._move(waiting[0].id)

    def open(self) -> None:
        """Show the picture of the selected job; edit one that waits; else open its workflow."""
        entry = self.view.entry(self.view.currentIndex().row())
        if entry is None:
            return
        if entry.files:
            self.picturesWanted.emit(entry)
        elif entry.state is State.WAITING:
            self.editWanted.emit(entry)
        else:
            self.workflowWanted.emit(entry)

    def edit(self) -> None:
        """Edit the job, if it waits."""
        entry = self.view.entry(self.view.currentIndex().row())
        if entry is not None and entry.state is State.WAITING:
            self.editWanted.emit(entry)

    def remove(self) -> None:
        """Cancel the selected jobs that wait or run; remove those that are over."""
        over = {entry.id for entry in self.chosen if entry.over}
        if self._engine is not None and over:
            self._engine.change(lambda queue: queue.remove(over))
        self.give_up()

    def give_up(self) -> None:
        """Cancel the selected jobs that wait or run."""
        names = self._names(State.WAITING, State.RUNNING)
        if self._engine is not None and names:
            self._engine.give_up(names)

    def give_up_batch(self, batch: str) -> None:
        """Cancel what is left of a batch."""
        if self._engine is not None:
            left = {entry.id for entry in self._engine.queue if entry.batch == batch and not entry.over}
            self._engine.give_up(left)

    def again(self) -> None:
        """Ask once more for the selected jobs."""
        names = {entry.id for entry in self.chosen}
        if self._engine is not None:
            self._engine.change(lambda queue: queue.again(names))

    def _open_menu_here(self) -> None:
        self.open_menu(self.view.place(self.view.currentIndex()))

    def open_menu(self, where: QPoint) -> None:
        """Offer what can be done with the selected jobs."""
        if not self.chosen:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._fill(menu)
        menu.popup(self.view.viewport().mapToGlobal(where))

    def _fill(self, menu: QMenu) -> None:
        chosen = self.chosen
        waiting, one = self._names(State.WAITING), chosen[0] if len(chosen) == 1 else None
        if one is not None and one.files:
            menu.addAction(self.tr("Open its picture"), self.open)
        if one is not None and one.state is State.WAITING:
            menu.addAction(self.tr("Edit…"), self.edit)
        elif one is not None:
            menu.addAction(self.tr("Open its workflow"), partial(self.workflowWanted.emit, one))
        if waiting:
            menu.addAction(self.tr("Run next"), self.put_first)
        if any(entry.state is not State.RUNNING for entry in chosen):
            menu.addAction(self.tr("Run again") if not waiting else self.tr("Run once more"), self.again)
        menu.addSeparator()
        if self._names(State.WAITING, State.RUNNING):
            menu.addAction(self.tr("Cancel"), self.give_up)
        for batch in dict.fromkeys(entry.batch for entry in chosen if entry.batch and not entry.over):
            menu.addAction(self.tr("Cancel the whole batch"), partial(self.give_up_batch, batch))
        if any(entry.over for entry in chosen):
            menu.addAction(self.tr("Remove from the list"), self.remove)
