"""What there is to read about one node of the library, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from nodeflow.node.sockets import Socket
from nodeflow.node.spec import InputSpec, NodeSpec, OutputSpec
from ui.canvas.shapes import socket_path
from ui.node_library.entries import Entry
from ui.panels.inspector.documentation import about, entry_words, version_text
from ui.theme.metrics import SPACE
from ui.theme.socket_style import socket_style
from ui.theme.theme import theme_of
from ui.widgets.parts import IconButton, Words, clear, row, titled
from ui.widgets.section import Scroller


class SocketMark(QWidget):
    """The shape of a socket in its colour.

    Args:
        socket: The socket.
    """

    def __init__(self, socket: Socket) -> None:
        super().__init__()
        self._socket = socket
        self.setFixedSize(QSize(SPACE.two, SPACE.three))
        self.setAccessibleName(socket.name)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(self.rect().center().toPointF())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme_of(self).socket_color(self._socket))
        painter.drawPath(socket_path(socket_style(self._socket).shape, 4.5))
        painter.end()


class NodePage(Scroller):
    """The documentation of a node: what it does, where it comes from, each input and output.

    Attributes:
        star: Gives it a star, or takes it.
        add: Adds it to the canvas.
        rename: Gives a reusable node another name.
        remove: Moves a reusable node to the trash.
        reload: Looks again for what could not be loaded.
    """

    addWanted = Signal()  # noqa: N815 - signals are named as Qt names them
    starWanted = Signal()  # noqa: N815
    renameWanted = Signal()  # noqa: N815
    removeWanted = Signal()  # noqa: N815
    reloadWanted = Signal()  # noqa: N815

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[object, ...] | None = None
        self.title, self.origin = Words(tone="text"), Words()
        self.title.setFont(titled(self.title.font()))
        self.star = IconButton("star", self.tr("Favourite"), self.starWanted.emit)
        self.star.setCheckable(True)
        self.add = self._button(self.tr("Add to canvas"), self.addWanted.emit)
        self.rename = IconButton("pencil-simple", self.tr("Rename (F2)"), self.renameWanted.emit)
        self.remove = IconButton("trash", self.tr("Move to trash (Delete)"), self.removeWanted.emit)
        self.reload = self._button(self.tr("Look again"), self.reloadWanted.emit)
        self._body = QWidget()
        self.words = QVBoxLayout(self._body)
        self.words.setContentsMargins(0, 0, 0, 0)
        self.words.setSpacing(SPACE.hair)
        head = QHBoxLayout()
        head.setSpacing(SPACE.half)
        head.addWidget(self.title, 1)
        head.addWidget(self.star, 0, Qt.AlignmentFlag.AlignTop)
        self.column.addLayout(head)
        self.column.addWidget(self.origin)
        self.column.addWidget(row(self.add, self.reload, self.rename, self.remove, 1))
        self.column.addWidget(self._body)
        self.show_entry(None, None)

    @staticmethod
    def _button(text: str, do: Callable[[], object]) -> QPushButton:
        button = QPushButton(text)
        button.clicked.connect(lambda _checked=False: do())
        return button

    def show_entry(self, entry: Entry | None, spec: NodeSpec | None, *, starred: bool = False) -> None:
        """Document a node.

        Args:
            entry: The node; None: say how to choose one.
            spec: Its type; None where it could not be read.
            starred: Whether it has a star.
        """
        if self._shown == (entry, spec, starred):
            return
        self._shown = (entry, spec, starred)
        self.title.say(entry.title if entry else self.tr("Choose a node to read what it does."))
        self.title.set_heading(entry is not None)
        self.origin.say(self._origin(entry) if entry else "")
        good, kept = entry is not None and not entry.fault, entry is not None and entry.path is not None
        for widget, shown in (
            (self.star, good), (self.add, good), (self.rename, kept), (self.remove, kept),
            (self.reload, entry is not None and not good),
        ):  # fmt: skip
            widget.setVisible(shown)
        self.star.setChecked(starred)
        self.star.show_icon("star-fill" if starred else "star", "warning" if starred else "text_muted")
        self._write(entry, spec)
        self.verticalScrollBar().setValue(0)

    def _origin(self, entry: Entry) -> str:
        category = entry.category.replace("_", " ").capitalize()
        if entry.package == "nodeflow":
            return self.tr("{0}, comes with nodeflow").format(category)
        if entry.package:
            return self.tr("{0}, from the package {1}").format(category, entry.package)
        return self.tr("A subgraph that you saved as a reusable node.") if entry.path else category

    def _write(self, entry: Entry | None, spec: NodeSpec | None) -> None:
        clear(self.words)
        if entry is not None and entry.fault:
            self.words.addWidget(Words(entry.fault, "text"))
            advice = self.tr("Its nodes are missing in workflows until its package is mended or updated.")
            self.words.addWidget(Words(advice))
        if spec is None:
            return
        for text in about(spec):
            self.words.addWidget(Words(text, "text"))
        for title, entries in ((self.tr("Inputs"), spec.inputs), (self.tr("Outputs"), spec.outputs)):
            if entries:
                self._heading(title)
            for item in entries:
                self.words.addWidget(_entry(item))
        if entry is not None and entry.spec is not None:
            version = Words(version_text(spec))
            version.setContentsMargins(0, SPACE.one, 0, 0)
            self.words.addWidget(version)

    def _heading(self, text: str) -> None:
        label = QLabel(text)
        label.setObjectName("muted")
        label.setContentsMargins(0, SPACE.one, 0, 0)
        self.words.addWidget(label)


def _entry(entry: InputSpec | OutputSpec) -> QWidget:
    """An input or output beside the shape of its socket."""
    holder, words = QWidget(), QVBoxLayout()
    words.setSpacing(0)
    for text in entry_words(entry):
        words.addWidget(text)
    beside = QHBoxLayout(holder)
    beside.setContentsMargins(0, 0, 0, 0)
    beside.setSpacing(SPACE.one)
    beside.addWidget(SocketMark(entry.socket), 0, Qt.AlignmentFlag.AlignTop)
    beside.addLayout(words, 1)
    return holder
