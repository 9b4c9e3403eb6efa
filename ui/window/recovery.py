"""After a crash: which documents have unsaved edits, to be recovered or given up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QDateTime, QLocale
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ui.theme import SPACE

if TYPE_CHECKING:
    from ui.document.recovery import Recovered


class RecoveryDialog(QDialog):
    """Lists documents that were not saved when the editor ended.

    Args:
        found: Those documents.
        reopen: Opens one again.
    """

    def __init__(
        self, found: Sequence[Recovered], reopen: Callable[[Recovered], object], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Unsaved work"))
        self._reopen = reopen
        self._rows: list[tuple[Recovered, QFrame]] = []
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(SPACE.three, SPACE.two, SPACE.three, SPACE.two)
        self._box.setSpacing(SPACE.one)
        title = QLabel(self.tr("Your unsaved work is still here"))
        title.setObjectName("large")
        words = QLabel(self.tr("nodeflow ended before these workflows were saved."))
        words.setObjectName("muted")
        self._box.addWidget(title)
        self._box.addWidget(words)
        for document in found:
            self._box.addWidget(self._row(document))
        self._box.addLayout(self._foot(len(found)))

    def _row(self, document: Recovered) -> QFrame:
        row = QFrame()
        row.setObjectName("row")
        name = QLabel(document.title)
        name.setObjectName("strong")
        facts = QLabel(_facts(document, self.tr("{0} nodes"), self.tr("never saved to a file")))
        facts.setObjectName("muted")
        facts.setToolTip(str(document.path or ""))
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(name)
        texts.addWidget(facts)
        recover, discard = QPushButton(self.tr("Recover")), QPushButton(self.tr("Discard"))
        recover.clicked.connect(partial(self.recover, document))
        discard.clicked.connect(partial(self.discard, document))
        line = QHBoxLayout(row)
        line.setContentsMargins(SPACE.two, SPACE.one, SPACE.one, SPACE.one)
        line.addLayout(texts, 1)
        line.addWidget(discard)
        line.addWidget(recover)
        self._rows.append((document, row))
        return row

    def _foot(self, count: int) -> QHBoxLayout:
        later = QPushButton(self.tr("Decide later"))
        later.setToolTip(self.tr("They are offered again at the next start"))
        later.clicked.connect(self.reject)
        everything = QPushButton(self.tr("Recover all") if count > 1 else self.tr("Recover it"))
        everything.setDefault(True)
        everything.clicked.connect(self.recover_all)
        line = QHBoxLayout()
        line.addStretch(1)
        line.addWidget(later)
        line.addWidget(everything)
        return line

    def recover(self, document: Recovered) -> None:
        """Open one again."""
        self._drop(document)
        self._reopen(document)

    def discard(self, document: Recovered) -> None:
        """Give one up."""
        document.discard()
        self._drop(document)

    def recover_all(self) -> None:
        """Open all that are left; the latest comes to the front."""
        for document, _ in reversed(tuple(self._rows)):
            self.recover(document)

    def _drop(self, document: Recovered) -> None:
        for other, row in tuple(self._rows):
            if other is document:
                self._rows.remove((other, row))
                row.hide()
        if not self._rows:
            self.accept()


def _facts(document: Recovered, nodes: str, unsaved: str) -> str:
    time = QDateTime.fromSecsSinceEpoch(int(document.time))
    when = QLocale().toString(time, QLocale.FormatType.ShortFormat)
    where = document.path.parent.name if document.path else unsaved
    return f"{when}  ·  {nodes.format(len(document.workflow.nodes))}  ·  {where}"
