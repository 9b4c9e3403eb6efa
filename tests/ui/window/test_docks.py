"""Panels that stand alone have a title with a button that closes them; those that share a place have tabs."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDockWidget, QWidget

from ui.editing.editing import Editing
from ui.panels.testing import click
from ui.window.dock_title import DockTitle
from ui.window.main_window import MainWindow


def title(window: MainWindow, name: str) -> QWidget:
    dock = window.findChild(QDockWidget, name)
    assert dock is not None
    return dock.titleBarWidget()


def test_a_panel_is_closed_by_its_title(window: MainWindow, editing: Editing) -> None:
    QTest.mouseClick(window.status.problems, Qt.MouseButton.LeftButton)
    assert window.docks.shows("problems")
    over = title(window, "problems")
    assert isinstance(over, DockTitle)
    click(over.close_button)
    assert not window.docks.shows("problems")


def test_panels_behind_tabs_have_no_title_until_one_of_them_is_alone(
    window: MainWindow, editing: Editing
) -> None:
    assert not isinstance(title(window, "outline"), DockTitle)
    window.docks.toggle("outline")
    alone = title(window, "bookmarks")
    assert isinstance(alone, DockTitle)
    window.docks.show("outline")
    assert not isinstance(title(window, "bookmarks"), DockTitle)
