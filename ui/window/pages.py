"""The middle of the window: the start page, or the document in front as its graph or as its form."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QStackedWidget

from ui.start.page import StartPage
from ui.theme import Theme
from ui.window.form_page import FormPage

if TYPE_CHECKING:
    from ui.editing.editing import Editing
    from ui.window.main_window import MainWindow


class Pages(QStackedWidget):
    """Shows one page at a time.

    Args:
        window: The window that they belong to.

    Attributes:
        start: What is shown while no document is open.
        form: The document in front as a form.
        form_only: Whether the form is shown in place of the graph.
        minimap_shown: Whether graphs have a minimap.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._window = window
        self.form_only: bool = False
        self.minimap_shown: bool = bool(window.desk.settings.value("window/minimap", True, bool))
        self.start, self.form = StartPage(window.desk.theme.theme), FormPage()
        self.addWidget(self.start)
        self.addWidget(self.form)

    def listen(self) -> None:
        """Answer to the start page, now that documents can be opened."""
        documents, help_ = self._window.documents, self._window.help
        self.start.newWanted.connect(documents.new)
        self.start.openWanted.connect(documents.ask_open)
        self.start.fileWanted.connect(lambda path: documents.open([path]))
        self.start.templateWanted.connect(documents.open_template)
        self.start.fileForgotten.connect(self._forget_file)
        self.start.newsWanted.connect(help_.show_news)
        self.start.machineWanted.connect(help_.show_machine)

    def set_theme(self, theme: Theme) -> None:
        """Change the colours."""
        self.start.set_theme(theme)

    def show_recent(self) -> None:
        """List the recent files on the start page."""
        desk = self._window.desk
        self.start.show_recent(desk.session.recent.paths(), desk)

    def _forget_file(self, path: Path) -> None:
        self._window.desk.session.recent.remove(path)
        self.show_recent()

    def show_editing(self, editing: Editing | None) -> None:
        """Show a document, or the start page if there is none."""
        if editing is None:
            self.show_recent()
            self.setCurrentWidget(self.start)
        elif self.form_only:
            self.form.show_editing(editing)
            self.setCurrentWidget(self.form)
        else:
            editing.canvas.minimap.setVisible(self.minimap_shown)
            self.setCurrentWidget(editing.canvas)
            editing.canvas.setFocus()

    def focus_canvas(self) -> None:
        """Give the graph the keyboard, if it is shown."""
        if self._window.editing is not None and not self.form_only:
            self._window.editing.canvas.setFocus()

    def toggle_minimap(self) -> None:
        """Show or hide the minimap, in all documents."""
        self.minimap_shown = not self.minimap_shown
        for editing in self._window.documents.editings:
            editing.canvas.minimap.setVisible(self.minimap_shown)
