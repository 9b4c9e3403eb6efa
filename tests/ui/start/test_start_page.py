"""The start page: templates with pictures, recent files with what they made and lack, what is new."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from nodeflow.document.files import find_workflow, template_names
from ui.start.facts import latest_pictures, read_file
from ui.start.news import latest_changes
from ui.start.recent_row import RecentRow
from ui.start.sketch import read_sketch
from ui.templates import templates
from ui.window.main_window import MainWindow
from ui.window.testing import folders_in, open_window


def saved(root: Path, name: str, template: str, checkpoint: str = "pocket") -> Path:
    content = json.loads(find_workflow(template).read_text())
    content["nodes"]["checkpoint"]["inputs"]["checkpoint"] = checkpoint
    path = root / "work" / f"{name}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(content))
    return path


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Two recent files: one made a picture, the other names a model that is not here."""
    apple = saved(tmp_path, "apple", "text_to_image")
    storm = saved(tmp_path, "storm", "two_loras", checkpoint="dream-xl")
    folders = folders_in(tmp_path)
    made = folders.output / "2026-01-01" / "apple_00001_7.png"
    made.parent.mkdir(parents=True)
    shutil.copy(templates()[0].thumbnail, made)
    folders.data.mkdir()
    (folders.data / "recent.json").write_text(json.dumps({"files": [str(apple), str(storm)]}))
    return [apple, storm]


@pytest.fixture
def window(qtbot: QtBot, files: list[Path], tmp_path: Path) -> Iterator[MainWindow]:
    """A window on its start page."""
    with open_window(tmp_path) as window:
        rows = window.pages.start.recent.rows
        qtbot.waitUntil(lambda: all(row.toolTip() and row._facts for row in rows))
        yield window


def test_every_template_has_a_picture_of_what_it_makes() -> None:
    assert {t.name for t in templates() if not QImage(str(t.thumbnail)).isNull()} == set(template_names())


def test_recent_files_tell_what_they_lack(window: MainWindow, files: list[Path]) -> None:
    apple, storm = window.pages.start.recent.rows
    assert [apple.accessibleName(), storm.accessibleName()] == ["apple", "storm"]
    assert not apple.lacks.isVisible()
    assert storm.lacks.text() == "1 file is missing"
    assert "dream-xl" in storm.toolTip()


def test_a_recent_file_opens_by_a_click(window: MainWindow, files: list[Path]) -> None:
    QTest.mouseClick(window.pages.start.recent.rows[1], Qt.MouseButton.LeftButton)
    assert window.editing is not None
    assert window.editing.document.path == files[1]


def test_a_recent_file_is_taken_off_the_list(window: MainWindow, files: list[Path]) -> None:
    row = window.pages.start.recent.rows[0]
    middle = row.rect().center()
    QApplication.sendEvent(
        row, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, middle, row.mapToGlobal(middle))
    )
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    remove = next(action for action in menu.actions() if "Remove" in action.text())
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(remove).center())
    assert [row.accessibleName() for row in window.pages.start.recent.rows] == ["storm"]
    assert window.desk.session.recent.paths() == [files[1]]


def test_rows_follow_the_theme(window: MainWindow) -> None:
    row: RecentRow = window.pages.start.recent.rows[1]
    before = row._picture.pixmap().toImage()
    window.choose_theme("light")
    assert row._picture.pixmap().toImage() != before


def test_the_latest_picture_of_a_workflow_is_found_by_its_name(tmp_path: Path) -> None:
    for name in ("apple_00001_7.png", "apple_00002_8.png", "apple_pie_00001_7.png", "apple_x.png"):
        (tmp_path / name).write_bytes(b"")
    os.utime(tmp_path / "apple_00001_7.png", (time.time() + 60,) * 2)
    found = latest_pictures(tmp_path, ["apple", "apple_pie", "pear"])
    assert {title: path.name for title, path in found.items()} == {
        "apple": "apple_00001_7.png",
        "apple_pie": "apple_pie_00001_7.png",
    }


def test_a_damaged_file_says_what_is_wrong(window: MainWindow, tmp_path: Path) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text('{"format": 1, "nodes": 7}')
    facts = read_file(bad, window.desk.specs, window.desk.finder(bad), None)
    assert len(facts.faults) == 1
    assert facts.missing == 0


@pytest.mark.parametrize("content", [None, [], {"nodes": 3}, {"nodes": {"a": 1}, "layout": {"a": 2}}])
def test_the_sketch_of_a_damaged_file_is_what_can_be_told(content: object) -> None:
    places, links = read_sketch(content)
    assert len(places) <= 1
    assert links == []


def test_the_latest_changes_are_plain_sentences() -> None:
    text = (
        "# Changelog\n\n## [2.0]\n\n### Added\n- An old thing.\n- **A new** `thing`, [told](docs/x.md): and\n"
        "  much more of it.\n- Another thing that is new\n\n## [1.0]\n- Long ago\n"
    )
    assert latest_changes(text, 2) == ["Another thing that is new", "A new thing, told."]
    assert latest_changes(), "the program's own list is found"
