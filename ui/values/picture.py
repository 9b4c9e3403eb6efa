"""A picture from the folders that workflows may read, or from anywhere: then it is copied there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from nodeflow.node.spec import InputSpec
from ui.theme.icons import glyph, icon_font
from ui.theme.theme import theme_of
from ui.values.choices import picture_path
from ui.values.files import ask_for_picture, name_of
from ui.values.pick import PickEditor
from ui.values.thumbnails import THUMBNAILS, draw_thumbnail
from ui.widgets.parts import IconButton

if TYPE_CHECKING:
    from ui.desk import Desk

SIDE = 48


class Thumbnail(QAbstractButton):
    """A small picture that can be clicked.

    Args:
        tip: What a click does.
    """

    def __init__(self, tip: str) -> None:
        super().__init__()
        self.path: Path | None = None
        self.setToolTip(tip)
        self.setAccessibleName(tip)
        self.setFixedSize(SIDE, SIDE)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        THUMBNAILS.ready.connect(self.update)

    def show_picture(self, path: Path | None) -> None:
        """Show another picture, or none."""
        self.path = path
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """A square."""
        return QSize(SIDE, SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002 - Qt's name
        """Draw the picture, or a sign that there is none."""
        colors = theme_of(self).colors
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colors.field))
        painter.drawRoundedRect(box, 4, 4)
        if self.path is None or not draw_thumbnail(painter, self.path, box, rounding=4):
            painter.setFont(icon_font(20))
            painter.setPen(QColor(colors.text_muted))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, glyph("image"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(colors.accent if self.underMouse() else colors.line), 1))
        painter.drawRoundedRect(box, 4, 4)


class PictureEditor(PickEditor):
    """Edits which picture is used.

    Attributes:
        thumbnail: The picture.
        browse: Asks for a file.
        dialog: What asks for it, while it is open.
    """

    least = (280, 56)

    def __init__(self, spec: InputSpec, desk: Desk, *, compact: bool = True) -> None:
        super().__init__(spec, desk, compact=compact)
        self._row.insertWidget(0, self.thumbnail)
        self.thumbnail.clicked.connect(lambda _checked: self.open())

    def _more(self) -> list[QWidget]:
        self.thumbnail = Thumbnail(self.tr("Choose a picture"))
        self.browse = IconButton("folder-open", self.tr("Choose a file…"), self._ask)
        return [self.browse]

    def _show(self) -> None:
        super()._show()
        known = isinstance(self._value, str)
        self.thumbnail.show_picture(picture_path(self.desk, self._value, self.document) if known else None)

    def _ask(self) -> None:
        self.dialog = ask_for_picture(self, self.desk, self._take_file)

    def _take_file(self, path: Path) -> None:
        try:
            self._take(name_of(path, self.desk, self.document))
        except ValueError as error:
            self.complain(str(error))
