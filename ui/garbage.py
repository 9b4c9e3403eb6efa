"""Garbage is collected in the window's thread alone: objects of Qt's must not die in any other.

Python collects circles of objects in whichever thread happens to need memory. A plan that is made in a thread
would so delete widgets that were closed long ago, and Qt ends the program when that happens.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimerEvent

INTERVAL = 500
"""Milliseconds between two looks whether there is anything to collect."""


class Collector(QObject):
    """Collects from time to time, from its thread's event loop, in place of Python.

    Args:
        parent: Its owner.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = self.startTimer(INTERVAL)

    def timerEvent(self, event: QTimerEvent) -> None:  # noqa: ARG002, N802 - Qt's name
        """Collect what is due."""
        collect_due()

    def settle(self) -> None:
        """All that the program consists of is there; it need not be looked through again."""
        gc.collect()
        gc.freeze()

    def close(self) -> None:
        """Leave it to Python again."""
        self.killTimer(self._timer)
        gc.unfreeze()
        gc.enable()


def collect_due() -> None:
    """Collect the oldest generation of objects that Python would have collected by now, and those younger."""
    limits = gc.get_threshold()
    due = [age for age, count in enumerate(gc.get_count()) if count > limits[age]]
    if due:
        gc.collect(max(due))
