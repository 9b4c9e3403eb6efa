"""Records a key: it is pressed, not typed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QPushButton, QWidget

_MODIFIERS = (
    Qt.Key.Key_Control,
    Qt.Key.Key_Shift,
    Qt.Key.Key_Alt,
    Qt.Key.Key_AltGr,
    Qt.Key.Key_Meta,
    Qt.Key.Key_CapsLock,
    Qt.Key.Key_NumLock,
    Qt.Key.Key_unknown,
)


class KeyRecorder(QPushButton):
    """A button that listens for a key once it is pressed. Escape gives up."""

    recorded = Signal(str)
    """The key, in Qt's portable writing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setAutoDefault(False)
        self.toggled.connect(self._show)
        self._show(False)

    def _show(self, listening: bool) -> None:
        self.setText(self.tr("Press the new keys…") if listening else self.tr("Add a key…"))

    def listen(self) -> None:
        """Listen for a key."""
        self.setFocus()
        self.setChecked(True)

    def event(self, event: QEvent) -> bool:
        """While it listens, every key is meant for it: also Tab, and those of the window."""
        if self.isChecked() and isinstance(event, QKeyEvent):
            if event.type() is QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() is QEvent.Type.KeyPress:
                self._take(event)
                return True
        return super().event(event)

    def _take(self, event: QKeyEvent) -> None:
        if event.key() in _MODIFIERS:
            return
        self.setChecked(False)
        if event.key() != Qt.Key.Key_Escape:
            keys = event.keyCombination()
            plain = Qt.KeyboardModifier(keys.keyboardModifiers() & ~Qt.KeyboardModifier.KeypadModifier)
            sequence = QKeySequence(event.key() | plain.value)
            self.recorded.emit(sequence.toString(QKeySequence.SequenceFormat.PortableText))

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Who looks elsewhere wants to record no more."""
        self.setChecked(False)
        super().focusOutEvent(event)
