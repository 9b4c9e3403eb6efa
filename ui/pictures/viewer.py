"""The viewer: one picture as large as there is room, what it tells, and the comparison of two."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QCloseEvent, QImage, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ui.panels.parts import IconButton, row, taken
from ui.pictures.details import Details
from ui.pictures.index import Picture
from ui.pictures.library import Library
from ui.pictures.model import NOTHING
from ui.pictures.reading import Reader
from ui.pictures.view import STEP, Comparing, PictureView
from ui.theme.metrics import SPACE

Key = Qt.Key


class Viewer(QWidget):
    """A window for pictures.

    Args:
        library: What is known of them.
        parent: The window it belongs to.

    Attributes:
        view: The picture.
        details: What it tells.
        picture: What is shown.
        other: What it is compared with; None: nothing.
    """

    workflowWanted = Signal(object)  # noqa: N815 - signals are named as Qt names them

    def __init__(self, library: Library, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._library = library
        self._row: Sequence[Picture] = ()
        self._before: Picture | None = None
        self.picture: Picture | None = None
        self.other: Picture | None = None
        self.reader = Reader(self)
        self.view, self.details = PictureView(), Details()
        self.view.setAccessibleName(self.tr("Picture"))
        self._zoom = QLabel()
        self._zoom.setObjectName("muted")
        self._lay_out()
        self.resize(1120, 720)
        self.reader.ready.connect(self._take)
        self.view.zoomChanged.connect(self._tell_zoom)
        library.told.connect(self._describe)

    def _lay_out(self) -> None:
        self.buttons = {
            name: IconButton(icon, tip, do)
            for name, icon, tip, do in (
                ("previous", "caret-left", self.tr("Previous picture (Left)"), lambda: self.step(-1)),
                ("next", "caret-right", self.tr("Next picture (Right)"), lambda: self.step(1)),
                ("fit", "frame-corners", self.tr("Fit (F)"), self.view.fit),
                ("full", "magnifying-glass-plus", self.tr("Full size (1)"), self.view.full_size),
                ("compare", "columns", self.tr("Compare with the picture before (C)"), self.toggle_compare),
                ("difference", "circle-half", self.tr("Show what differs (D)"), self.toggle_difference),
                ("workflow", "flow-arrow", self.tr("Open its workflow (W)"), self.open_workflow),
                ("details", "info", self.tr("Details (I)"), self.toggle_details),
            )
        }
        made = self.buttons
        bar = row(
            made["previous"], made["next"], made["fit"], made["full"], self._zoom, 1,
            made["compare"], made["difference"], made["workflow"], made["details"],
        )  # fmt: skip
        bar.setContentsMargins(SPACE.one, SPACE.half, SPACE.one, SPACE.half)
        self._keys: dict[int, Callable[[], object]] = {
            Key.Key_Left: lambda: self.step(-1),
            Key.Key_Right: lambda: self.step(1),
            Key.Key_F: self.view.fit,
            Key.Key_1: self.view.full_size,
            Key.Key_Plus: lambda: self._zoom_by(STEP),
            Key.Key_Minus: lambda: self._zoom_by(1 / STEP),
            Key.Key_C: self.toggle_compare,
            Key.Key_D: self.toggle_difference,
            Key.Key_W: self.open_workflow,
            Key.Key_I: self.toggle_details,
            Key.Key_Comma: lambda: self.view.set_split(self.view.split - 0.05),
            Key.Key_Period: lambda: self.view.set_split(self.view.split + 0.05),
            Key.Key_Escape: self.close,
        }
        beside = QHBoxLayout()
        beside.setSpacing(0)
        beside.addWidget(self.view, 1)
        beside.addWidget(self.details)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(bar)
        layout.addLayout(beside, 1)

    def open(self, picture: Picture, pictures: Sequence[Picture] = ()) -> None:
        """Show a picture.

        Args:
            picture: The picture.
            pictures: Those that the arrows go through.
        """
        self._row = pictures
        self.other = None
        self.view.fitted = True
        self._show(picture)
        self._appear()

    def compare(self, one: Picture, two: Picture) -> None:
        """Show two pictures, with a line between them."""
        self._row = ()
        self.other, self.view.fitted = two, True
        self.view.set_split(0.5)
        self.view.set_comparing(Comparing.SLIDER)
        self._show(one)
        self._appear()

    def _appear(self) -> None:
        self.show()
        self.raise_()
        self.activateWindow()
        self.view.setFocus()

    def _show(self, picture: Picture) -> None:
        if self.picture is not None and self.picture != picture:
            self._before = self.picture
        self.picture = picture
        self.view.compare(QImage())
        self._describe()
        self.reader.want(picture, *([self.other] if self.other else []))

    def step(self, by: int) -> None:
        """Go to another picture in the row."""
        if self.picture in self._row:
            place = self._row.index(self.picture) + by
            if 0 <= place < len(self._row):
                self.other = None
                self._show(self._row[place])

    def toggle_compare(self) -> None:
        """Compare with the picture that was seen before, or no longer."""
        if self.picture is None:
            return
        self.other = None if self.other else self._before
        self._show(self.picture)

    def toggle_difference(self) -> None:
        """Show what differs, or both beside a line."""
        slides = self.view.comparing is Comparing.SLIDER
        self.view.set_comparing(Comparing.DIFFERENCE if slides else Comparing.SLIDER)

    def toggle_details(self) -> None:
        """Show or hide what the picture tells."""
        self.details.setVisible(self.details.isHidden())

    def open_workflow(self) -> None:
        """Open the workflow that the picture came from."""
        if self.picture is not None:
            self.workflowWanted.emit(self.picture)

    def _zoom_by(self, factor: float) -> None:
        self.view.zoom_to(self.view.zoom * factor, self.view.rect().center().toPointF())

    def _take(self, picture: Picture, image: QImage) -> None:
        if picture == self.picture:
            text = self.tr("{0} cannot be shown: it is gone, damaged or far too large")
            self.view.show_image(image, text.format(picture.path.name) if image.isNull() else "")
            self._describe()
        elif picture == self.other and self.picture is not None:
            self.view.compare(image, (self.picture.path.name, picture.path.name))

    def _describe(self) -> None:
        picture = self.picture
        if picture is None:
            return
        facts = self._library.facts.get(picture, NOTHING)
        self.setWindowTitle(picture.path.name)
        self.details.show_facts(picture, self.view.image.size(), facts)
        place = self._row.index(picture) if picture in self._row else -1
        self.buttons["previous"].setEnabled(place > 0)
        self.buttons["next"].setEnabled(0 <= place < len(self._row) - 1)
        self.buttons["compare"].setEnabled(self.other is not None or self._before is not None)
        self.buttons["difference"].setEnabled(self.other is not None)
        self.buttons["workflow"].setEnabled(facts.made_here)

    def _tell_zoom(self) -> None:
        shown = self.view.zoom * self.devicePixelRatioF()
        self._zoom.setText(f"{shown:.0%}".replace("%", "\u2009%"))

    def event(self, event: QEvent) -> bool:
        """Our keys come before shortcuts of the window behind, unless text is typed."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.ShortcutOverride:
            return taken(event, self._keys) or super().event(event)
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Our keys."""
        alone = event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
        do = self._keys.get(event.key())
        if do is not None and not alone:
            do()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Only hide; it opens again where it was."""
        event.ignore()
        self.hide()
