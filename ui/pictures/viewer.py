"""The viewer: one picture as large as there is room, what it tells, and the comparison of two."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QCloseEvent, QContextMenuEvent, QImage, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ui.pictures.comparing import Comparing
from ui.pictures.details import Details
from ui.pictures.index import Picture
from ui.pictures.library import Library
from ui.pictures.model import NOTHING
from ui.pictures.reading import Reader
from ui.pictures.view import STEP, PictureView
from ui.theme.metrics import SPACE
from ui.widgets.parts import IconButton, row, taken

if TYPE_CHECKING:
    from ui.pictures.commands import Commands

Key = Qt.Key
NUDGE = 0.05
"""How far a key moves the line between two pictures."""
SIZE = (1120, 720)


class Viewer(QWidget):
    """A window for pictures.

    Args:
        library: What is known of them.
        commands: What can be done with them.
        parent: The window it belongs to.

    Attributes:
        view: The picture.
        details: What it tells.
        picture: What is shown.
        other: What it is compared with; None: nothing.
        buttons: The buttons above, by name.
    """

    def __init__(self, library: Library, commands: Commands, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._library, self._commands = library, commands
        self._row: Callable[[], Sequence[Picture]] = tuple
        self._before: Picture | None = None
        self.picture: Picture | None = None
        self.other: Picture | None = None
        self.reader = Reader(self)
        self.view, self.details = PictureView(), Details()
        self.view.setAccessibleName(self.tr("Picture"))
        self._zoom = QLabel()
        self._zoom.setObjectName("muted")
        self.buttons = self._made_buttons()
        self._keys = self._made_keys()
        self._lay_out()
        self.resize(*SIZE)
        self.reader.ready.connect(self._take)
        self.view.zoomChanged.connect(self._tell_zoom)
        library.told.connect(self._describe)
        library.changed.connect(self._describe)

    def _made_buttons(self) -> dict[str, IconButton]:
        return {
            name: IconButton(icon, tip, do)
            for name, icon, tip, do in (
                ("previous", "caret-left", self.tr("Previous picture (Left)"), lambda: self.step(-1)),
                ("next", "caret-right", self.tr("Next picture (Right)"), lambda: self.step(1)),
                ("fit", "frame-corners", self.tr("Fit (F)"), self.view.fit),
                ("full", "magnifying-glass-plus", self.tr("Full size (1)"), self.view.full_size),
                (
                    "compare",
                    "square-half",
                    self.tr("Compare with the one before (C)"),
                    self.toggle_compare,
                ),
                ("beside", "columns", self.tr("Beside each other (S)"), self.toggle_beside),
                ("difference", "circle-half", self.tr("Show what differs (D)"), self.toggle_difference),
                ("more", "dots-three", self.tr("What can be done with it (right click)"), self._open_menu),
                ("screen", "corners-out", self.tr("Full screen (F11)"), self.toggle_full_screen),
                ("details", "info", self.tr("Details (I)"), self.toggle_details),
            )
        }

    def _made_keys(self) -> dict[int, Callable[[], object]]:
        return {
            Key.Key_Left: lambda: self.step(-1),
            Key.Key_Right: lambda: self.step(1),
            Key.Key_Home: lambda: self.go(0),
            Key.Key_End: lambda: self.go(-1),
            Key.Key_F: self.view.fit,
            Key.Key_1: self.view.full_size,
            Key.Key_Plus: lambda: self._zoom_by(STEP),
            Key.Key_Minus: lambda: self._zoom_by(1 / STEP),
            Key.Key_C: self.toggle_compare,
            Key.Key_S: self.toggle_beside,
            Key.Key_D: self.toggle_difference,
            Key.Key_W: self.open_workflow,
            Key.Key_I: self.toggle_details,
            Key.Key_Comma: lambda: self.view.set_split(self.view.split - NUDGE),
            Key.Key_Period: lambda: self.view.set_split(self.view.split + NUDGE),
            Key.Key_Delete: self._ask_remove,
            Key.Key_F11: self.toggle_full_screen,
            Key.Key_Escape: self._leave,
        }

    def _lay_out(self) -> None:
        made = self.buttons
        self.bar = row(
            made["previous"], made["next"], made["fit"], made["full"], self._zoom, 1,
            made["compare"], made["beside"], made["difference"], 1,
            made["more"], made["screen"], made["details"],
        )  # fmt: skip
        self.bar.setContentsMargins(SPACE.one, SPACE.half, SPACE.one, SPACE.half)
        beside = QHBoxLayout()
        beside.setSpacing(0)
        beside.addWidget(self.view, 1)
        beside.addWidget(self.details)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        layout.addLayout(beside, 1)

    def open(self, picture: Picture, pictures: Callable[[], Sequence[Picture]] = tuple) -> None:
        """Show a picture.

        Args:
            picture: The picture.
            pictures: Gives those that the arrows go through.
        """
        self._row = pictures
        self.other = None
        self.view.fitted = True
        self._show(picture)
        self._appear()

    def compare(self, one: Picture, two: Picture) -> None:
        """Show two pictures, with a line between them."""
        self.other, self.view.fitted = two, True
        self.view.set_split(0.5)
        self.view.set_comparing(Comparing.SLIDER)
        self._show(one)
        self._appear()

    def _appear(self) -> None:
        if not self.isVisible():
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
        place = self._place()
        if place is not None and 0 <= place + by < len(self._row()):
            self.go(place + by)

    def go(self, place: int) -> None:
        """Go to a picture by its place in the row; negative places count from the end."""
        pictures = self._row()
        if pictures:
            self.other = None
            self._show(pictures[place])

    def _place(self) -> int | None:
        pictures = self._row()
        return pictures.index(self.picture) if self.picture in pictures else None

    def toggle_compare(self) -> None:
        """Compare with the picture that was seen before, or no longer."""
        if self.picture is not None:
            self.other = None if self.other else self._before
            self._show(self.picture)

    def toggle_beside(self) -> None:
        """Show both beside each other, or with a line between them."""
        self._toggle(Comparing.BESIDE)

    def toggle_difference(self) -> None:
        """Show what differs, or both with a line between them."""
        self._toggle(Comparing.DIFFERENCE)

    def _toggle(self, how: Comparing) -> None:
        self.view.set_comparing(Comparing.SLIDER if self.view.comparing is how else how)
        self._describe_buttons()

    def toggle_details(self) -> None:
        """Show or hide what the picture tells."""
        self.details.setVisible(self.details.isHidden())

    def toggle_full_screen(self) -> None:
        """Fill the screen with the picture, or go back."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)
        filled = self.isFullScreen()
        self.bar.setVisible(not filled)
        if filled:
            self.details.hide()

    def _leave(self) -> None:
        if self.isFullScreen():
            self.toggle_full_screen()
        else:
            self.close()

    def open_workflow(self) -> None:
        """Open the workflow that the picture came from."""
        if self.picture is not None and self._library.facts.get(self.picture, NOTHING).made_here:
            self._commands.open_workflow(self.picture)

    def _ask_remove(self) -> None:
        if self.picture is not None:
            self._commands.ask_remove([self.picture], self)

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
        if picture is None or self._moved_on(picture):
            return
        self.setWindowTitle(picture.path.name)
        size = self.view.image.size()
        self.details.show_facts(picture, size, self._library.facts.get(picture, NOTHING))
        self._describe_buttons()

    def _moved_on(self, picture: Picture) -> bool:
        """Whether the picture is gone from the folder, and another one is shown for it."""
        pictures = self._library.pictures
        if not self.isVisible() or picture.path.exists() or not pictures:
            return False
        following = next((p for p in pictures if p.modified <= picture.modified), pictures[-1])
        self.other = None
        self._show(following)
        return True

    def _describe_buttons(self) -> None:
        place, last = self._place(), len(self._row()) - 1
        self.buttons["previous"].setEnabled(place is not None and place > 0)
        self.buttons["next"].setEnabled(place is not None and place < last)
        self.buttons["compare"].setEnabled(self.other is not None or self._before is not None)
        for name, how in (("beside", Comparing.BESIDE), ("difference", Comparing.DIFFERENCE)):
            self.buttons[name].setEnabled(self.other is not None)
            self.buttons[name].setCheckable(True)
            self.buttons[name].setChecked(self.other is not None and self.view.comparing is how)

    def _tell_zoom(self) -> None:
        shown = self.view.zoom * self.devicePixelRatioF()
        self._zoom.setText(f"{shown:.0%}".replace("%", "\u2009%"))

    def _open_menu(self) -> None:
        self._open_menu_at(self.buttons["more"].mapToGlobal(self.buttons["more"].rect().bottomLeft()))

    def _open_menu_at(self, where: QPoint) -> None:
        if self.picture is not None:
            self._commands.menu([self.picture], self, self._row, self.view.image).popup(where)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 - Qt's name
        """Offer what can be done with the picture."""
        self._open_menu_at(event.globalPos())

    def event(self, event: QEvent) -> bool:
        """Our keys come before shortcuts of the window behind, unless text is typed."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.ShortcutOverride:
            if event.matches(QKeySequence.StandardKey.Copy):
                event.accept()
                return True
            return taken(event, self._keys) or super().event(event)
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Our keys."""
        alone = event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
        do = self._keys.get(event.key())
        if event.matches(QKeySequence.StandardKey.Copy) and self.picture is not None:
            self._commands.copy([self.picture], self.view.image)
        elif do is not None and not alone:
            do()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Only hide; it opens again where it was."""
        event.ignore()
        self.hide()
