"""The list of all keys: searched, changed by pressing others, and brought back."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ui.actions.action import Action, translated
from ui.actions.catalogue import MENUS
from ui.actions.keys import Keys, native
from ui.keys.fixed import fixed_use
from ui.keys.recorder import KeyRecorder
from ui.theme import SPACE, icon
from ui.theme.theme import theme_of
from ui.widgets.flow import Flow
from ui.widgets.parts import Words, clear

_ID = Qt.ItemDataRole.UserRole


class KeysDialog(QDialog):
    """Shows every action with its keys, and changes those of the chosen one.

    Args:
        keys: The keys.
        parent: Its owner.

    Attributes:
        line: What is searched for: a name, a menu or a key.
        table: The actions.
        recorder: Takes another key for the chosen action.
        use: Takes a key away from the action that has it.
        reset: Gives the chosen action its usual keys.
        reset_all: Gives all actions their usual keys.
    """

    def __init__(self, keys: Keys, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self._keys = keys
        self._wanted = ""
        self._rows: list[tuple[QTableWidgetItem, ...]] = []
        self.line = QLineEdit()
        self.line.setPlaceholderText(self.tr("Search by name, menu or key"))
        self.line.setAccessibleName(self.line.placeholderText())
        self.line.setClearButtonEnabled(True)
        self.line.textChanged.connect(self._search)
        self.table = self._made_table()
        self._title, self._message = QLabel(), Words("", "warning")
        self._title.setObjectName("strong")
        self._chips = Flow()
        self.recorder = KeyRecorder()
        self.recorder.recorded.connect(self._record)
        self.use, self.leave = QPushButton(self.tr("Use it here")), QPushButton(self.tr("Leave it there"))
        self.use.clicked.connect(self._use)
        self.leave.clicked.connect(lambda: self._ask(""))
        self.reset, self.reset_all = QPushButton(self.tr("Usual keys")), QPushButton(self.tr("Reset all"))
        self.reset.setToolTip(self.tr("Give this command its usual keys again"))
        self.reset.clicked.connect(lambda: self._keys.reset(self._current))
        self.reset_all.setToolTip(self.tr("Give all commands their usual keys again"))
        self.reset_all.clicked.connect(self._keys.reset_all)
        self._lay_out()
        self._keys.changed.connect(self._show_all)
        self._show_all()
        self.table.setCurrentCell(0, 0)
        self.resize(620, 560)
        self.line.setFocus()

    def _made_table(self) -> QTableWidget:
        titles = {menu.id: translated(menu.text).replace("&", "") for menu in MENUS}
        table = QTableWidget(len(self._keys.actions), 3)
        table.setHorizontalHeaderLabels([self.tr("Command"), self.tr("Keys"), self.tr("Menu")])
        table.setAccessibleName(self.tr("Commands and their keys"))
        table.verticalHeader().hide()
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        header = table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        for column, mode in enumerate(("Stretch", "ResizeToContents", "ResizeToContents")):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode[mode])
        for row, action in enumerate(self._keys.actions):
            name = QTableWidgetItem(title(action))
            name.setData(_ID, action.id)
            outer = action.menu.partition(".")[0]
            menus = dict.fromkeys((titles.get(outer, ""), titles.get(action.menu, "")))
            menu = QTableWidgetItem(", ".join(filter(None, menus)))
            self._rows.append((name, QTableWidgetItem(), menu))
            for column, item in enumerate(self._rows[-1]):
                table.setItem(row, column, item)
        table.currentCellChanged.connect(lambda *_: self._show_current())
        table.itemActivated.connect(lambda _: self.recorder.listen())
        return table

    def _lay_out(self) -> None:
        for button in (self.use, self.leave, self.reset, self.reset_all):
            button.setAutoDefault(False)
        change, ask, foot = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        change.addLayout(self._chips, 1)
        change.addWidget(self.recorder)
        change.addWidget(self.reset)
        ask.addWidget(self._message, 1)
        ask.addWidget(self.use)
        ask.addWidget(self.leave)
        close = QPushButton(self.tr("Close"))
        close.setAutoDefault(False)
        close.clicked.connect(self.close)
        foot.addWidget(self.reset_all)
        foot.addStretch(1)
        foot.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.two, SPACE.two, SPACE.two, SPACE.two)
        column.setSpacing(SPACE.one)
        column.addWidget(self.line)
        column.addWidget(self.table, 1)
        column.addWidget(self._title)
        for row in (change, ask, foot):
            column.addLayout(row)

    @property
    def _current(self) -> str:
        return str(self._row[0].data(_ID))

    @property
    def _row(self) -> tuple[QTableWidgetItem, ...]:
        return self._rows[max(self.table.currentRow(), 0)]

    def _show_all(self) -> None:
        for action, (_, item, _) in zip(self._keys.actions, self._rows, strict=True):
            item.setText(", ".join(map(native, self._keys.of(action.id))))
            font = item.font()
            font.setBold(self._keys.differ(action.id))
            item.setFont(font)
        self.reset_all.setEnabled(any(self._keys.differ(action.id) for action in self._keys.actions))
        self._show_current()

    def _show_current(self) -> None:
        name = self._current
        self._title.setText(self._row[0].text())
        self.reset.setEnabled(self._keys.differ(name))
        clear(self._chips)
        for key in self._keys.of(name):
            chip = QPushButton(native(key))
            chip.setIcon(icon("x", theme_of(self).colors.text_muted))
            chip.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
            chip.setObjectName("short")
            chip.setAutoDefault(False)
            chip.setToolTip(self.tr("Remove {0}").format(native(key)))
            chip.setAccessibleName(chip.toolTip())
            chip.clicked.connect(partial(self._remove, key))
            self._chips.addWidget(chip)
        self._ask("")

    def _remove(self, key: str) -> None:
        name = self._current
        self._keys.choose(name, [other for other in self._keys.of(name) if other != key])

    def _record(self, key: str) -> None:
        """Take a key, unless something else is done with it."""
        name = self._current
        use = fixed_use(key)
        others = [action for action in self._keys.owners(key) if action.id != name]
        if use:
            self._ask("", self.tr("{0} cannot be changed: {1}").format(native(key), use))
        elif others:
            self._ask(key, self.tr("{0} is for “{1}” now.").format(native(key), title(others[0])))
        else:
            self._keys.choose(name, [*self._keys.of(name), key])

    def _ask(self, key: str, text: str = "") -> None:
        """Ask whether a key that has a meaning shall have another; without one, only say something."""
        self._wanted = key
        self._message.say(text)
        self.use.setVisible(bool(key))
        self.leave.setVisible(bool(key))
        if key:
            self.use.setFocus()

    def _use(self) -> None:
        name = self._current
        self._keys.choose(name, [*self._keys.of(name), self._wanted])

    def _search(self, text: str) -> None:
        words, first = text.lower().split(), -1
        for row, action in enumerate(self._keys.actions):
            shown = " ".join(item.text() for item in self._rows[row])
            found = all(word in f"{shown} {action.words}".lower() for word in words)
            self.table.setRowHidden(row, not found)
            first = row if found and first < 0 else first
        if first >= 0:
            self.table.setCurrentCell(first, 0)


def title(action: Action) -> str:
    """What an action is called in the list."""
    return translated(action.text).removesuffix("…")
