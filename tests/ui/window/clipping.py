"""Walks over the widgets of a window and says what is cut off, covered, or too small to hit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QComboBox,
    QDockWidget,
    QGraphicsView,
    QGroupBox,
    QLabel,
    QLineEdit,
    QMenu,
    QMenuBar,
    QPlainTextEdit,
    QScrollArea,
    QScrollBar,
    QTabBar,
    QToolBar,
    QWidget,
)

LEAST = 20
"""How wide and high everything is that can be clicked."""
ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
LINE_PADDING = 2 * 8
"""What frame and padding take of a line of text."""


def faults_in(root: QWidget) -> list[str]:
    """What is wrong with a visible widget and everything inside it."""
    found = list(_on_screen(root)) if root.isWindow() else []
    for widget in (root, *root.findChildren(QWidget)):
        if widget.isVisible() and widget.window() is root.window() and not _put_away(widget):
            for check in (_text, _room, _scrolling, _hit, _siblings):
                found += [f"{_name(widget)}: {fault}" for fault in check(widget)]
    return found


def _name(widget: QWidget) -> str:
    """A widget as one finds it in the sources."""
    parts: list[str] = []
    at: QWidget | None = widget
    while at is not None and len(parts) < 4:
        text = getattr(at, "text", None)
        label = (text() if callable(text) else "") or at.accessibleName() or at.objectName()
        parts.append(type(at).__name__ + (f" “{label[:40]}”" if label else ""))
        at = at.parentWidget()
    return " in ".join(parts)


def _on_screen(window: QWidget) -> Iterator[str]:
    screen = window.screen().availableGeometry()
    if not screen.contains(window.frameGeometry()):
        yield f"{_name(window)}: {window.frameGeometry()} leaves the screen"
    if isinstance(window, QMenu):
        shown = [action for action in window.actions() if action.isVisible() and not action.isSeparator()]
        if len({window.actionGeometry(action).left() for action in shown}) > 1:
            yield f"{_name(window)}: is too long for one column"


def _text(widget: QWidget) -> Iterator[str]:
    """Text that does not fit, unless it is shortened and the tip says all of it."""
    match widget:
        case QLabel() if widget.text():
            yield from _label(widget)
        case QAbstractButton() if widget.text():
            yield from _button(widget)
        case QTabBar():
            yield from _tabs(widget)
        case QLineEdit() if not widget.text() and widget.placeholderText():
            need = widget.fontMetrics().horizontalAdvance(widget.placeholderText()) + LINE_PADDING
            if need > widget.width():
                yield f"needs {need} of {widget.width()} for “{widget.placeholderText()}”"
        case QComboBox() | QGroupBox() if widget.sizeHint().width() > widget.width():
            yield f"needs {widget.sizeHint().width()} of {widget.width()}"


def _label(label: QLabel) -> Iterator[str]:
    size, need = label.size(), label.sizeHint()
    if label.wordWrap():
        need.setWidth(min(need.width(), label.minimumSizeHint().width()))
        need.setHeight(label.heightForWidth(size.width()))
    cut = need.width() > size.width() or need.height() > size.height()
    if cut and label.text() not in label.toolTip():
        yield f"has {_size(size)}, needs {_size(need)}"


def _button(button: QAbstractButton) -> Iterator[str]:
    if ELLIPSIS in button.text()[:-1] or getattr(button, "whole_text", button.text()) != button.text():
        if not button.toolTip():
            yield f"is shortened to “{button.text()}” and no tip says all of it"
        return
    need, size = button.sizeHint(), button.size()
    if button.hasHeightForWidth():
        need.setHeight(button.heightForWidth(size.width()))
    shortened = button.text() in button.toolTip() and need.height() <= size.height()
    if (need.width() > size.width() or need.height() > size.height()) and not shortened:
        yield f"has {_size(size)}, needs {_size(need)}"


def _tabs(bar: QTabBar) -> Iterator[str]:
    for index in range(bar.count()):
        room, need = bar.tabRect(index), bar.fontMetrics().horizontalAdvance(bar.tabText(index))
        if need > room.width() and bar.tabText(index) not in bar.tabToolTip(index):
            yield f"tab “{bar.tabText(index)}” has {room.width()}, needs {need}"
        if room.height() < LEAST:
            yield f"tab “{bar.tabText(index)}” is {room.height()} high"


def _room(widget: QWidget) -> Iterator[str]:
    """A widget that leaves its parent; what scrolls may do so, up and down."""
    parent = widget.parentWidget()
    if parent is None or widget.isWindow() or _belongs_to_qt(widget):
        return
    room, place = parent.rect(), widget.geometry()
    area = parent.parentWidget()
    if isinstance(area, QScrollArea) and area.widget() is widget:
        if place.width() > room.width():
            yield f"is {place.width()} wide, of which {room.width()} are seen"
        return
    if not room.contains(place) and not place.isEmpty():
        yield f"{_plain(place)} leaves {_plain(room)}"
    layout = widget.layout()
    if layout is None or place.isEmpty():
        return
    least, wraps = layout.minimumSize(), layout.hasHeightForWidth()
    if wraps:
        least.setHeight(layout.minimumHeightForWidth(place.width()))
    if least.width() > place.width() or least.height() > place.height():
        yield f"has {_size(place.size())}, its parts need {_size(least)}"


def _scrolling(widget: QWidget) -> Iterator[str]:
    """Nothing scrolls sideways but a canvas; no bar has a menu for what does not fit."""
    wraps = isinstance(widget, QPlainTextEdit) and widget.lineWrapMode() != QPlainTextEdit.LineWrapMode.NoWrap
    if isinstance(widget, QAbstractScrollArea) and not isinstance(widget, QGraphicsView) and not wraps:
        bar = widget.horizontalScrollBar()
        if bar.maximum() > bar.minimum():
            yield f"scrolls sideways by {bar.maximum() - bar.minimum()}"
    if isinstance(widget, QToolBar | QMenuBar):
        more = widget.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        if any(child.isVisible() and child.objectName().endswith("ext_button") for child in more):
            yield "has more than it has room for"


def _hit(widget: QWidget) -> Iterator[str]:
    clicked = isinstance(widget, QAbstractButton | QLineEdit | QComboBox)
    if clicked and not _belongs_to_qt(widget) and min(widget.width(), widget.height()) < LEAST:
        yield f"is {_size(widget.size())}, too small to hit"


def _siblings(parent: QWidget) -> Iterator[str]:
    """Children that cover each other; what floats over a canvas or belongs to Qt may."""
    over = parent if isinstance(parent, QAbstractScrollArea) else parent.parentWidget()
    if isinstance(over, QGraphicsView) or isinstance(parent, QAbstractScrollArea | QTabBar):
        return
    children = [
        child
        for child in parent.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        if child.isVisible() and not child.isWindow() and not _belongs_to_qt(child) and not _put_away(child)
    ]
    for one, other in combinations(children, 2):
        shared = one.geometry().intersected(other.geometry())
        if not shared.isEmpty():
            yield f"{_name(one)} and {_name(other)} cover each other by {_plain(shared)}"


def _put_away(widget: QWidget) -> bool:
    """Whether it is in a dock that lies below others; Qt keeps those far beyond the window's edge."""
    at: QWidget | None = widget
    while at is not None and not isinstance(at, QDockWidget):
        at = at.parentWidget()
    return at is not None and not at.isFloating() and at.geometry().right() < 0


def _belongs_to_qt(widget: QWidget) -> bool:
    """Parts of Qt's own that nobody lays out: rubber bands, size grips, arrows beside tabs."""
    kinds: tuple[Callable[[], bool], ...] = (
        lambda: widget.objectName().startswith("qt_"),
        lambda: isinstance(widget, QScrollBar),
        lambda: isinstance(widget.parentWidget(), QTabBar | QLineEdit),
        lambda: widget.metaObject().className().startswith(("QRubberBand", "QSizeGrip", "QMainWindowTabBar")),
    )
    return any(kind() for kind in kinds)


def _size(size: QSize) -> str:
    return f"{size.width()}x{size.height()}"


def _plain(rect: QRect) -> str:
    return f"({rect.x()}, {rect.y()}, {_size(rect.size())})"
