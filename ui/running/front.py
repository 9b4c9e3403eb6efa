"""What the window shows of runs: a button, a line in the status bar, and what went wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolBar, QToolButton, QWidget

from ui.running.bar import RunBar
from ui.theme import Theme, icon

if TYPE_CHECKING:
    from nodeflow.errors import NodeflowError
    from ui.editing.editing import Editing
    from ui.running.course import Course
    from ui.window.main_window import MainWindow

MORE = ("run.next", "run.selected", "run.repeat", "run.prompts", "run.pictures")
"""Actions behind the arrow beside the button."""


class RunFront(QObject):
    """Joins the runs of documents with their window.

    Args:
        window: The window.
        tool_bar: Where the buttons go.

    Attributes:
        button: Runs the document in front.
        more: Other ways to run it.
        cancel: Stops what runs; there while something does.
        bar: The line in the status bar.
    """

    def __init__(self, window: MainWindow, tool_bar: QToolBar) -> None:
        super().__init__(window)
        self._window = window
        self._told = False
        self._course: Course | None = None
        self.button, self.cancel = self._button("run.run", "run"), self._button("run.cancel", "cancel")
        space = QWidget()
        space.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        tool_bar.addWidget(space)
        self._cancelling = tool_bar.addWidget(self.cancel)
        tool_bar.addWidget(self.button)
        self.more = self._menu_button()
        tool_bar.addWidget(self.more)
        self.bar = RunBar()
        window.status.insertPermanentWidget(1, self.bar)
        engine = window.desk.engine
        engine.begun.connect(window.describe)
        engine.changed.connect(window.describe)
        self.set_theme(window.desk.theme.theme)
        self.show_editing(None)

    def _button(self, name: str, look: str) -> QToolButton:
        """A button for an action that has an icon of its own colour."""
        action, button = self._window.board.actions[name], QToolButton()
        action.setAutoRepeat(False)  # a key held down means one run
        button.setObjectName(look)
        button.setIconSize(QSize(18, 18))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(action.trigger)
        action.changed.connect(lambda: _follow(button, action))
        _follow(button, action)
        return button

    def _menu_button(self) -> QToolButton:
        button, menu = QToolButton(), QMenu(self._window)
        menu.addActions([self._window.board.actions[name] for name in MORE])
        menu.aboutToShow.connect(self._window.board.refresh)
        button.setObjectName("runmore")
        button.setToolTip(self.tr("More ways to run"))
        button.setAccessibleName(button.toolTip())
        button.setIconSize(QSize(14, 14))
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setMenu(menu)
        run = self._window.board.actions["run.run"]
        run.changed.connect(lambda: button.setEnabled(run.isEnabled()))
        button.setEnabled(run.isEnabled())
        return button

    def listen(self, editing: Editing) -> None:
        """Show what a document tells of its runs."""
        editing.runChanged.connect(lambda: self._follow(editing))
        editing.runFailed.connect(lambda error: self._tell(error, editing))
        editing.offered.connect(lambda offer: self._window.tell(offer.text, (offer.choice, offer.do)))

    def _follow(self, editing: Editing) -> None:
        if editing is self._window.editing:
            self.bar.show_editing(editing)
        course = editing.running.course
        if course is not None and course is not self._course:
            self._course = course
            if self._told:  # what the run before had to say
                self._told = False
                self._window.notice.hide()

    def _tell(self, error: NodeflowError, editing: Editing) -> None:
        """Tell of an error, and offer the way to it."""
        self._told = True
        node, entry = error.node, error.input
        if node is None:
            self._window.tell(error)
            return

        def show() -> None:
            self._window.documents.bring(editing)
            editing.show_problem(node, entry)

        self._window.tell(error, (self.tr("Show"), show))

    def show_editing(self, editing: Editing | None) -> None:
        """Show the runs of another document."""
        self.bar.show_editing(editing)
        self._cancelling.setVisible(self._window.desk.engine.busy)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self.button.setIcon(icon("play-fill", theme.colors.on_accent))
        self.more.setIcon(icon("caret-down", theme.colors.on_accent))
        self.cancel.setIcon(icon("stop-fill", theme.colors.text_muted))


def _follow(button: QToolButton, action: QAction) -> None:
    """Let a button be and say what its action is."""
    button.setEnabled(action.isEnabled())
    button.setText(action.text())
    button.setToolTip(action.toolTip())  # with the key that the user chose for it
