"""A whole window for tests, in folders of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from nodeflow.execution.job import Runner
from nodeflow.folders import BUNDLED_MODELS, Folders
from ui.desk import Desk
from ui.theme import ThemeKeeper
from ui.window.main_window import MainWindow


def folders_in(root: Path) -> Folders:
    """Folders inside one folder, and the bundled models."""
    return Folders(
        config=root / "config",
        data=root / "data",
        cache=root / "cache",
        output=root / "output",
        pictures=root / "pictures",
        models=(root / "models", BUNDLED_MODELS),
    )


@contextmanager
def open_window(
    root: Path,
    *files: str,
    dark: bool = True,
    make_runner: Callable[[], Runner] | None = None,
    resize: bool = True,
) -> Iterator[MainWindow]:
    """A loaded window of 1280 by 720 pixels; gone without a question when the context ends.

    Args:
        root: Where its folders are.
        files: Workflows to open.
        dark: Which theme.
        make_runner: Makes what runs workflows; None: nothing does.
        resize: Whether it gets that size; else it has the one of last time.
    """
    app = QApplication.instance()
    assert isinstance(app, QApplication)  # noqa: S101 - narrows the type
    before = app.palette(), app.font(), app.styleSheet()
    keeper = ThemeKeeper(app, dark=dark)
    desk = Desk(keeper, folders_in(root))
    desk.settings.setValue("theme", "dark" if dark else "light")
    desk.engine.make = make_runner
    window = MainWindow(desk)
    window.begin(files)
    if resize:
        window.resize(1280, 720)
    window.show()
    QTest.qWaitForWindowExposed(window)
    deadline = 500
    while not window.ready or window.loading:
        QTest.qWait(5)
        deadline -= 1
        if deadline < 0:
            raise TimeoutError("the window was not loaded in time")
    try:
        yield window
    finally:
        _end(window)
        desk.deleteLater()
        keeper.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        app.setStyleSheet(before[2])
        app.setPalette(before[0])
        app.setFont(before[1])


def _end(window: MainWindow) -> None:
    """Close the window and whatever is open over it, giving up unsaved changes."""
    while (popup := QApplication.activePopupWidget()) is not None:
        popup.close()
    if window.ready:
        window.end()
    window.close()
    window.deleteLater()
    QGuiApplication.clipboard().clear()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
