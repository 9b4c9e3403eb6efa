"""What all open documents share: node types, folders, files, the session, the theme."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings, Signal

from nodeflow.errors import UsageError
from nodeflow.folders import Folders
from nodeflow.settings_file import FolderSettings, folder_settings
from ui.log.log import Log
from ui.node_memory import NodeMemory
from ui.running.engine import Engine
from ui.shelf import Finder, Shelf
from ui.theme.theme import ThemeKeeper

if TYPE_CHECKING:
    from nodeflow.execution.events import Event
    from nodeflow.models import ModelEntry
    from nodeflow.node.registry import NodeTypes
    from nodeflow.node.spec import InputSpec, NodeSpec
    from ui.document.session import Session
    from ui.running.ticket import Ticket

SETTINGS = "editor.ini"


class Desk(QObject):
    """What all open documents share. Nothing slow happens before `load_specs`.

    Args:
        theme: The application's theme.
        folders: Where things lie; None: where the platform and the environment say.
        parent: Its owner.

    Attributes:
        specs: The node types by name; empty until loaded, always the same mapping.
        faults: A line for each package whose node types could not be loaded.
        origins: The package that each node type comes from, by type.
        settings_fault: Why the settings could not be read at the start; empty: they could.
        settings: What the editor remembers from one start to the next.
        node_memory: Which nodes the user likes and has used lately.
        shelf: The models and pictures at hand.
        engine: Runs workflows.
        log: What happened.
    """

    specsChanged = Signal()  # noqa: N815 - signals are named as Qt names them
    typesTold = Signal()  # noqa: N815
    """The runner has answered which node types there are."""
    filesChanged = Signal()  # noqa: N815
    foldersChanged = Signal()  # noqa: N815
    pictureWanted = Signal(object)  # noqa: N815
    """A picture's path: it is to be shown large."""
    copyWanted = Signal(object)  # noqa: N815
    """Pictures' paths: they are to be copied."""

    def __init__(
        self, theme: ThemeKeeper, folders: Folders | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.theme = theme
        self._given = folders
        self.settings_fault = ""
        self.folders = self._found_folders()
        self.shelf = Shelf(self.folders)
        self.engine = Engine(self, self.folders.data / "queue")
        self.log = Log(self)
        self.faults: list[str] = []
        self.origins: dict[str, str] = {}
        self.settings = QSettings(str(self.folders.config / SETTINGS), QSettings.Format.IniFormat, self)
        self.node_memory = NodeMemory(self.settings, self)
        self._specs: dict[str, NodeSpec] = {}
        self.engine.begun.connect(lambda: self.look_for_types(anew=False))
        self.engine.told.connect(self._note_picture)

    def _found_folders(self) -> Folders:
        """The folders as the settings name them; the usual ones where those cannot be read."""
        try:
            if self._given is None:
                return Folders.from_environment()
            return self._given.named_by(folder_settings(self._given.config))
        except UsageError as error:
            self.settings_fault = str(error)
            return self.usual_folders()

    def usual_folders(self) -> Folders:
        """The folders that are used where the settings name none."""
        return self._given or Folders.from_environment(settings=FolderSettings())

    def follow_settings(self, answer: Callable[[Exception | None], object]) -> None:
        """Do as the settings say from now on, and let the next run do so.

        Args:
            answer: Called when that is so, with what went wrong; None: nothing.
        """
        self.folders = self._found_folders()
        self.shelf.move(self.folders)
        self.foldersChanged.emit()

        def followed(told: Exception | None) -> None:
            self.rescan()
            answer(told)

        self.engine.follow(self.folders, followed)

    @property
    def specs(self) -> Mapping[str, NodeSpec]:
        """The node types by name."""
        return self._specs

    @cached_property
    def session(self) -> Session:
        """The open documents."""
        from ui.document.session import Session

        return Session(self.folders.data, self.specs)

    @property
    def library(self) -> Path:
        """The folder of the subgraphs that were saved to be used again."""
        return self.folders.data / "nodes"

    def spec(self, type_id: str) -> NodeSpec | None:
        """A node type; None if it is not known here."""
        return self._specs.get(type_id)

    def load_specs(self) -> None:
        """Load the program's own node types, and recall those of other packages until the runner tells."""
        from ui.node_types import own_types, remembered

        self._own = own_types()
        self._show_types(remembered(self.folders.cache))

    def look_for_types(self, *, anew: bool = True) -> bool:
        """Ask the runner which node types there are; False if there is nobody to ask.

        Args:
            anew: Whether packages that were installed meanwhile are to be found.
        """
        if not self.engine.ready:
            return False
        self.engine.ask(lambda runner: runner.node_types(anew=anew), self._take_types)
        return True

    def _take_types(self, told: NodeTypes | Exception) -> None:
        from ui.node_types import others, remember, same

        if not isinstance(told, Exception):
            foreign = others(told)
            if not same(foreign, self._told):
                remember(self.folders.cache, foreign)
                self._show_types(foreign)
        self.typesTold.emit()

    def _show_types(self, told: NodeTypes) -> None:
        from ui.node_types import joined

        self._told = told
        known = joined(self._own, told)
        self._specs.clear()
        self._specs.update({spec.type: spec for spec in known.specs})
        self.faults, self.origins = list(known.faults), dict(known.origins)
        self.specsChanged.emit()

    def _note_picture(self, _ticket: Ticket, event: Event) -> None:
        from nodeflow.execution.events import FileSaved

        if isinstance(event, FileSaved):
            self.shelf.add_picture(event.path)

    def rescan(self) -> None:
        """Look for models and pictures anew."""
        self.shelf.forget()
        self.filesChanged.emit()

    def finder(self, path: Path | None) -> Finder:
        """Finds the files that a workflow names.

        Args:
            path: The workflow's file; None: it has none yet.
        """
        return Finder(self.shelf, self.folders, path.parent if path else None)

    def choices(self, spec: InputSpec) -> list[str]:
        """What an input may be set to: the values of a choice, or the names of fitting files."""
        from nodeflow.node.annotations import ModelFile

        if spec.socket.choices:
            return list(spec.socket.choices)
        if isinstance(spec.widget, ModelFile):
            return list(dict.fromkeys(entry.name for entry in self.shelf.of_kinds(spec.widget.kinds)))
        return [found.name for found in self.shelf.pictures()] if spec.names_file else []

    def model(self, spec: InputSpec, name: str) -> ModelEntry | None:
        """What is known of the model that an input names; None if it is not here."""
        from nodeflow.node.annotations import ModelFile

        return self.shelf.model(name, spec.widget.kinds) if isinstance(spec.widget, ModelFile) else None
