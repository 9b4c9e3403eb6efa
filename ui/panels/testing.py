"""For tests: clicks and keys on the widgets of panels, as somebody would make them."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


def click(widget: QWidget, where: QPoint | None = None) -> None:
    """Click on a widget that is seen, in its middle unless told."""
    settle()
    if not widget.isVisible():
        raise AssertionError(f"{widget} is not seen")
    QTest.mouseClick(widget, LEFT, NONE, where or widget.rect().center())
    settle()


def double_click(widget: QWidget) -> None:
    """Click twice."""
    QTest.mouseClick(widget, LEFT, NONE, widget.rect().center())
    QTest.mouseDClick(widget, LEFT, NONE, widget.rect().center())


def press(widget: QWidget, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    """Press a key while a widget has the keyboard."""
    QTest.keyClick(widget, key, modifiers)
    settle()


def keyboard() -> QWidget:
    """Whatever has the keyboard."""
    widget = QApplication.focusWidget()
    if widget is None:
        raise AssertionError("nothing has the keyboard")
    return widget


def write(text: str, *, end: Qt.Key = Qt.Key.Key_Return, control: bool = False) -> None:
    """Type into whatever has the keyboard, over what is there, and end with a key."""
    widget = keyboard()
    QTest.keyClick(widget, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(widget, text)
    QTest.keyClick(widget, end, Qt.KeyboardModifier.ControlModifier if control else NONE)
    settle()


def drag(widget: QWidget, *points: QPoint) -> None:
    """Press at the first point, move over the others, let go at the last; in the widget's coordinates."""
    start = widget.mapToGlobal(points[0])
    QTest.mousePress(widget, LEFT, NONE, points[0])
    for point in points[1:]:
        QTest.mouseMove(widget, widget.mapFromGlobal(start + point - points[0]))
    QTest.mouseRelease(widget, LEFT, NONE, widget.mapFromGlobal(start + points[-1] - points[0]))
    settle()


def open_menu(widget: QWidget, where: QPoint) -> None:
    """Ask for the menu of a place with the right mouse button."""
    reason = QContextMenuEvent.Reason.Mouse
    QApplication.sendEvent(widget, QContextMenuEvent(reason, where, widget.mapToGlobal(where)))
    settle()


def choose(*texts: str) -> None:
    """Pick an entry of the menu that is open by keys, menu by menu."""
    for text in texts:
        menu = QApplication.activePopupWidget()
        if not isinstance(menu, QMenu):
            raise AssertionError("no menu is open")
        action = next((action for action in menu.actions() if action.text() == text), None)
        if action is None:
            raise AssertionError(f"{text} is none of {[action.text() for action in menu.actions()]}")
        while menu.activeAction() is not action:
            QTest.keyClick(menu, Qt.Key.Key_Down)
        QTest.keyClick(menu, Qt.Key.Key_Return)
    settle()


def settle() -> None:
    """Let everything that was put off happen."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()


def widgets_in(widget: QWidget) -> int:
    """How many widgets there are inside one."""
    settle()
    return len(widget.findChildren(QWidget))
