"""How far runs are, in the task bar.

On Linux over D-Bus, as KDE's task manager, Dash to Dock and others show it (the Unity launcher's interface);
elsewhere Qt shows how many runs are left, which is untried.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

if TYPE_CHECKING:
    from PySide6.QtDBus import QDBusConnection

    from ui.running.engine import Engine

INTERFACE = "com.canonical.Unity.LauncherEntry"
PATH = "/com/canonical/unity/launcherentry/nodeflow"
ADDRESS = "DBUS_SESSION_BUS_ADDRESS"


class TaskBar(QObject):
    """Shows the progress of an engine.

    Args:
        engine: Runs workflows.
        bus: Where to tell it; None: the session's bus, where there is one.
    """

    def __init__(self, engine: Engine, bus: QDBusConnection | None = None) -> None:
        super().__init__(engine)
        self._engine = engine
        self._bus = bus if bus is not None else _session_bus()
        self._shown: tuple[int | None, int] = (None, 0)
        engine.changed.connect(self.show)
        engine.progressed.connect(self.show)

    def show(self) -> None:
        """Tell how far it is, if that is another percent than before."""
        course, left = self._engine.progress.course, self._engine.queue.unfinished
        share = course.share if course is not None and self._engine.busy else None
        now = (None if share is None else round(100 * share), left)
        if now == self._shown:
            return
        self._shown = now
        if self._bus is not None:
            self._tell(now[0], left)
        elif not sys.platform.startswith("linux"):
            QGuiApplication.setBadgeNumber(left)

    def _tell(self, percent: int | None, left: int) -> None:
        from PySide6.QtDBus import QDBusMessage

        assert self._bus is not None  # noqa: S101 - narrows the type
        message = QDBusMessage.createSignal(PATH, INTERFACE, "Update")
        state = {
            "progress": (percent or 0) / 100,
            "progress-visible": percent is not None,
            "count": left,
            "count-visible": left > 1,
        }
        name = QGuiApplication.desktopFileName() or "nodeflow"
        message.setArguments([f"application://{name}.desktop", state])
        self._bus.send(message)


def _session_bus() -> QDBusConnection | None:
    if not sys.platform.startswith("linux") or not os.environ.get(ADDRESS):
        return None
    from PySide6.QtDBus import QDBusConnection

    bus = QDBusConnection.sessionBus()
    return bus if bus.isConnected() else None
