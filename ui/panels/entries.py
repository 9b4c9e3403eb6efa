"""A short list whose lines are put in order, renamed and removed, by mouse and by keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from ui.panels.name_edit import NameEdit
from ui.theme.icons import icon
from ui.theme.metrics import SPACE
from ui.theme.theme import theme_of
from ui.widgets.parts import RESTYLED, Elided, IconButton, taken

Key = Qt.Key
STEPS = {Key.Key_Up: -1, Key.Key_Down: 1}


@dataclass(frozen=True)
class Line:
    """One line.

    Attributes:
        key: What tells it from the others.
        name: What it is called.
        note: What else is said of it.
        icon: The name and colour of an icon.
        tip: What the line says under the pointer.
    """

    key: str
    name: str
    note: str = ""
    icon: tuple[str, str] = ("", "")
    tip: str = ""


class Handle(QLabel):
    """Where a line is taken hold of to drag it."""

    dragged = Signal(int)
    """How far down on the screen the pointer is."""
    dropped = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(SPACE.two, SPACE.three)
        self.setCursor(Qt.CursorShape.SizeVerCursor)
        self.setToolTip(self.tr("Drag to move; or press Alt+Up and Alt+Down"))
        self._draw()

    def _draw(self) -> None:
        self.setPixmap(icon("dots-six-vertical-bold", theme_of(self).colors.text_muted).pixmap(14, 14))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Take hold."""
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Drag."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.dragged.emit(event.globalPosition().toPoint().y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802, ARG002 - Qt's name
        """Let go."""
        self.dropped.emit()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() in RESTYLED:
            self._draw()


class Entry(QWidget):
    """One line: F2 renames it, Delete removes it, Alt with an arrow moves it, an arrow goes on.

    Attributes:
        name: Its name, edited in place.
        remove: The button that takes it away.
        handle: Where it is dragged.
    """

    stepped = Signal(int)
    moved = Signal(int)

    def __init__(self, line: Line, remove_tip: str) -> None:
        super().__init__()
        self.line = line
        self.handle, self.name = Handle(), NameEdit(self.tr("Name"))
        self.name.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.remove = IconButton("x", remove_tip)
        self._mark, self._note = QLabel(), Elided()
        self.name.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._note.setForegroundRole(self.palette().ColorRole.PlaceholderText)
        self._note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE.hair, SPACE.hair, SPACE.hair, SPACE.hair)
        layout.setSpacing(SPACE.half)
        layout.addWidget(self.handle)
        layout.addWidget(self._mark)
        layout.addWidget(self.name)
        layout.addWidget(self._note, 1)
        layout.addWidget(self.remove)
        self.show_line(line)

    def show_line(self, line: Line) -> None:
        """Show this line."""
        self.line = line
        self.name.show_name(line.name)
        self.setAccessibleName(f"{line.name}, {line.note}" if line.note else line.name)
        self.setToolTip(line.tip)
        self._note.show_text(line.note)
        self._note.setVisible(bool(line.note))
        name, color = line.icon
        self._mark.setVisible(bool(name))
        if name:
            self._mark.setPixmap(icon(name, color).pixmap(14, 14))

    def event(self, event: QEvent) -> bool:
        """Our keys come before shortcuts of the window."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.ShortcutOverride:
            alt = event.modifiers() == Qt.KeyboardModifier.AltModifier and event.key() in STEPS
            if alt or taken(event, (Key.Key_F2, Key.Key_Delete, Key.Key_Return, *STEPS)):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Move, rename, remove, go on."""
        alt = event.modifiers() == Qt.KeyboardModifier.AltModifier
        key = Key(event.key())
        if key in STEPS:
            (self.moved if alt else self.stepped).emit(STEPS[key])
        elif key in (Key.Key_F2, Key.Key_Return):
            self.name.edit()
        elif key == Key.Key_Delete:
            self.remove.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002 - Qt's name
        """A frame shows where the keyboard is."""
        if self.hasFocus():
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme_of(self).colors.accent))
            painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Show the frame."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Hide the frame."""
        super().focusOutEvent(event)
        self.update()


class Entries(QWidget):
    """Lines one below the other.

    Args:
        remove_tip: What taking a line away means.

    Attributes:
        rows: The lines, from the top.
    """

    renamed = Signal(str, str)
    removed = Signal(str)
    moved = Signal(str, int)
    """A line's key, and its new place among the others."""

    def __init__(self, remove_tip: str) -> None:
        super().__init__()
        self.rows: list[Entry] = []
        self._tip = remove_tip
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show these; who has the keyboard keeps it."""
        known = {row.line.key: row for row in self.rows}
        spare = [row for row in self.rows if row.line.key not in {line.key for line in lines}]
        held = next((number for number, row in enumerate(self.rows) if row.hasFocus()), None)
        rows = [known.get(line.key) or (spare.pop(0) if spare else self._made(line)) for line in lines]
        for row in spare:
            self._layout.removeWidget(row)
            row.hide()
            row.deleteLater()
        for number, (row, line) in enumerate(zip(rows, lines, strict=True)):
            if self._layout.indexOf(row) != number:
                self._layout.insertWidget(number, row)
            if row.line != line:
                row.show_line(line)
        self.rows = rows
        if held is not None and rows and not any(row.hasFocus() for row in rows):
            rows[min(held, len(rows) - 1)].setFocus()

    def _made(self, line: Line) -> Entry:
        row = Entry(line, self._tip)
        row.name.renamed.connect(lambda text: self.renamed.emit(row.line.key, text))
        row.remove.clicked.connect(lambda: self.removed.emit(row.line.key))
        row.stepped.connect(partial(self._step, row))
        row.moved.connect(partial(self._move, row))
        row.handle.dragged.connect(partial(self._drag, row))
        row.handle.dropped.connect(partial(self._drop, row))
        return row

    def _step(self, row: Entry, step: int) -> None:
        place = self.rows.index(row) + step
        if 0 <= place < len(self.rows):
            self.rows[place].setFocus()

    def _move(self, row: Entry, step: int) -> None:
        place = self.rows.index(row) + step
        if 0 <= place < len(self.rows):
            self.moved.emit(row.line.key, place)

    def _drag(self, row: Entry, y: int) -> None:
        """Let the line lie where the pointer is; nobody is told yet."""
        down = y - self.mapToGlobal(self.rect().topLeft()).y()
        place = min(max(down // max(row.height(), 1), 0), len(self.rows) - 1)
        if self._layout.indexOf(row) != place:
            self._layout.removeWidget(row)
            self._layout.insertWidget(place, row)

    def _drop(self, row: Entry) -> None:
        place = self._layout.indexOf(row)
        if place != self.rows.index(row):
            self.moved.emit(row.line.key, place)
