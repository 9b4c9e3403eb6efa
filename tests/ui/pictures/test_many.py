"""Ten thousand pictures: no event does more work than for a screen of them."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui.pictures.commands import Commands
from ui.pictures.facts import Facts
from ui.pictures.gallery import Gallery
from ui.pictures.index import Picture
from ui.pictures.library import Library
from ui.pictures.query import Query
from ui.pictures.thumbnails import MOST_WAITING, Thumbnails

MANY = 10_000


class Asked(Thumbnails):
    """Makes none, and remembers which it was asked for."""

    def __init__(self, cache: Path) -> None:
        super().__init__(cache)
        self.asked: list[Picture] = []

    def get(self, picture: Picture) -> QPixmap | None:
        self.asked.append(picture)
        return None


def made(number: int) -> Picture:
    return Picture(Path(f"/p/{number}.png"), MANY - number, 1, f"{number}.png")


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """Knows of pictures that are nowhere."""
    library = Library(tmp_path / "none", tmp_path)
    library.pictures = [made(number) for number in range(MANY)]
    library.facts = {
        picture: Facts("", (("sampler", "seed", str(number % 100)),), "nodeflow")
        for number, picture in enumerate(library.pictures)
    }
    yield library
    library.end()


@pytest.fixture
def thumbnails(tmp_path: Path) -> Asked:
    return Asked(tmp_path)


@pytest.fixture
def gallery(
    library: Library, thumbnails: Asked, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Gallery]:
    """Shows them in a space for about twenty."""
    monkeypatch.setattr(library, "look", lambda: None)
    gallery = Gallery()
    gallery.show_library(library, thumbnails, Commands.__new__(Commands))
    gallery.resize(760, 640)
    gallery.show()
    qtbot.waitExposed(gallery)
    QApplication.processEvents()
    thumbnails.asked.clear()
    yield gallery
    gallery.close()
    gallery.deleteLater()


def on_screen(gallery: Gallery) -> int:
    """How many pictures there is room for, cut ones included."""
    size, tile = gallery.view.viewport().size(), gallery.view.gridSize()
    return (size.width() // tile.width()) * (size.height() // tile.height() + 2)


def paint(gallery: Gallery) -> None:
    gallery.view.viewport().repaint()


def test_only_what_is_seen_is_asked_for(gallery: Gallery, thumbnails: Asked) -> None:
    bar = gallery.view.verticalScrollBar()
    for share in (0.1, 0.5, 0.9, 1.0):
        thumbnails.asked.clear()
        bar.setValue(round(bar.maximum() * share))
        paint(gallery)
        assert 0 < len(set(thumbnails.asked)) <= on_screen(gallery)
        assert len(thumbnails.asked) <= 2 * on_screen(gallery)


def test_keys_reach_the_last_one(gallery: Gallery, thumbnails: Asked) -> None:
    for key in (Qt.Key.Key_Home, Qt.Key.Key_End):
        QTest.keyClick(gallery.view, key)
    paint(gallery)
    assert gallery.chosen == [made(MANY - 1)]
    assert len(set(thumbnails.asked)) <= 2 * on_screen(gallery)


def test_a_new_picture_is_all_that_is_new(gallery: Gallery, library: Library, thumbnails: Asked) -> None:
    assert gallery.model is not None
    inserted: list[tuple[int, int]] = []
    gallery.model.rowsInserted.connect(lambda _parent, first, last: inserted.append((first, last)))
    gallery.model.modelReset.connect(lambda: inserted.append((-1, -1)))
    gallery.view.setCurrentIndex(gallery.model.index(2))
    library.pictures = [Picture(Path("/p/new.png"), MANY + 1, 1, "new.png"), *library.pictures]
    library.changed.emit()
    paint(gallery)
    assert inserted == [(0, 0)]
    assert gallery.chosen == [made(2)]
    assert len(set(thumbnails.asked)) <= 2 * on_screen(gallery)


def test_laying_them_out_asks_python_nothing(gallery: Gallery) -> None:
    called: list[str] = []
    sys.setprofile(
        lambda frame, what, _about: called.append(frame.f_code.co_name) if what == "call" else None
    )
    gallery.view.doItemsLayout()
    sys.setprofile(None)
    assert len(called) < 100


def test_the_garbage_collector_lets_values_alone(library: Library) -> None:
    for _level in range(2):  # the texts of one value, and all values of a picture
        gc.collect()
    assert not any(gc.is_tracked(facts.values) for facts in library.facts.values())


def test_a_search_looks_once_at_each(gallery: Gallery, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    matches = Query.matches

    def counted(query: Query, name: str, facts: Facts) -> bool:
        looked.append(name)
        return matches(query, name, facts)

    monkeypatch.setattr(Query, "matches", counted)
    QTest.keyClicks(gallery.search, "seed:7")
    qtbot.waitUntil(lambda: len(gallery.pictures) == MANY // 100)
    assert len(looked) == MANY


def test_what_was_scrolled_past_is_not_read(tmp_path: Path, qtbot: QtBot) -> None:
    thumbnails = Thumbnails(tmp_path)
    for number in range(MANY):
        thumbnails.get(made(number))
    assert len(thumbnails._waiting) <= MOST_WAITING
    assert made(MANY - 1) in thumbnails._waiting
    thumbnails.end()


def test_selecting_all_moves_nothing(gallery: Gallery, thumbnails: Asked) -> None:
    QTest.keyClick(gallery.view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(gallery.chosen) == MANY
    QTest.mouseClick(gallery.view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(60, 60))
    assert len(gallery.chosen) == 1
