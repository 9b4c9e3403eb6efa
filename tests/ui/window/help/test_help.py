"""The help menu: the guide with the present keys, what is new, about, reporting a fault."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLabel, QMenu, QPushButton

from nodeflow.version import __version__
from ui.help.about import AboutDialog, libraries
from ui.help.reader import Reader, shown_text
from ui.help.report import ReportDialog, report_text
from ui.window.main_window import MainWindow

Kind = TypeVar("Kind", bound=QDialog)


@pytest.fixture
def choose(window: MainWindow) -> Callable[[str, type[Kind]], Kind]:
    """Clicks an entry of the help menu and gives what it opens."""

    def click(text: str, kind: type[Kind]) -> Kind:
        bar = window.menuBar()
        action = next(action for action in bar.actions() if action.text() == "&Help")
        QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.actionGeometry(action).center())
        menu = action.menu()
        assert isinstance(menu, QMenu)
        entry = next(entry for entry in menu.actions() if entry.text() == text)
        QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(entry).center())
        (found,) = window.findChildren(kind)
        return found

    return click


def test_the_guide_is_read_and_searched(choose: Callable[[str, type[Reader]], Reader]) -> None:
    reader = choose("Guide", Reader)
    assert "lasso" in reader.text.toPlainText()
    QTest.keyClicks(reader.line, "lasso")
    assert reader.text.textCursor().selectedText() == "lasso"
    reader.close()


def test_the_guide_shows_the_keys_as_they_are_now() -> None:
    text = "# The editor\n\n## All keys\n\n| | |\n|---|---|\n| Undo | Ctrl+Z |\n\n## More\n"
    shown = shown_text(text, Path(), [("Undo", "Alt+Backspace"), ("Redo", "")])
    assert "| Undo | Alt+Backspace |\n\n## More" in shown
    assert "Ctrl+Z" not in shown
    assert "Redo" not in shown


def test_pictures_that_are_not_here_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "here.png").touch()
    text = "One\n\n![](here.png)\n![Gone](gone.png)\nTwo\n"
    assert shown_text(text, tmp_path, []) == "One\n\n![](here.png)\nTwo\n"


def test_a_link_leads_to_another_text_and_back(choose: Callable[[str, type[Reader]], Reader]) -> None:
    reader = choose("Guide", Reader)
    reader.open_text("settings.md")
    assert reader.windowTitle() == "Settings"
    (back,) = (b for b in reader.findChildren(type(reader._back)) if b.isVisible())
    QTest.mouseClick(back, Qt.MouseButton.LeftButton)
    assert reader.windowTitle() == "The editor"
    reader.close()


def test_what_is_new_opens_from_the_start_page_too(window: MainWindow) -> None:
    (button,) = (b for b in window.pages.start.findChildren(QPushButton) if b.text() == "All changes")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    (reader,) = window.findChildren(Reader)
    assert reader.windowTitle() == "Changelog"
    reader.close()


def test_about_tells_version_and_licences(choose: Callable[[str, type[AboutDialog]], AboutDialog]) -> None:
    dialog = choose("About nodeflow", AboutDialog)
    assert any(__version__ in label.text() for label in dialog.findChildren(QLabel))
    dialog.close()


def test_every_library_that_is_shipped_has_a_licence() -> None:
    found = list(libraries())
    assert {"PySide6_Essentials", "pydantic", "torch"} <= {name for name, _, _ in found}
    assert [name for name, _, licence in found if not licence] == []
    assert "pytest" not in {name for name, _, _ in found}


def test_a_report_is_copied_with_the_latest_errors(
    window: MainWindow, choose: Callable[[str, type[ReportDialog]], ReportDialog]
) -> None:
    log = window.desk.folders.data / "editor.log"
    log.parent.mkdir(exist_ok=True)
    log.write_text("--- 2026\nValueError: a sad story\n")
    dialog = choose("Report a fault…", ReportDialog)
    QTest.mouseClick(dialog.copy, Qt.MouseButton.LeftButton)
    copied = QGuiApplication.clipboard().text()
    assert f"nodeflow {__version__}" in copied
    assert "a sad story" in copied
    dialog.close()


def test_a_report_without_errors_says_so(tmp_path: Path, qapp: QGuiApplication) -> None:
    assert "No errors were written down." in report_text(tmp_path / "none.log")
