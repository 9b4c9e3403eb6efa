"""What is wrong, in words, and buttons that mend it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.document.problems import Fault
from ui.panels.fix import Fix
from ui.panels.fixes import fixes
from ui.sentences import as_sentence
from ui.theme.metrics import SPACE
from ui.widgets.flow import Flow
from ui.widgets.parts import ShortButton, Words, clear

if TYPE_CHECKING:
    from ui.editing.editing import Editing


class FixButtons(QWidget):
    """A button for each way to mend something; nothing where there is none.

    Attributes:
        buttons: The buttons, the likeliest first.
    """

    def __init__(self) -> None:
        super().__init__()
        self.buttons: list[ShortButton] = []
        self._fixes: list[Fix] = []
        self.flow = Flow(self)

    def show_fixes(self, offered: Sequence[Fix]) -> None:
        """Offer these; buttons that say the same stay, but do what is right now."""
        said, self._fixes = [fix.text for fix in self._fixes], list(offered)
        if said != [fix.text for fix in offered]:
            clear(self.flow)
            self.buttons = [self._button(number) for number in range(len(offered))]
        self.setVisible(bool(offered))

    def _button(self, number: int) -> ShortButton:
        button = ShortButton(self._fixes[number].text, partial(self._do, number))
        self.flow.addWidget(button)
        return button

    def _do(self, number: int) -> None:
        self._fixes[number].do()


class Mending(QWidget):
    """Problems one below the other, and ways to mend the first.

    Attributes:
        words: What is wrong.
        offers: The buttons.
    """

    def __init__(self) -> None:
        super().__init__()
        self.words, self.offers = Words(tone="error"), FixButtons()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, SPACE.half)
        layout.setSpacing(SPACE.half)
        layout.addWidget(self.words)
        layout.addWidget(self.offers)
        self.hide()

    def show_faults(self, editing: Editing, faults: Sequence[Fault], more: Sequence[str] = ()) -> None:
        """Show these problems, and what else is known."""
        lines = [_sentence(fault.problem.message, fault.problem.advice) for fault in faults]
        self.words.say("\n".join([*lines, *more]))
        self.offers.show_fixes(fixes(editing, faults[0]) if faults else [])
        self.setVisible(bool(faults))


def _sentence(message: str, advice: str | None) -> str:
    return ". ".join(as_sentence(text) for text in (message, advice or "") if text)
