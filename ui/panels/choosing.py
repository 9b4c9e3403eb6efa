"""A list with a search line that pops up to pick one of many names."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt

from ui.canvas.edit.chooser import Chooser


def choose(choices: list[str], current: str, where: QPoint, done: Callable[[str], object]) -> Chooser:
    """Let somebody pick.

    Args:
        choices: What there is.
        current: What is chosen now.
        where: A place on the screen.
        done: Takes what was picked; not called if nothing was.
    """
    chooser = Chooser(choices, current)
    chooser.setWindowFlags(Qt.WindowType.Popup)
    chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    chooser.left.connect(chooser.close)

    def pick(name: str) -> None:
        chooser.close()
        done(name)

    chooser.chosen.connect(pick)
    chooser.resize(chooser.sizeHint().expandedTo(chooser.sizeHint() * 1.2))
    chooser.move(where)
    chooser.show()
    chooser.search.setFocus()
    return chooser
