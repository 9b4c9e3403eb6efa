"""The declarative actions as Qt's, kept in step with what is open and selected."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QToolBar

from nodeflow.errors import NodeflowError
from ui.actions.action import Action, Context, Menu, translated
from ui.actions.catalogue import ACTIONS, MENUS
from ui.actions.keys import Keys, native
from ui.theme import icon

ON_NODES = ("node", "arrange")
"""Menus of what is done to selected nodes."""


class Board(QObject):
    """All actions of one window.

    Args:
        context: What they act on.

    Attributes:
        actions: Qt's actions by the id of ours.
        keys: The keys that ask for them.
    """

    def __init__(self, context: Context) -> None:
        super().__init__(context.window)
        self._context = context
        self._known = {action.id: action for action in ACTIONS}
        self.keys = Keys(context.desk.settings, self)
        self.keys.changed.connect(self._take_keys)
        self.actions = {action.id: self.made(action, self) for action in ACTIONS}
        self._take_keys()
        context.window.addActions([self.actions[a.id] for a in ACTIONS if not a.on_canvas])

    @property
    def for_canvas(self) -> list[QAction]:
        """The actions whose keys count only while a canvas has the focus."""
        return [self.actions[action.id] for action in ACTIONS if action.on_canvas]

    def made(self, action: Action, parent: QObject) -> QAction:
        """Qt's action for one of ours."""
        result = QAction(_escaped(translated(action.text)), parent)
        result.setShortcuts([QKeySequence(key) for key in action.shortcut])
        scope = Qt.ShortcutContext
        result.setShortcutContext(scope.WidgetShortcut if action.on_canvas else scope.WindowShortcut)
        result.setCheckable(action.checked is not None)
        result.setIconVisibleInMenu(action.checked is None)  # else nothing would show whether it is on
        result.triggered.connect(partial(self._trigger, action))
        self._draw(action, result)
        return result

    def _take_keys(self) -> None:
        for name, shown in self.actions.items():
            shown.setShortcuts([QKeySequence(key) for key in self.keys.of(name)])
            first = "".join(f"  {native(key)}" for key in self.keys.of(name)[:1])
            shown.setToolTip(translated(self._known[name].text) + first)

    def key_text(self, action: Action) -> str:
        """The key that menus show for an action, as people read it; empty if it has none."""
        keys = self.keys.of(action.id) if action.id in self.actions else action.shortcut
        return native(keys[0]) if keys else ""

    def run(self, action: Action) -> None:
        """Do what an action says, if it makes sense now; what goes wrong is told, never raised."""
        if not self._context.window.ready or not action.enabled(self._context):
            return
        try:
            action.do(self._context)
        except NodeflowError as error:
            self._context.window.tell(error)
        self.refresh()

    def changes_graph(self, keys: QKeySequence) -> bool:
        """Whether keys would do something to the selected nodes: not what who is typing text means."""
        return any(
            keys in self.actions[name].shortcuts()
            for name, action in self._known.items()
            if action.menu in ON_NODES or name == "edit.duplicate"
        )

    def _trigger(self, action: Action) -> None:
        self.run(action)

    def refresh(self) -> None:
        """Bring what is enabled, checked and said up to date."""
        for name, action in self._known.items():
            self._update(action, self.actions[name])

    def _update(self, action: Action, shown: QAction) -> None:
        shown.setEnabled(action.enabled(self._context))
        if action.checked is not None:
            shown.setChecked(action.checked(self._context))
        if action.label is not None:
            shown.setText(_escaped(action.label(self._context)))

    def redraw(self) -> None:
        """Draw the icons anew, in the theme's colours."""
        for name, action in self._known.items():
            self._draw(action, self.actions[name])

    def _draw(self, action: Action, shown: QAction) -> None:
        if action.icon:
            name, _, color = action.icon.partition(" ")
            shown.setIcon(icon(name, color or self._context.desk.theme.theme.colors.text_muted))

    def fill_bar(self, bar: QMenuBar) -> None:
        """Put all menus into the menu bar."""
        for menu in MENUS:
            if "." not in menu.id:
                bar.addMenu(self.menu(menu, bar))

    def menu(self, menu: Menu, parent: QMenuBar | QMenu) -> QMenu:
        """Qt's menu for one of ours."""
        result = QMenu(translated(menu.text), parent)
        result.aboutToShow.connect(self.refresh)
        if menu.fill is not None:
            result.aboutToShow.connect(partial(self._fill, menu, result))
            return result
        for action in ACTIONS:
            if action.menu == menu.id:
                if action.apart:
                    result.addSeparator()
                result.addAction(self.actions[action.id])
                self._add_menus(menu, result, action.id)
        self._add_menus(menu, result, "")
        return result

    def _add_menus(self, outer: Menu, shown: QMenu, after: str) -> None:
        for menu in MENUS:
            if menu.id.rpartition(".")[0] == outer.id and menu.after == after:
                if menu.apart:
                    shown.addSeparator()
                inner = self.menu(menu, shown)
                shown.addMenu(inner)
                shown.aboutToShow.connect(
                    lambda m=menu, i=inner: i.menuAction().setEnabled(m.enabled(self._context))
                )

    def _fill(self, menu: Menu, shown: QMenu) -> None:
        shown.clear()
        for action in menu.fill(self._context) if menu.fill else ():
            self.add(action, shown)

    def add(self, action: Action, shown: QMenu) -> QAction:
        """Put an action that is not on the list into a menu that is made for one occasion."""
        if action.apart:
            shown.addSeparator()
        made = self.made(action, shown)
        made.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)  # the key is shown; others answer to it
        self._update(action, made)
        shown.addAction(made)
        return made

    def fill_tool_bar(self, bar: QToolBar, groups: Iterable[Iterable[str]]) -> None:
        """Put groups of actions into a tool bar."""
        for index, group in enumerate(groups):
            if index:
                bar.addSeparator()
            for name in group:
                bar.addAction(self.actions[name])

    def keys_of_all(self) -> list[tuple[str, str]]:
        """What each action is called, and its keys as people read them; without keys, an empty text."""
        return [
            (translated(action.text).removesuffix("…"), ", ".join(map(native, self.keys.of(action.id))))
            for action in ACTIONS
        ]

    def offered(self) -> Iterable[Action]:
        """All actions for the command palette, also those of menus that are filled when opened."""
        yield from ACTIONS
        for menu in MENUS:
            if menu.fill is not None and menu.enabled(self._context):
                for action in menu.fill(self._context):
                    title = f"{translated(menu.text)}: {action.text}"
                    yield replace(action, text=title, label=None)


def _escaped(text: str) -> str:
    """Menus take a single & for the mark of a key."""
    return text.replace("&", "&&")
