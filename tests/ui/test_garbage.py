"""Where garbage is collected."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, Qt
from pytestqt.qtbot import QtBot

from ui.garbage import Collector


@pytest.fixture
def collector(qtbot: QtBot) -> Iterator[Collector]:
    collector = Collector()
    yield collector
    collector.close()


def test_what_is_qts_dies_in_the_windows_thread(collector: Collector, qtbot: QtBot) -> None:
    deaths: list[threading.Thread] = []
    thing = QObject()
    thing.destroyed.connect(
        lambda: deaths.append(threading.current_thread()), Qt.ConnectionType.DirectConnection
    )
    circle: list[object] = [thing]
    circle.append(circle)
    del thing, circle
    kept: list[list[int]] = []
    enough = gc.get_threshold()[0] + 1  # mypy, which other tests call, raises it for the whole process
    busy = threading.Thread(target=lambda: kept.extend([number] for number in range(enough)))
    busy.start()
    busy.join()
    assert deaths == []
    qtbot.waitUntil(lambda: deaths == [threading.main_thread()])


def test_python_collects_again_afterwards(qtbot: QtBot) -> None:
    collector = Collector()
    assert not gc.isenabled()
    collector.settle()
    assert gc.get_freeze_count()
    collector.close()
    assert gc.isenabled()
    assert not gc.get_freeze_count()
