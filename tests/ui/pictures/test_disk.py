"""What takes room on the disk, and clearing it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from ui.pictures.disk import Use
from ui.pictures.disk_dialog import DiskDialog
from ui.window.testing import folders_in

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def thumbnail(tmp_path: Path) -> Path:
    path = tmp_path / "cache/thumbnails/ab/abcd.png"
    path.parent.mkdir(parents=True)
    path.write_bytes(bytes(300))
    return path


@pytest.fixture
def measured() -> list[dict[str, Use]]:
    """What the dialog has shown so far."""
    return []


@pytest.fixture
def dialog(
    qtbot: QtBot, tmp_path: Path, pictures: list[Path], thumbnail: Path, measured: list[dict[str, Use]]
) -> Iterator[DiskDialog]:
    assert pictures
    assert thumbnail.exists()
    dialog = DiskDialog(folders_in(tmp_path))
    dialog.measured.connect(lambda found: measured.append({use.name: use for use in found}))
    dialog.open()
    qtbot.waitUntil(lambda: bool(measured))
    yield dialog
    dialog.reject()
    dialog.deleteLater()


def test_everything_is_counted(
    dialog: DiskDialog, measured: list[dict[str, Use]], pictures: list[Path]
) -> None:
    found = measured[0]
    assert found["pictures"].files == len(pictures)
    assert found["pictures"].nbytes == sum(path.stat().st_size for path in pictures)
    assert (found["thumbnails"].files, found["thumbnails"].nbytes) == (1, 300)
    assert set(dialog.clear_buttons) == {"thumbnails", "results"}
    assert not dialog.clear_buttons["results"].isEnabled()


def test_clearing_asks_first(
    dialog: DiskDialog, measured: list[dict[str, Use]], thumbnail: Path, qtbot: QtBot, pictures: list[Path]
) -> None:
    for key, stays in ((Qt.Key.Key_Escape, True), (Qt.Key.Key_Return, False)):
        QTest.mouseClick(dialog.clear_buttons["thumbnails"], LEFT)
        box = dialog.findChildren(QMessageBox)[-1]
        QTest.keyClick(box, key)
        if not stays:
            qtbot.waitUntil(lambda: len(measured) == 2)
        assert thumbnail.exists() is stays
    assert all(path.exists() for path in pictures)
    assert measured[1]["thumbnails"].nbytes == 0
