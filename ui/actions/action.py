"""What an action is, and what it acts on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

if TYPE_CHECKING:
    from ui.canvas.area_item import AreaKey
    from ui.desk import Desk
    from ui.editing.editing import Editing
    from ui.window.main_window import MainWindow


@dataclass(frozen=True)
class Context:
    """What an action finds when it is asked for.

    Attributes:
        window: The window.
    """

    window: MainWindow

    @property
    def desk(self) -> Desk:
        """What all documents share."""
        return self.window.desk

    @property
    def editing(self) -> Editing | None:
        """The document in front, if there is one."""
        return self.window.editing

    @property
    def chosen(self) -> frozenset[str]:
        """The selected nodes."""
        return self.editing.selection if self.editing else frozenset()

    @property
    def chosen_areas(self) -> frozenset[AreaKey]:
        """The selected frames and notes."""
        return self.editing.scene.selected_areas if self.editing else frozenset()

    def edit(self) -> Editing:
        """The document in front, for actions that are enabled only where there is one.

        Raises:
            LookupError: If there is none.
        """
        if self.editing is None:
            raise LookupError("no document is open")
        return self.editing


Condition = Callable[[Context], bool]


def always(_context: Context) -> bool:
    """Whatever there is."""
    return True


def document(context: Context) -> bool:
    """A document is open."""
    return context.editing is not None


def nodes(count: int) -> Condition:
    """At least so many nodes are selected."""
    return lambda context: len(context.chosen) >= count


def anything(context: Context) -> bool:
    """A node, a frame or a note is selected."""
    return bool(context.chosen or context.chosen_areas)


def nodes_or_frames(context: Context) -> bool:
    """A node or a frame is selected, which stands for the nodes in it."""
    return bool(context.chosen) or any(kind == "frame" for kind, _ in context.chosen_areas)


@dataclass(frozen=True)
class Action:
    """Something that can be asked for.

    Attributes:
        id: Its name in settings: `edit.undo`.
        text: What menus call it, in English.
        do: Does it.
        menu: The menu it stands in; empty: only the command palette has it.
        shortcut: The keys for it, the one that menus show first.
        icon: A name of the icon set.
        enabled: Whether it makes sense now.
        checked: For what can be on or off: whether it is on.
        label: A text that says more than `text`, such as what would be undone.
        apart: Whether a line in the menu parts it from what is above.
        on_canvas: Whether its keys count only while the canvas has the focus: elsewhere they mean more.
        words: Other words by which the command palette finds it.
    """

    id: str
    text: str
    do: Callable[[Context], object]
    menu: str = ""
    shortcut: tuple[str, ...] = ()
    icon: str = ""
    enabled: Condition = always
    checked: Condition | None = None
    label: Callable[[Context], str] | None = None
    apart: bool = False
    on_canvas: bool = False
    words: str = ""


@dataclass(frozen=True)
class Menu:
    """A menu.

    Attributes:
        id: Its name: `file`, or `file.recent` for one inside it.
        text: What it is called, in English.
        fill: Makes its actions whenever it is opened; None: it holds the actions that name it.
        enabled: Whether it makes sense now.
        apart: Whether a line parts it from what is above.
        after: The action below which it stands in its menu; empty: at the end.
    """

    id: str
    text: str
    fill: Callable[[Context], Iterable[Action]] | None = None
    enabled: Condition = always
    apart: bool = False
    after: str = ""


def translated(text: str) -> str:
    """A text of an action in the user's language."""
    return QCoreApplication.translate("Actions", text)
