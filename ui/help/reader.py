"""Shows the texts that travel with the program: the guide, and what its links lead to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import (
    QColor,
    QDesktopServices,
    QKeySequence,
    QShortcut,
    QTextCursor,
    QTextDocument,
    QTextTable,
)
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QTextBrowser, QVBoxLayout, QWidget

from ui.help.pictures import FittingPictures
from ui.help.texts import read_text, text_path
from ui.theme import SPACE
from ui.theme.theme import theme_of
from ui.widgets.parts import IconButton

_PICTURE = re.compile(r"^!\[[^\]]*\]\(([^)]*)\)\n", re.MULTILINE)
_KEYS = re.compile(r"(?<=^## All keys\n\n)(?:\|.*\n)+", re.MULTILINE)

Keys = Sequence[tuple[str, str]]
"""What each action is called, and its keys."""


class Reader(QDialog):
    """A window with a text and a line to search it.

    Args:
        name: The text's file.
        keys: The keys as they are now; they take the place of those in the text.
        parent: Its owner.

    Attributes:
        text: Shows the text.
        line: What is searched for.
    """

    def __init__(self, name: str, keys: Keys, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys = keys
        self.text = QTextBrowser()
        self._pictures = FittingPictures(self.text.document())
        self.text.setOpenLinks(False)
        self.text.anchorClicked.connect(self._follow)
        self.text.setAccessibleName(self.tr("Text"))
        self.line = QLineEdit()
        self.line.setPlaceholderText(self.tr("Find in this text"))
        self.line.setAccessibleName(self.line.placeholderText())
        self.line.textEdited.connect(self._find_first)
        self.line.returnPressed.connect(self._find_next)
        self._back = IconButton("arrow-left", self.tr("Back to the guide"), lambda: self.open_text(name))
        row = QHBoxLayout()
        row.addWidget(self._back)
        row.addWidget(self.line)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.one, SPACE.one, SPACE.one, SPACE.one)
        column.addLayout(row)
        column.addWidget(self.text)
        QShortcut(QKeySequence.StandardKey.Find, self, self.line.setFocus)
        self.resize(760, 620)
        self._first = name
        self.open_text(name)

    def open_text(self, name: str) -> None:
        """Show a text."""
        content = shown_text(read_text(name), text_path(name).parent, self._keys)
        self.text.document().setBaseUrl(QUrl.fromLocalFile(f"{text_path(name).parent}/"))
        self.text.setMarkdown(content or self.tr("This text is not here."))
        self._space_out()
        title = content.partition("\n")[0].lstrip("# ")
        self.setWindowTitle(title or name)
        self._back.setVisible(name != self._first)

    def _space_out(self) -> None:
        """Leave room between paragraphs, and draw tables with the theme's hairlines."""
        document, line = self.text.document(), QColor(theme_of(self).colors.line)
        for frame in document.rootFrame().childFrames():
            if isinstance(frame, QTextTable):
                shape = frame.format()
                shape.setBorderBrush(line)
                shape.setBottomMargin(SPACE.one)
                frame.setFormat(shape)
        block = document.begin()
        while block.isValid():
            cursor = QTextCursor(block)
            if cursor.currentTable() is None:
                style = block.blockFormat()
                style.setBottomMargin(SPACE.half if style.headingLevel() or block.textList() else SPACE.one)
                cursor.setBlockFormat(style)
            block = block.next()

    def _follow(self, url: QUrl) -> None:
        name = Path(url.path()).name
        if url.scheme() in ("http", "https"):
            QDesktopServices.openUrl(url)
        elif name and read_text(name):
            self.open_text(name)
        elif url.hasFragment():
            self.text.scrollToAnchor(url.fragment())

    def _find_first(self, text: str) -> None:
        cursor = self.text.textCursor()
        cursor.setPosition(cursor.selectionStart())
        self.text.setTextCursor(cursor)
        if text:
            self._find_next()

    def _find_next(self) -> None:
        """Go to the next place, and from the last to the first."""
        if self.line.text() and not self.text.find(self.line.text(), QTextDocument.FindFlag(0)):
            cursor = self.text.textCursor()
            cursor.setPosition(0)
            self.text.setTextCursor(cursor)
            self.text.find(self.line.text(), QTextDocument.FindFlag(0))


def shown_text(text: str, folder: Path, keys: Keys) -> str:
    """A text as it is shown: without pictures that are not here, with the keys as they are now.

    Args:
        text: Markdown.
        folder: Where its pictures lie.
        keys: What each action is called, and its keys.
    """
    text = _PICTURE.sub(lambda found: found[0] if (folder / found[1]).is_file() else "", text)
    table = "".join(f"| {name} | {shown} |\n" for name, shown in keys if shown)
    return _KEYS.sub(lambda _: f"| | |\n|---|---|\n{table}", text)
