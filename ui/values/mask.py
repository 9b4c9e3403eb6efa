"""A mask: which one, and painting it over the picture that it belongs to."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from nodeflow.node.spec import InputSpec
from ui.canvas.fields import MASKS
from ui.pictures.thumbnails import read_scaled
from ui.post import Post
from ui.theme.metrics import SPACE
from ui.values.choices import picture_path
from ui.values.editor import ValueEditor
from ui.values.files import ask_for_picture, name_of
from ui.values.mask_file import save_mask
from ui.values.mask_paint import MaskPaint
from ui.values.picture import Thumbnail
from ui.widgets.parts import Elided, IconButton

if TYPE_CHECKING:
    from ui.desk import Desk
    from ui.values.mask_dialog import MaskDialog

LARGEST = 4096
"""Pixels of the longer side of what is painted over; larger photographs would be slow to paint on."""
NEUTRAL = QSize(1024, 1024)
"""How large a mask is painted where no picture is known."""


class MaskEditor(ValueEditor):
    """Edits a mask.

    Attributes:
        background: Finds the picture to paint over.
        thumbnail: The mask.
        paint: Opens the window to paint in.
        dialog: That window, while it is open.
        browse: Asks for a file.
        document: The workflow's file, beside which masks may lie.
    """

    document: Path | None = None
    picks = True
    least = (280, 64)

    def __init__(self, spec: InputSpec, desk: Desk, *, compact: bool = True) -> None:
        super().__init__(spec, desk, compact=compact)
        self.background: Callable[[], Path | None] = lambda: None
        self.dialog: MaskDialog | None = None
        self._post = Post(self)
        self.thumbnail = Thumbnail(self.tr("Paint the mask"))
        self.thumbnail.clicked.connect(lambda _checked: self.open())
        self.name = Elided()
        self.name.setObjectName("muted")
        self.paint = QPushButton(self.tr("Paint…"))
        self.paint.setAutoDefault(False)
        self.paint.clicked.connect(lambda _checked: self.open())
        self.browse = IconButton("folder-open", self.tr("Choose a file…"), self._ask)
        words = QWidget()
        column = QVBoxLayout(words)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE.hair)
        column.addWidget(self.paint, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.name)
        self._row.setSpacing(SPACE.one)
        self._hold(words)
        self._row.insertWidget(0, self.thumbnail)
        self._row.insertWidget(2, self.browse, 0, Qt.AlignmentFlag.AlignTop)
        self.setFocusProxy(self.paint)
        self._show()

    def _show(self) -> None:
        path = self._path()
        self.thumbnail.show_picture(path)
        known = isinstance(self._value, str)
        if self.mixed:
            text = self.tr("several values")
        elif not known:
            text = self.tr("Nothing is masked yet")
        elif path is None:
            text = self.tr("{0} is not here").format(self._value)
        else:
            painted = str(self._value).startswith(f"{MASKS}/")
            text = self.tr("Painted here") if painted else str(self._value)
        self.name.show_text(text, str(self._value) if known else "")

    def _path(self) -> Path | None:
        return picture_path(self.desk, self._value, self.document) if isinstance(self._value, str) else None

    def open(self) -> None:
        """Open the window to paint in; picture and mask follow, as reading large ones takes seconds."""
        from ui.values.mask_dialog import MaskDialog

        self.dialog = MaskDialog(MaskPaint(NEUTRAL), QImage(), self)
        picture, start = self.background(), self._path()
        if picture is not None or start is not None:
            self.dialog.wait()
            self._post.work(partial(_read, picture, start), self.dialog.begin)
        self.dialog.painted.connect(self._take)
        self.dialog.rejected.connect(self.left)
        self.dialog.finished.connect(self._forget)
        self.dialog.open()

    def begin(self) -> None:
        """Paint at once."""
        self.setFocus()
        self.open()

    def _ask(self) -> None:
        self.file_dialog = ask_for_picture(self, self.desk, self._take_file)

    def _take_file(self, path: Path) -> None:
        try:
            self._tell(name_of(path, self.desk, self.document))
        except ValueError as error:
            self.complain(str(error))

    def _forget(self, _result: int) -> None:
        self.dialog = None

    def _take(self, image: QImage) -> None:
        try:
            name = save_mask(image, self.desk.folders)
        except OSError as error:
            self.complain(self.tr("cannot be saved: {0}").format(error.strerror))
            return
        if name != self._value:
            self._tell(name)
        else:
            self.left.emit()


def _read(below: Path | None, mask: Path | None) -> tuple[MaskPaint, QImage]:
    """The mask, and the picture below: upright and no larger than one can paint on, null if there is none."""
    picture = read_scaled(below, LARGEST) if below is not None else QImage()
    start = QImage(str(mask)) if mask is not None else QImage()
    size = next((image.size() for image in (picture, start) if not image.isNull()), NEUTRAL)
    return MaskPaint(size, start), picture
