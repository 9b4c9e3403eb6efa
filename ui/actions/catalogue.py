"""The one list of all actions, the menus they stand in, and what the tool bar shows."""

from __future__ import annotations

from ui.actions import arrange, edit, file, helping, node, panels, pictures, queue, run, view
from ui.actions.action import Action, Menu

MENUS: tuple[Menu, ...] = (
    Menu("file", "&File"),
    Menu("edit", "&Edit"),
    Menu("node", "&Node"),
    Menu("arrange", "&Arrange"),
    Menu("run", "&Run"),
    Menu("view", "&View"),
    Menu("help", "&Help"),
    *file.MENUS,
    *node.MENUS,
    *view.MENUS,
)

ACTIONS: tuple[Action, ...] = (
    *file.ACTIONS,
    *edit.ACTIONS,
    *node.ACTIONS,
    *arrange.ACTIONS,
    *run.ACTIONS,
    *queue.ACTIONS,
    *view.ACTIONS,
    *pictures.ACTIONS,
    *panels.ACTIONS,
    *helping.ACTIONS,
)

TOOLBAR: tuple[tuple[str, ...], ...] = (
    ("file.new", "file.open", "file.save"),
    ("edit.undo", "edit.redo"),
    ("node.add", "node.frame", "node.note"),
    ("node.group", "node.mute", "node.bypass"),
    ("view.fit_all", "view.app"),
    ("view.commands",),
)
"""Groups of actions, parted by lines."""
