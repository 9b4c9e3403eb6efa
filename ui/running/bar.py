"""What the status bar says of runs: what one would take, and how far it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QWidget

from ui.theme import SPACE

if TYPE_CHECKING:
    from ui.editing.editing import Editing

STEPS = 1_000
WIDTH = 160


class RunBar(QWidget):
    """A line of text, and a bar while something runs.

    Attributes:
        text: The line.
        progress: The bar.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text, self.progress = QLabel(), QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setFixedSize(WIDTH, SPACE.half + SPACE.hair)
        self.progress.setAccessibleName(self.tr("Progress of the run"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, SPACE.one, 0)
        row.setSpacing(SPACE.one)
        row.addWidget(self.text)
        row.addWidget(self.progress)
        self.show_editing(None)

    def show_editing(self, editing: Editing | None) -> None:
        """Show how a document's run goes, or what it would take."""
        engine = editing.desk.engine if editing is not None else None
        course = editing.running.course if editing is not None else None
        busy = engine is not None and engine.busy
        self.progress.setVisible(busy)
        if editing is None or engine is None:
            self.text.clear()
            return
        if engine.current is not None and engine.current.cancelled:
            parts = [self.tr("Cancelling")]
        elif course is not None:
            parts = [_course_text(course)]
        else:
            parts = [self.tr("Running")] if busy else [editing.running.line]
        if engine.queue.waiting:
            parts.append(self.tr("{0} waiting").format(len(engine.queue.waiting)))
            parts.append(self.tr("queue paused") if engine.queue.paused else "")
        if editing.running.auto.on:
            parts.append(self.tr("runs on every change"))
        self.text.setText(" · ".join(part for part in parts if part))
        share = course.share if course else None
        self.progress.setMaximum(STEPS if share is not None else 0)
        if share is not None:
            self.progress.setValue(round(share * STEPS))


def _course_text(course: object) -> str:
    """`sampler 12/25 · 4 s left`."""
    from ui.running.course import Course
    from ui.words import span

    assert isinstance(course, Course)  # noqa: S101 - imported late, so that the window paints early
    if course.reading is not None:
        return QCoreApplication.translate("RunBar", "Reading models for the first time")
    if not course.node:
        return QCoreApplication.translate("RunBar", "Starting")
    parts = [f"{course.node} {course.step}".strip()]
    if course.seconds_left is not None and course.seconds_left >= 0.5:
        left = QCoreApplication.translate("RunBar", "{0} left")
        parts.append(left.format(span(course.seconds_left)))
    return " · ".join(parts)
