"""A prompt: its text, how many tokens it is, and presets."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from nodeflow.node.spec import InputSpec
from nodeflow.prompts import CHUNK, Syntax
from ui.theme.metrics import SPACE
from ui.values.editor import ValueEditor
from ui.values.preset_menu import PresetButton
from ui.values.prompt_text import PromptText
from ui.values.tokens import COUNTER

if TYPE_CHECKING:
    from ui.desk import Desk


class PromptEditor(ValueEditor):
    """Edits a prompt. Everybody is told while one types; a pause elsewhere ends the step.

    Attributes:
        text: Where it is typed.
        count: Says how long it is.
        presets: Offers prompts that were kept.
        syntax: Says how the prompt is read.
    """

    many_lines = True
    least = (360, 160)

    def __init__(self, spec: InputSpec, desk: Desk, *, compact: bool = True) -> None:
        super().__init__(spec, desk, compact=compact)
        self._showing = False
        self.syntax: Callable[[], Syntax] = lambda: Syntax.A1111
        self.text = PromptText()
        self.text.textChanged.connect(self._typed)
        self.text.weighed.connect(self._settle)
        self.text.left.connect(self._settle)
        if compact:
            self.text.setMinimumHeight(
                2 * SPACE.three
            )  # it has a place to fill; in forms it is as high as its text
        self._column.insertWidget(0, self.text, 1 if compact else 0)
        self.setFocusProxy(self.text)
        self.count = QLabel()
        self.count.setObjectName("muted")
        self.count.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.count.setToolTip(self.tr("SDXL's encoders read {0} tokens at once").format(CHUNK))
        self.presets = PresetButton(desk.folders, self.text)
        self.presets.refused.connect(self.complain)
        self._hold(self.count, self.presets)
        self.setFocusProxy(self.text)
        self._row.setContentsMargins(SPACE.half, 0, 0, 0)
        COUNTER.ready.connect(self._count)
        self._show()

    def _show(self) -> None:
        text = self._value if isinstance(self._value, str) else ""
        if self.text.toPlainText() != text:
            self._showing = True
            self.text.setPlainText(text)
            self._showing = False
        self.text.setPlaceholderText(self._hint())
        self._count()

    def heed(self) -> None:
        """Read the prompt in the syntax that its node says."""
        syntax = self.syntax()
        if syntax is not self.text.syntax:
            self._showing = True  # colouring counts as a change to Qt
            self.text.set_syntax(syntax)
            self._showing = False
            self._count()

    def _hint(self) -> str:
        if self.mixed:
            return self.tr("several values")
        return self.tr("none") if self.spec.optional and self._value is None else ""

    def _typed(self) -> None:
        """Colouring counts as a change to Qt, so that the text is compared."""
        text = self.text.toPlainText()
        if not self._showing and text != (self._value or ""):
            self._tell(text, True)

    def keeps(self, part: QWidget, event: QKeyEvent) -> bool:
        """Enter begins a new line, Ctrl+Enter does not."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        return part is self.text and enter and not event.modifiers() & Qt.KeyboardModifier.ControlModifier

    def begin(self) -> None:
        """Type over what is there."""
        self.text.setFocus()
        self.text.selectAll()

    def _count(self) -> None:
        found = COUNTER.count(self.text.toPlainText(), self.text.syntax)
        if found is None:
            self.count.clear()
            return
        text = self.tr("{0} / {1} tokens").format(found.tokens, CHUNK * found.chunks)
        if found.chunks > 1:
            text += f" ({found.chunks} \N{MULTIPLICATION SIGN} {CHUNK})"
        self.count.setText(text)
