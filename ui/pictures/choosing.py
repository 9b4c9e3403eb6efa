"""Shows the questions of runs, and takes them away once they are answered or their run is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from ui.pictures.chooser import Chooser

if TYPE_CHECKING:
    from nodeflow.execution.events import Event
    from ui.running.ticket import NodeQuestion, Ticket
    from ui.window.main_window import MainWindow


class Choosing(QObject):
    """Puts questions to the artist.

    Args:
        window: The window to ask in.

    Attributes:
        open: The questions that wait, by node.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window, self._engine = window, window.desk.engine
        self._ticket: Ticket | None = None
        self.open: dict[str, Chooser] = {}
        self._engine.asked.connect(self._ask)
        self._engine.changed.connect(self._look)
        self._engine.told.connect(self._hear)

    def _ask(self, ticket: Ticket, question: NodeQuestion) -> None:
        self._ticket = ticket
        chooser = Chooser(question.node, question.pictures, self._window)
        self.open[question.node] = chooser
        chooser.chosen.connect(lambda choice: ticket.answer(question.node, choice))
        chooser.cancelled.connect(self._engine.cancel)
        chooser.rejected.connect(self._engine.cancel)
        chooser.finished.connect(lambda _result: self.open.pop(question.node, None))
        chooser.show()

    def _look(self) -> None:
        """A run that was cancelled wants no answer."""
        if self._ticket is not None and self._ticket.cancelled:
            self.end()

    def _hear(self, ticket: Ticket, event: Event) -> None:
        """Neither does one that is over; if it lost its process it begins anew, and asks anew."""
        from nodeflow.execution.events import RunFinished

        if ticket is self._ticket and isinstance(event, RunFinished):
            self.end()

    def end(self) -> None:
        """Ask no more."""
        self._ticket = None
        for chooser in list(self.open.values()):
            chooser.blockSignals(True)
            chooser.close()
        self.open.clear()
