"""Counts the tokens of a prompt, in the background until the vocabulary is loaded."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, QThreadPool, Signal
from shiboken6 import isValid

from nodeflow.prompts import Syntax, Vocabulary, chunked, clip_vocabulary, parse


@dataclass(frozen=True, order=True)
class Count:
    """How long a prompt is."""

    tokens: int
    chunks: int


class TokenCounter(QObject):
    """Loads the vocabulary in the background when it is first asked, which takes a twentieth of a second."""

    ready = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._vocabulary: Vocabulary | None = None
        self._begun = False

    def count(self, text: str, syntax: Syntax = Syntax.A1111) -> Count | None:
        """The length of a prompt, where it is longest in a run; None until the vocabulary is loaded.

        Textual inversions count as one.
        """
        if not self._begun:
            self._begun = True
            QThreadPool.globalInstance().start(self._load)
        if self._vocabulary is None:
            return None
        encode = self._vocabulary.encode
        texts = [variation.text for variation in parse(text, syntax).variations]
        read = [chunked(parse(each, syntax), encode, syntax) for each in texts]
        return max(Count(sum(map(len, chunks)), len(chunks)) for chunks in read)

    def _load(self) -> None:
        try:
            self._vocabulary = clip_vocabulary()
        except OSError:  # then prompts are not counted
            return
        if isValid(self):  # the program may have ended meanwhile
            self.ready.emit()


COUNTER = TokenCounter()
