"""The dialog that downloads a model of the Hugging Face Hub, if somebody agrees."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QProgressBar, QPushButton, QVBoxLayout, QWidget

from nodeflow.errors import Cancelled, NodeflowError
from nodeflow.models.hub import hub_cache
from nodeflow.models.hub_download import Download, download, plan_download
from ui.models.words import size_text
from ui.post import Post
from ui.theme import SPACE
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.parts import Words

WIDTH = 520
LINES = 11
"""Its height, in lines of text."""
STEPS = 1_000
_HALF = "fp16"


class DownloadDialog(QDialog):
    """Says how large a model is, and downloads it when told to. Before that, only its list of files is read.

    What was downloaded when it is stopped is kept, and the next time goes on from there.

    Args:
        name: The model's id, `owner/name`.
        done: Called when it is here.
        parent: The window.

    Attributes:
        words: What is going on, or wrong.
        choice: Which weights, if there are several.
        progress: How far it is.
        agree: The button that begins.
    """

    def __init__(self, name: str, done: Callable[[], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Download a model"))
        self._name, self._done = name, done
        self._plans: list[Download] = []
        self._post, self._stopped = Post(self), threading.Event()
        self.words, self.choice, self.progress = Words("", "text"), ChoiceBox(), QProgressBar()
        self.choice.setAccessibleName(self.tr("Precision"))
        self.choice.currentIndexChanged.connect(lambda _index: self._offer())
        self.choice.hide()
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(SPACE.half + SPACE.hair)
        self.progress.setAccessibleName(self.tr("Progress of the download"))
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.agree: QPushButton = box.addButton(self.tr("Download"), QDialogButtonBox.ButtonRole.ActionRole)
        self.agree.setDefault(True)
        self.agree.setEnabled(False)
        self.agree.clicked.connect(self._begin)
        box.button(QDialogButtonBox.StandardButton.Cancel).setAutoDefault(False)
        box.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.three, SPACE.two, SPACE.three, SPACE.two)
        column.setSpacing(SPACE.two)
        for part in (self.words, self.choice, self.progress):
            column.addWidget(part)
        column.addStretch(1)
        column.addWidget(box)
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)  # else words ask for too much
        self.setMinimumWidth(WIDTH)
        self.resize(WIDTH, LINES * self.fontMetrics().lineSpacing())
        self.finished.connect(lambda _result: self._stopped.set())
        self._wait(self.tr("Asking the Hugging Face Hub how large {0} is…").format(name))
        self._post.work(self._plan, partial(self._hear, self._choose))

    def _wait(self, text: str) -> None:
        self.words.set_tone("text")
        self.words.say(text)
        self.progress.setRange(0, 0)
        self.progress.show()

    def _hear(self, then: Callable[[Any], None], told: object) -> None:
        """Go on with what came of the work, unless the dialog was closed meanwhile."""
        if self._stopped.is_set():
            return
        if isinstance(told, NodeflowError):
            self._tell(str(told))
        elif isinstance(told, Exception):
            raise told
        else:
            then(told)

    def _plan(self) -> list[Download]:
        endpoint = os.environ.get("HF_ENDPOINT")
        return [plan_download(self._name, variant, endpoint=endpoint) for variant in (_HALF, "")]

    def _choose(self, plans: list[Download]) -> None:
        half, full = plans
        self._plans = plans if half.files != full.files else [full]
        texts = (self.tr("Half precision, {0}"), self.tr("Full precision, {0}"))
        if len(self._plans) > 1:
            self.choice.addItems(
                [text.format(size_text(plan.nbytes)) for text, plan in zip(texts, plans, strict=True)]
            )
            self.choice.show()
        self.progress.hide()
        self._offer()

    def _offer(self) -> None:
        if not self._plans:
            return
        wanted = self._plans[max(self.choice.currentIndex(), 0)]
        text = self.tr(
            "{0} is not on this computer. It comes from the Hugging Face Hub into {1}, "
            "which all programs of the hub share. {2} are to be downloaded."
        )
        self.words.say(text.format(self._name, hub_cache(), size_text(wanted.missing)))
        self.agree.setText(self.tr("Download {0}").format(size_text(wanted.missing)))
        self.agree.setEnabled(True)

    def _begin(self) -> None:
        wanted = self._plans[max(self.choice.currentIndex(), 0)]
        self.agree.hide()
        self.choice.setEnabled(False)
        self._wait(self.tr("Downloading {0}…").format(self._name))
        self._post.work(partial(self._fetch, wanted), partial(self._hear, self._end))

    def _fetch(self, wanted: Download) -> None:
        def progress(done: int, total: int) -> None:
            if self._stopped.is_set():
                raise Cancelled
            self._post.call(partial(self._show, done, total))

        download(wanted, progress, endpoint=os.environ.get("HF_ENDPOINT"))

    def _show(self, done: int, total: int) -> None:
        self.progress.setRange(0, STEPS)
        self.progress.setValue(STEPS * done // max(total, 1))
        text = self.tr("Downloading {0}: {1} of {2}. What is here is kept if you stop.")
        self.words.say(text.format(self._name, size_text(done), size_text(total)))

    def _end(self, _nothing: None) -> None:
        self.accept()
        self._done()

    def _tell(self, fault: str) -> None:
        self.progress.hide()
        self.words.set_tone("error")
        self.words.say(fault)
        if self._plans:  # it broke off, and goes on
            self.choice.setEnabled(True)
            self.agree.setText(self.tr("Try again"))
            self.agree.show()
