"""The top of the inspector: which nodes are selected, whether they take part, their colour and comment."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from nodeflow.document.model import Mode, Node, Workflow
from ui.canvas.look import spaced
from ui.document import edits
from ui.document.sockets import MISSING
from ui.panels.name_edit import NameEdit
from ui.panels.text_edit import TextEdit
from ui.theme.metrics import SPACE
from ui.theme.theme import theme_of
from ui.widgets.parts import IconButton, Words

if TYPE_CHECKING:
    from ui.editing.editing import Editing


class Stripe(QWidget):
    """The colour of a node or of its category, down the side of its name."""

    def __init__(self) -> None:
        super().__init__()
        self._category, self._own = "", ""
        self.setFixedWidth(SPACE.half)

    def show_colors(self, category: str, own: str | None) -> None:
        """Show a node's own colour, else its category's."""
        self._category, self._own = category, own or ""
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002 - Qt's name
        """Draw it."""
        theme = theme_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        missing = QColor(theme.colors.warning)
        usual = missing if self._category == MISSING else theme.category_color(self._category)
        painter.setBrush(QColor(self._own) if self._own else usual)
        painter.drawRoundedRect(self.rect(), 2, 2)


class ModeBar(QWidget):
    """On, muted or bypassed: three buttons of which one is down."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE.hair)
        self.buttons: dict[Mode | None, QPushButton] = {}
        self._group = QButtonGroup(self)
        tips = {
            None: (self.tr("On"), self.tr("Takes part in a run")),
            Mode.MUTE: (self.tr("Mute"), self.tr("Left out, with all that cannot do without")),
            Mode.BYPASS: (self.tr("Bypass"), self.tr("Left out; what comes in is passed on")),
        }
        for mode, (text, tip) in tips.items():
            button = QPushButton(text)
            button.setCheckable(True)
            button.setToolTip(tip)
            button.setObjectName("segment")
            button.setMinimumWidth(SPACE.three)
            button.clicked.connect(lambda _checked=False, mode=mode: self.chosen.emit(mode))
            self.buttons[mode] = button
            self._group.addButton(button)
            layout.addWidget(button, 1)

    def show_modes(self, modes: set[Mode | None]) -> None:
        """Show which mode all nodes have; none is down if they differ."""
        self._group.setExclusive(False)
        for mode, button in self.buttons.items():
            button.setChecked(modes == {mode})
        self._group.setExclusive(len(modes) == 1)


class NodeHeader(QWidget):
    """What there is to say and to set about the selected nodes as wholes."""

    def __init__(self) -> None:
        super().__init__()
        self._editing: Editing | None = None
        self._names: tuple[str, ...] = ()
        self.stripe, self.name = Stripe(), NameEdit(self.tr("Name"))
        self.kind, self.summary, self.note = Words(), Words(tone="text"), Words()
        self.modes, self.comment = ModeBar(), TextEdit(self.tr("Comment"))
        self.color = IconButton("palette", self.tr("Colour"), self._offer_colors)
        self.show_button = IconButton("crosshair", self.tr("Show on canvas"), self._show)
        self._lay_out()
        self.name.renamed.connect(self._rename)
        self.modes.chosen.connect(self._set_mode)
        self.comment.kept.connect(self._comment)

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.name)
        words.addWidget(self.kind)
        top = QHBoxLayout()
        top.setSpacing(SPACE.half)
        top.addWidget(self.stripe)
        top.addLayout(words, 1)
        for button in (self.show_button, self.color):
            top.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE.one)
        layout.addLayout(top)
        for widget in (self.summary, self.modes, self.note, self.comment):
            layout.addWidget(widget)

    def show_nodes(self, editing: Editing, names: tuple[str, ...]) -> None:
        """Show one or several nodes of the graph on the canvas."""
        self._editing, self._names = editing, names
        body = editing.scope.body(editing.document.workflow)
        nodes = [body.nodes[name] for name in names]
        colors = {body.layout[name].color if name in body.layout else None for name in names}
        one = len(names) == 1
        self.name.show_name(names[0] if one else count_text(nodes))
        self.name.setEnabled(one)
        spec = editing.spec(names[0]) if one else None
        self.stripe.show_colors(spec.category if spec else "", colors.pop() if len(colors) == 1 else None)
        self.kind.say(self._kind(nodes[0], spec.category if spec else "") if one else _types(nodes))
        self.summary.say(spec.summary if spec and spec.category != MISSING else "")
        self.modes.show_modes({node.mode for node in nodes})
        self._show_frame_mode(editing, names)
        comments = {node.comment or "" for node in nodes}
        self.comment.setVisible(len(comments) == 1)
        self.comment.show_text(comments.pop() if len(comments) == 1 else "")

    def _kind(self, node: Node, category: str) -> str:
        if node.subgraph is not None:
            return self.tr("Subgraph {0}").format(node.subgraph)
        if category == MISSING:
            return self.tr("{0} · not installed here").format(node.type)
        return f"{spaced(node.type)} · {category}"

    def _show_frame_mode(self, editing: Editing, names: tuple[str, ...]) -> None:
        body = editing.scope.body(editing.document.workflow)
        framed = {body.modes().get(name) for name in names if body.nodes[name].mode is None} - {None}
        words = {
            Mode.MUTE: self.tr("Muted by the frame around it."),
            Mode.BYPASS: self.tr("Bypassed by the frame around it."),
        }
        said = [words[next(iter(framed))]] if len(framed) == 1 else []  # type: ignore[index]  # None is taken out
        if all(body.nodes[name].frozen for name in names):
            said.append(self.tr("Frozen: its result is used as it is, whatever changes before it."))
        self.note.say("\n".join(said))

    def _rename(self, name: str) -> None:
        if self._editing is not None and len(self._names) == 1:
            self._editing.rename(self._names[0], name)

    def _set_mode(self, mode: Mode | None) -> None:
        editing, names = self._editing, self._names
        if editing is not None:
            scope = editing.scope
            editing.apply(self.tr("Set mode"), lambda w: edits.set_mode(w, names, mode, at=scope))
            self.show_nodes(editing, names)  # a click on the one that is down would leave none down

    def _comment(self, text: str) -> None:
        editing, names = self._editing, self._names
        if editing is None:
            return
        scope = editing.scope

        def edit(workflow: Workflow) -> Workflow:
            for name in names:
                workflow = edits.set_comment(workflow, name, text.strip() or None, at=scope)
            return workflow

        editing.apply(self.tr("Comment on nodes"), edit)

    def _offer_colors(self) -> None:
        if self._editing is None:
            return
        menu = color_menu(self, self._editing)
        menu.popup(self.color.mapToGlobal(QPoint(0, self.color.height())))

    def _show(self) -> None:
        if self._editing is not None:
            self._editing.canvas.centerOn(self._editing.scene.bounds(self._names).center())


def color_menu(parent: QWidget, editing: Editing) -> QMenu:
    """The colours a node can have."""
    from ui.actions.node import COLORS

    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.addAction(parent.tr("Usual colour"), lambda: editing.color_selected(None))
    for name, color in COLORS.items():
        swatch = QPixmap(16, 16)
        swatch.fill(QColor(color))
        menu.addAction(QIcon(swatch), parent.tr(name), lambda c=color: editing.color_selected(c))
    return menu


def count_text(nodes: list[Node]) -> str:
    """`3 nodes`."""
    return f"{len(nodes)} nodes"


def _types(nodes: list[Node]) -> str:
    """`2 Sampler, 1 Refiner`."""
    found = Counter(node.subgraph or node.type for node in nodes)
    return ", ".join(f"{number} {spaced(name)}" for name, number in found.most_common())
