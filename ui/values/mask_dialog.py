"""The window in which a mask is painted."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QKeySequence, QPalette, QShortcut
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from nodeflow.node.annotations import Range
from nodeflow.node.sockets import socket_of
from nodeflow.node.spec import InputSpec
from ui.theme.metrics import SPACE
from ui.values.looks import HEIGHT
from ui.values.mask_canvas import GROW, LARGEST, SMALLEST, MaskCanvas
from ui.values.mask_paint import MaskPaint
from ui.values.number_field import NumberField
from ui.widgets.parts import IconButton


class MaskDialog(QDialog):
    """Paints a mask over a picture.

    Args:
        painting: What is painted on.
        picture: What lies below; null: neutral grey.
        parent: What it belongs to.

    Attributes:
        canvas: Where one paints.
    """

    painted = Signal(object)
    """The finished mask, a `QImage`."""

    def __init__(self, painting: MaskPaint, picture: QImage, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Paint a mask"))
        self.canvas = MaskCanvas(painting, picture)
        self._make_tools()
        self._make_keys()
        hint = QLabel(
            self.tr("Right button erases · Wheel sizes the brush · Ctrl+wheel zooms · Space moves the view")
        )
        hint.setObjectName("muted")
        hint.setWordWrap(True)
        buttons = QDialogButtonBox()
        self.use = buttons.addButton(self.tr("Use mask"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.use.setDefault(True)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        foot = QHBoxLayout()
        foot.setContentsMargins(SPACE.two, SPACE.one, SPACE.two, SPACE.two)
        foot.setSpacing(SPACE.two)
        foot.addWidget(hint, 1)
        foot.addWidget(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._tools)
        column.addWidget(self.canvas, 1)
        column.addLayout(foot)
        self.accepted.connect(lambda: self.painted.emit(self.canvas.painting.image.copy()))
        self.canvas.changed.connect(self._show_state)
        self.canvas.brushed.connect(self._show_state)
        self._show_state()
        self.canvas.setFocus()

    def wait(self) -> None:
        """Picture and mask are being read; until `begin`, one can only cancel."""
        self._allow(painting=False)
        self.canvas.say(self.tr("Reading the picture…"))

    def begin(self, read: tuple[MaskPaint, QImage]) -> None:
        """Paint on the mask and over the picture that have been read."""
        self.canvas.take(*read)
        self._allow(painting=True)
        self.use.setDefault(True)  # Cancel had the keyboard meanwhile
        self.canvas.setFocus()
        self._show_state()

    def _allow(self, *, painting: bool) -> None:
        for part in (self._tools, self.canvas, self.use):
            part.setEnabled(painting)

    def _make_tools(self) -> None:
        canvas, number = self.canvas, socket_of(float)
        self._tools = QWidget()
        row = QHBoxLayout(self._tools)
        row.setContentsMargins(SPACE.two, SPACE.one, SPACE.two, SPACE.one)
        row.setSpacing(SPACE.half)
        self.paint = IconButton("paint-brush", self.tr("Paint (X)"), lambda: canvas.set_erase(False))
        self.erase = IconButton("eraser", self.tr("Erase (X)"), lambda: canvas.set_erase(True))
        for button in (self.paint, self.erase):
            button.setCheckable(True)
        size = Range(SMALLEST, LARGEST, step=1, slider=(SMALLEST, 256))
        self.brush_size = NumberField(InputSpec("size", number, False, widget=size))
        self.hardness = NumberField(InputSpec("hardness", number, False, widget=Range(0, 1, step=0.05)))
        self.brush_size.slid.connect(lambda value, _going: canvas.set_size(value))
        self.brush_size.typed.connect(canvas.set_size)
        self.hardness.slid.connect(lambda value, _going: canvas.set_hardness(value))
        self.hardness.typed.connect(canvas.set_hardness)
        self.undo = IconButton("arrow-counter-clockwise", self.tr("Undo (Ctrl+Z)"), canvas.undo)
        self.redo = IconButton("arrow-clockwise", self.tr("Do again (Ctrl+Shift+Z)"), canvas.redo)
        self.fill = IconButton("paint-bucket", self.tr("Mask everything (F)"), lambda: canvas.fill(255))
        self.invert = IconButton("selection-inverse", self.tr("Invert (I)"), canvas.invert)
        self.clear = IconButton("trash", self.tr("Mask nothing (C)"), lambda: canvas.fill(0))
        self.fit = IconButton("corners-out", self.tr("Show everything (0)"), canvas.fit)
        groups: list[list[QWidget]] = [
            [self.paint, self.erase],
            [_named(self.tr("Size"), self.brush_size), _named(self.tr("Hardness"), self.hardness)],
            [self.fill, self.invert, self.clear],
            [self.undo, self.redo],
            [self.fit],
        ]
        for number_of, group in enumerate(groups):
            if number_of:
                row.addWidget(_divider())
            for widget in group:
                row.addWidget(widget)
        row.addStretch(1)

    def _make_keys(self) -> None:
        canvas = self.canvas
        keys = {
            "Ctrl+Z": canvas.undo,
            "Ctrl+Shift+Z": canvas.redo,
            "Ctrl+Y": canvas.redo,
            "X": lambda: canvas.set_erase(not canvas.brush.erase),
            "F": lambda: canvas.fill(255),
            "I": canvas.invert,
            "C": lambda: canvas.fill(0),
            "0": canvas.fit,
            "[": lambda: canvas.set_size(canvas.brush.size / GROW),
            "]": lambda: canvas.set_size(canvas.brush.size * GROW),
            "{": lambda: canvas.set_hardness(canvas.brush.hardness - 0.05),
            "}": lambda: canvas.set_hardness(canvas.brush.hardness + 0.05),
            "Ctrl++": lambda: canvas.zoom_by(1.25),
            "Ctrl+-": lambda: canvas.zoom_by(0.8),
        }
        for key, do in keys.items():
            shortcut = QShortcut(QKeySequence(key), canvas)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(do)

    def _show_state(self) -> None:
        canvas = self.canvas
        self.paint.setChecked(not canvas.brush.erase)
        self.erase.setChecked(canvas.brush.erase)
        self.brush_size.show_value(canvas.brush.size, f"{canvas.brush.size:.0f} px")
        self.hardness.show_value(round(canvas.brush.hardness, 2), f"{canvas.brush.hardness:.0%}")
        self.undo.setEnabled(canvas.painting.can_undo)
        self.redo.setEnabled(canvas.painting.can_redo)


def _named(name: str, field: NumberField) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(SPACE.half, 0, SPACE.half, 0)
    row.setSpacing(SPACE.half)
    label = QLabel(name)
    label.setObjectName("muted")
    field.setAccessibleName(name)
    field.setFixedWidth(96)
    row.addWidget(label)
    row.addWidget(field)
    return holder


def _divider() -> QWidget:
    line = QWidget()
    line.setFixedSize(1 + 2 * SPACE.half, HEIGHT - SPACE.one)
    inside = QWidget(line)
    inside.setGeometry(SPACE.half, 0, 1, HEIGHT - SPACE.one)
    inside.setAutoFillBackground(True)
    inside.setBackgroundRole(QPalette.ColorRole.Mid)
    return line
