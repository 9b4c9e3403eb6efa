"""What every editor of a value offers, and which editor an input gets."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nodeflow.document.values import JSONValue
from nodeflow.node.spec import InputSpec
from ui.canvas.fields import FieldKind, field_kind
from ui.sentences import as_sentence
from ui.theme.metrics import SPACE
from ui.values.looks import HEIGHT
from ui.widgets.parts import IconButton, Words

if TYPE_CHECKING:
    from ui.desk import Desk

_EDITORS = {
    FieldKind.NUMBER: "number:NumberEditor",
    FieldKind.SLIDER: "number:NumberEditor",
    FieldKind.SEED: "seed:SeedEditor",
    FieldKind.TOGGLE: "toggle:ToggleEditor",
    FieldKind.CHOICE: "pick:PickEditor",
    FieldKind.MODEL: "pick:PickEditor",
    FieldKind.PICTURE: "picture:PictureEditor",
    FieldKind.TEXT: "text:TextEditor",
    FieldKind.PROMPT: "prompt:PromptEditor",
    FieldKind.CURVE: "curve:CurveEditor",
    FieldKind.COLOR: "color:ColorEditor",
    FieldKind.MASK: "mask:MaskEditor",
}
"""Module and class; an editor is imported when it is first needed."""


class ValueEditor(QWidget):
    """Shows a value and lets one change it.

    Subclasses show in `_show` what is held, and call `_tell` for every change.

    Args:
        spec: What is edited.
        desk: What all open documents share.
        compact: Whether it is to be one row in a narrow panel.

    Attributes:
        picks: Whether one choice is all there is to it.
        many_lines: Whether Enter begins a new line, so that Ctrl+Enter ends typing.
        least: The width and height that it needs over a field of the canvas.
        none: Sets the value to none; only where that is allowed.
    """

    edited = Signal(object, bool)
    """A new value, and whether more follow at once, as while dragging."""

    left = Signal()
    """Nothing was chosen."""

    picks = False
    many_lines = False
    least = (120, 22)

    def __init__(self, spec: InputSpec, desk: Desk, *, compact: bool = True) -> None:
        super().__init__()
        self.spec, self.desk, self.compact = spec, desk, compact
        self.mixed = False
        self._value: JSONValue = None
        self._going = False
        self._wrong: Words | None = None
        self._row = QHBoxLayout()
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(SPACE.half)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACE.hair)
        self._column.addLayout(self._row)
        self.none: IconButton | None = None

    def _hold(self, *widgets: QWidget) -> None:
        """Lay out the parts side by side; the first takes the room and the keyboard."""
        for number, widget in enumerate(widgets):
            self._row.addWidget(widget, 0 if number else 1)
        self.setFocusProxy(widgets[0])
        if self.spec.optional:
            self.none = IconButton("x", self.tr("Set to none"), lambda: self._tell(None))
            self._row.addWidget(self.none)
            self.none.hide()

    def setAccessibleName(self, name: str) -> None:  # noqa: N802 - Qt's name
        """Name it, and the part of it that gets the keyboard."""
        super().setAccessibleName(name)
        part = self.focusProxy()
        if part is not None:
            part.setAccessibleName(name)

    @property
    def value(self) -> JSONValue:
        """What is held; what is being typed counts when it is finished."""
        return self._value

    def set_value(self, value: JSONValue) -> None:
        """Show a value. Nobody is told."""
        self._value, self.mixed = value, False
        self._refresh()

    def set_mixed(self) -> None:
        """Show that there are several values."""
        self._value, self.mixed = None, True
        self._refresh()

    def _refresh(self) -> None:
        self.complain("")
        if self.none is not None:
            self.none.setVisible(self._value is not None or self.mixed)
        self._show()

    def _show(self) -> None:
        """Show what is held."""

    def heed(self) -> None:
        """Follow what else the node says, where that matters to what is shown."""

    @property
    def is_tall(self) -> bool:
        """Whether it has more than one row."""
        return self.least[1] > HEIGHT

    def keeps(self, _part: QWidget, _event: QKeyEvent) -> bool:
        """Whether a part of it needs a key that would otherwise end editing or go on to the next field."""
        return False

    def begin(self) -> None:
        """Begin to edit at once, as over a field of the canvas."""
        self.setFocus()

    def finish(self) -> None:
        """Take what is being typed as the value, without telling anybody.

        Raises:
            ValueError: Saying in a few words what is wrong with it.
        """

    def _tell(self, value: JSONValue, going: bool = False) -> None:
        """Hold a new value and say so."""
        self._going = going
        self._value, self.mixed = value, False
        self._refresh()
        self.edited.emit(value, going)

    def _settle(self) -> None:
        """Nothing more follows: what was told last is final."""
        if self._going:
            self._going = False
            self.edited.emit(self._value, False)

    def complain(self, text: str) -> None:
        """Say what is wrong with what was entered; an empty text takes that back."""
        if self._wrong is None:
            if not text:
                return
            self._wrong = Words(tone="error")
            self._column.addWidget(self._wrong)
        self._wrong.say(as_sentence(text))


def make_editor(spec: InputSpec, desk: Desk, *, compact: bool = True) -> ValueEditor:
    """The editor that suits an input.

    Args:
        spec: What is edited; not one of `FieldKind.NONE`.
        desk: What all open documents share.
        compact: Whether it is to be one row in a narrow panel.
    """
    module, name = _EDITORS[field_kind(spec)].split(":")
    make: Any = getattr(import_module(f"ui.values.{module}"), name)
    return cast(ValueEditor, make(spec, desk, compact=compact))
