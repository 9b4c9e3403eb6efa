"""The rows of the list of problems, and how they are painted."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from nodeflow.errors import ExitCode
from ui.canvas.fields import label_text
from ui.document.problems import Fault
from ui.sentences import as_sentence
from ui.theme.icons import icon
from ui.theme.metrics import SPACE
from ui.theme.theme import theme_of
from ui.widgets.breaking import breakable
from ui.widgets.parts import taken, titled

Index = QModelIndex | QPersistentModelIndex
ICON = SPACE.two
WRAP = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop


def place_text(fault: Fault) -> str:
    """Where a problem lies: `portrait/sampler · Steps`."""
    path = "/".join((*fault.scope.path, fault.node)) if fault.node else ""
    name = fault.problem.input
    return " · ".join(part for part in (path, label_text(name) if name else "") if part)


def message_text(fault: Fault) -> str:
    """What is wrong, as a sentence."""
    return as_sentence(fault.problem.message)


class ProblemModel(QAbstractListModel):
    """The problems of a document."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.faults: tuple[Fault, ...] = ()

    def show(self, faults: tuple[Fault, ...]) -> None:
        """Show these; rows that stay keep their place and the selection."""
        wanted = set(faults)
        for number in reversed(range(len(self.faults))):
            if self.faults[number] not in wanted:
                self.beginRemoveRows(QModelIndex(), number, number)
                self.faults = self.faults[:number] + self.faults[number + 1 :]
                self.endRemoveRows()
        for number, fault in enumerate(faults):
            if number < len(self.faults) and self.faults[number] == fault:
                continue
            if fault in self.faults:  # in another order: rare, and not worth moving
                self.beginResetModel()
                self.faults = faults
                self.endResetModel()
                return
            self.beginInsertRows(QModelIndex(), number, number)
            self.faults = (*self.faults[:number], fault, *self.faults[number:])
            self.endInsertRows()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's name
        """How many there are."""
        return 0 if parent.isValid() else len(self.faults)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a row says."""
        if not index.isValid():
            return None
        fault = self.faults[index.row()]
        words = [place_text(fault), message_text(fault), fault.problem.advice or ""]
        if role == Qt.ItemDataRole.DisplayRole:
            return words[1]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ". ".join(word for word in words if word)
        if role == Qt.ItemDataRole.UserRole:
            return fault
        return None


class ProblemDelegate(QStyledItemDelegate):
    """Paints where a problem lies, what it is, and what to do, as many lines as that takes."""

    def __init__(self, view: QListView) -> None:
        super().__init__(view)
        self._view = view

    def _lines(self, index: Index) -> list[tuple[str, str, bool]]:
        """Texts from the top, with their colour and whether they are bold."""
        fault: Fault = index.data(Qt.ItemDataRole.UserRole)
        lines = [
            (place_text(fault), "text_muted", False),
            (message_text(fault), "text", True),
            (fault.problem.advice or "", "text_muted", False),
        ]
        return [line for line in lines if line[0]]

    def _metrics(self, *, bold: bool) -> QFontMetrics:
        font = self._view.font()
        return QFontMetrics(titled(font) if bold else font)

    def _height(self, text: str, width: int, *, bold: bool) -> int:
        room = QRect(0, 0, width, 10_000)
        return self._metrics(bold=bold).boundingRect(room, int(WRAP), breakable(text)).height()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002, N802 - Qt's name
        """As high as the lines are at the width of the list."""
        width = self._view.viewport().width()
        inner = width - 3 * SPACE.one - ICON
        heights = [self._height(text, inner, bold=bold) for text, _, bold in self._lines(index)]
        return QSize(width, sum(heights) + SPACE.hair * (len(heights) - 1) + 2 * SPACE.one)

    def paint(self, painter: QPainter, option: Any, index: Index) -> None:
        """Paint a row."""
        colors = theme_of(self._view).colors
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        if selected or hovered:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colors.fill if selected else colors.field_hover))
            painter.drawRoundedRect(option.rect.adjusted(2, 1, -2, -1), 4, 4)
        fault: Fault = index.data(Qt.ItemDataRole.UserRole)
        box = option.rect.adjusted(SPACE.one, SPACE.one, -SPACE.one, -SPACE.one)
        missing = fault.problem.code is ExitCode.MISSING_FILE
        name, tone = ("file-x", colors.warning) if missing else ("warning-circle-fill", colors.error)
        icon(name, tone).paint(painter, box.left(), box.top(), ICON, ICON)
        self._write(painter, box.adjusted(ICON + SPACE.one, 0, 0, 0), index)
        painter.restore()

    def _write(self, painter: QPainter, box: QRect, index: Index) -> None:
        colors = theme_of(self._view).colors
        for text, tone, bold in self._lines(index):
            painter.setFont(titled(self._view.font()) if bold else self._view.font())
            painter.setPen(QColor(getattr(colors, tone)))
            painter.drawText(box, int(WRAP), breakable(text))
            box.setTop(box.top() + self._height(text, box.width(), bold=bold) + SPACE.hair)


class ProblemList(QListView):
    """A list whose rows wrap anew when it gets another width."""

    def resizeEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        """Lay the rows out anew."""
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()

    def event(self, event: QEvent) -> bool:
        """Enter is ours, not a button's of the window."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.ShortcutOverride:
            return taken(event, (Qt.Key.Key_Return, Qt.Key.Key_Enter)) or super().event(event)
        return super().event(event)
