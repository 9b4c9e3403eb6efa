"""Nothing is cut off, covered or too small to hit: on small and on fine screens, wherever one goes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QMenu,
    QPushButton,
    QScrollArea,
    QTabBar,
    QToolBar,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.ui.window import tour
from tests.ui.window.clipping import faults_in
from ui.editing.editing import Editing
from ui.translations.language import ENGLISH
from ui.values.prompt_text import FEWEST_LINES, MOST_LINES, PromptText
from ui.window.main_window import MINIMUM, MainWindow

SCREEN = (1280, 720)
ROOT = Path(tour.__file__).parents[3]
LONG = "a text that needs much more room than it has"


def walk(
    folder: Path, scale: float, width: int, height: int, language: str = ENGLISH
) -> dict[str, list[str]]:
    """Show everything on a screen of 1280 by 720 at a scale, in a window of a size; what is wrong with it."""
    screen = {"name": "one", "x": 0, "y": 0, "logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
    screen |= {"width": round(SCREEN[0] * scale), "height": round(SCREEN[1] * scale)}
    settings = folder / "screen.json"
    settings.write_text(json.dumps({"windowFrameMargins": False, "screens": [screen]}))
    platform = {"QT_QPA_PLATFORM": f"offscreen:configfile={settings}", "QT_SCALE_FACTOR": str(scale)}
    command = [sys.executable, "-m", tour.__name__, str(folder), str(width), str(height), language]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **platform}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, list[str]] = json.loads(done.stdout.splitlines()[-1])
    return told


@pytest.mark.parametrize("scale", [1.0, pytest.param(2.0, marks=pytest.mark.full)])
def test_everything_fits_into_the_smallest_window(tmp_path: Path, scale: float) -> None:
    assert walk(tmp_path, scale, MINIMUM.width(), MINIMUM.height()) == {}


@pytest.mark.full
@pytest.mark.parametrize("scale", [1.0, 1.25, 1.5, 1.75, 2.0])
def test_everything_fits_into_a_window_of_1280_by_720(tmp_path: Path, scale: float) -> None:
    assert walk(tmp_path, scale, *SCREEN) == {}


def test_prompts_on_the_form_are_as_high_as_their_text(window: MainWindow, editing: Editing) -> None:
    QTest.keyClick(editing.canvas, Qt.Key.Key_F9)
    tour.settle()
    short, long = (widget for widget in window.pages.form.findChildren(PromptText) if widget.isVisible())
    before = short.height()
    assert before < 6 * short.fontMetrics().lineSpacing()
    long.setFocus()
    for _ in range(30):
        QTest.keyClick(long, Qt.Key.Key_Return)
    tour.settle()
    assert short.height() == before, "what is left of the page stays empty"
    more = (MOST_LINES - FEWEST_LINES) * long.fontMetrics().lineSpacing()
    assert long.height() == before + more, "then it scrolls"


# What walks over the widgets finds what it is meant to find.


@pytest.fixture
def box(qtbot: QtBot) -> Iterator[Callable[..., QWidget]]:
    """Shows widgets at places in a box of 200 by 100 pixels."""
    boxes: list[QWidget] = []

    def show(*widgets: tuple[QWidget, tuple[int, int, int, int]]) -> QWidget:
        box = QWidget()
        boxes.append(box)
        for widget, place in widgets:
            widget.setParent(box)
            widget.setGeometry(*place)
        box.resize(200, 100)
        box.show()
        qtbot.waitExposed(box)
        return box

    yield show
    for box in boxes:
        box.close()
        box.deleteLater()


@pytest.mark.parametrize("make", [QLabel, QPushButton])
def test_text_that_is_cut_off_is_found_unless_a_tip_says_it(
    box: Callable[..., QWidget], make: Callable[[str], QWidget]
) -> None:
    (fault,) = faults_in(box((make(LONG), (0, 0, 80, 40))))
    assert "has 80x40, needs" in fault
    told = make(LONG)
    told.setToolTip(LONG)
    assert faults_in(box((told, (0, 0, 80, 40)))) == []
    assert faults_in(box((make("short"), (0, 0, 120, 40)))) == []


def test_lines_that_do_not_fit_below_each_other_are_found(box: Callable[..., QWidget]) -> None:
    label = QLabel(LONG)
    label.setWordWrap(True)
    (fault,) = faults_in(box((label, (0, 0, 80, 20))))
    assert "has 80x20, needs" in fault
    label.resize(80, 90)
    assert faults_in(label.window()) == []


def test_hints_and_tabs_that_are_cut_off_are_found(box: Callable[..., QWidget]) -> None:
    line, tabs = QLineEdit(placeholderText=LONG), QTabBar()
    tabs.addTab(LONG)
    tabs.setExpanding(False)
    tabs.setStyleSheet("QTabBar::tab { width: 60px; height: 14px; padding: 0; margin: 0; border: none; }")
    found = " ".join(faults_in(box((line, (0, 0, 100, 30)), (tabs, (0, 40, 200, 30)))))
    assert f"for “{LONG}”" in found
    assert f"tab “{LONG}” has 60" in found
    assert "is 14 high" in found


def test_what_leaves_its_parent_or_covers_another_is_found(box: Callable[..., QWidget]) -> None:
    assert "leaves" in faults_in(box((QPushButton(), (150, 0, 60, 30))))[0]
    both = box((QPushButton("one"), (0, 0, 90, 30)), (QPushButton("two"), (80, 0, 90, 30)))
    assert "cover each other by (80, 0, 10x30)" in faults_in(both)[0]


def test_what_is_too_small_to_hit_is_found(box: Callable[..., QWidget]) -> None:
    assert "16x16, too small to hit" in faults_in(box((QPushButton(), (0, 0, 16, 16))))[0]


def test_what_is_squeezed_is_found(box: Callable[..., QWidget]) -> None:
    column = QWidget()
    layout = QVBoxLayout(column)
    for _ in range(4):
        layout.addWidget(QPushButton("one of many"))
    assert any("its parts need" in fault for fault in faults_in(box((column, (0, 0, 200, 60)))))


def test_what_scrolls_sideways_is_found(box: Callable[..., QWidget]) -> None:
    names, area, wide = QListWidget(), QScrollArea(), QWidget()
    names.addItem(LONG)
    wide.resize(300, 20)
    area.setWidget(wide)
    found = " ".join(faults_in(box((names, (0, 0, 100, 50)), (area, (0, 50, 100, 50)))))
    assert "scrolls sideways by" in found
    assert "is 300 wide, of which" in found


def test_a_bar_with_more_than_it_has_room_for_is_found(box: Callable[..., QWidget]) -> None:
    bar = QToolBar()
    for number in range(9):
        bar.addAction(f"action {number}")
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.addWidget(bar)
    assert any("more than it has room for" in fault for fault in faults_in(box((holder, (0, 0, 200, 60)))))


def test_a_menu_that_does_not_fit_on_the_screen_is_found(qtbot: QtBot) -> None:
    menu = QMenu()
    for number in range(99):
        menu.addAction(f"action {number}")
    menu.popup(QPoint(0, 0))
    found = faults_in(menu)
    menu.close()
    menu.deleteLater()
    assert any("too long for one column" in fault for fault in found)
