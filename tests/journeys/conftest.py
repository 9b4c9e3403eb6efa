"""Real windows on a virtual screen: `scripts/journeys.sh` starts it. The mouse and the keys are xdotool's."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from nodeflow.document.files import dump_workflow, load_workflow
from nodeflow.execution.job import Runner
from nodeflow.pictures import read_picture
from nodeflow.pictures.delivery import Delivery
from nodeflow.values import Image
from tests.journeys.hand import PICTURES, Hand, Places
from tests.ui.conftest import nothing_of_qt_is_left_behind
from ui.app import make_runner
from ui.editing.editing import Editing
from ui.templates import templates
from ui.window.main_window import MainWindow
from ui.window.testing import folders_in, open_window

HERE = Path(__file__).parent
__all__ = ["nothing_of_qt_is_left_behind"]  # a guard, here as there


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run only where there is a screen of our own, which `scripts/test.sh` sees to."""
    there = os.environ.get("QT_QPA_PLATFORM") == "xcb" and shutil.which("xdotool")
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.window)
            item.add_marker(pytest.mark.qt_log_level_fail("WARNING"))
            if not there:
                item.add_marker(pytest.mark.skip(reason="needs Xvfb, openbox and xdotool"))


@pytest.fixture(scope="session", autouse=True)
def window_manager() -> Iterator[None]:
    """Windows get focus, frames and a place only from a window manager."""
    if not shutil.which("openbox"):
        yield
        return
    with subprocess.Popen(["openbox"], stderr=subprocess.DEVNULL) as manager:
        time.sleep(0.5)
        yield
        manager.terminate()


@pytest.fixture
def hand(qtbot: QtBot) -> Hand:
    """The hand."""
    assert QApplication.platformName() == "xcb"
    return Hand(qtbot)


@pytest.fixture
def own_runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Runner]:
    """Makes what runs workflows in the program, with folders of its own."""
    for name in ("config", "cache", "output"):
        monkeypatch.setenv(f"NODEFLOW_{name.upper()}_DIR", str(getattr(folders_in(tmp_path), name)))
    return make_runner


@pytest.fixture
def runner(own_runner: Callable[[], Runner]) -> Callable[[], Runner] | None:
    """What runs workflows: nothing, which is quicker, but in pictures all is as artists see it."""
    return own_runner if PICTURES else None


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Somebody's home folder, so that paths in pictures are short and natural."""
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def saved_pictures(tmp_path: Path) -> list[Path]:
    """A picture of every template in the output folder, each with its workflow inside; the latest first."""
    output, saved = folders_in(tmp_path).output, []
    for age, template in enumerate(templates()):
        workflow = dump_workflow(load_workflow(template.name))
        colours, _ = read_picture(template.thumbnail)
        delivery = Delivery(output, template.name, workflow)
        saved += delivery.save(Image(colours[None]), "{workflow}_{counter}", "save")
        then = saved[-1].stat().st_mtime - 3600 * (age + 1)
        os.utime(saved[-1], (then, then))
    return saved


@pytest.fixture
def window(
    qtbot: QtBot, tmp_path: Path, hand: Hand, runner: Callable[[], Runner] | None
) -> Iterator[MainWindow]:
    """The program's window, dark, on its start page."""
    with open_window(tmp_path, make_runner=runner) as window:
        window.resize(1360, 800)
        window.activateWindow()
        hand.until(window.isActiveWindow, "the window is in front")
        hand.rest()
        yield window


@pytest.fixture
def open_template(window: MainWindow, hand: Hand) -> Callable[[str], tuple[Editing, Places]]:
    """Opens a template with a click on its card."""

    def open_it(title: str) -> tuple[Editing, Places]:
        (card,) = (
            b
            for b in window.pages.start.findChildren(QAbstractButton)
            if title in b.text() or title in b.accessibleName()
        )
        hand.click(card)
        hand.until(lambda: window.editing is not None, "the template is open")
        assert window.editing is not None
        hand.rest()
        return window.editing, Places(window.editing)

    return open_it
