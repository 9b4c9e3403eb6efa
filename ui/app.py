"""The running program: the application object, its window, and what happens to errors that nobody caught."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication

from nodeflow.folders import ICON
from nodeflow.version import __version__
from ui.desk import Desk
from ui.garbage import Collector
from ui.log.crashes import FILE_NAME, Crashes
from ui.theme import ThemeKeeper
from ui.translations import choose, install
from ui.window.main_window import MainWindow

if TYPE_CHECKING:
    from nodeflow.execution.job import Runner


def run(files: Sequence[str] = ()) -> int:
    """Open the window and stay until it is closed; returns the exit code.

    Args:
        files: Workflows to open.
    """
    app = make_application()
    garbage = Collector(app)
    window = make_window(app, files)
    window.loaded.connect(garbage.settle)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # what was edited is in the journal
    crashes = Crashes(window.desk.folders.data / FILE_NAME, window.say)
    crashes.install()
    code = app.exec()
    crashes.remove()
    garbage.close()
    window.deleteLater()
    return code


def make_application() -> QApplication:
    """The application object; there can be only one."""
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    app = QApplication(sys.argv[:1])
    app.setApplicationName("nodeflow")
    app.setApplicationDisplayName("nodeflow")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("nodeflow")
    return app


def make_window(app: QApplication, files: Sequence[str] = ()) -> MainWindow:
    """Show the window; files are opened once it is painted."""
    theme = ThemeKeeper(app)
    desk = Desk(theme, parent=app)
    desk.engine.make = make_runner
    install(app, choose(str(desk.settings.value("language", ""))))
    window = MainWindow(desk)
    app.setWindowIcon(QIcon(str(ICON)))
    window.begin(files)
    window.show()
    return window


def make_runner() -> Runner:
    """What runs workflows: a process of its own, so that nothing in it can stop the window."""
    from nodeflow.worker.runner import WorkerRunner

    return WorkerRunner()
