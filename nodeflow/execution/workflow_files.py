"""The files that a workflow names, as far as it may read them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from nodeflow.errors import MissingFile
from nodeflow.files import Digests, FileAccess
from nodeflow.files.word_lists import WordLists
from nodeflow.folders import Folders
from nodeflow.models import Catalogue, ModelEntry
from nodeflow.models.twins import twin
from nodeflow.node.annotations import ModelFile


class WorkflowFiles:
    """Finds the files that a workflow names: models in the models folders, pictures where the user allows.

    Args:
        folders: The user's folders.
        allowed: What else may be read.
        digests: Of the models that the workflow was made with, by name: one that is missing may be here under
            another name.
    """

    def __init__(
        self, folders: Folders, allowed: Iterable[Path] = (), digests: Mapping[str, str] | None = None
    ) -> None:
        self._access = FileAccess(folders.readable(*allowed))
        self._catalogue = Catalogue(folders, self._access)
        self._cache = folders.cache
        self._lists = WordLists(folders.wildcards)
        self._digests = digests or {}

    def model(self, name: str, widget: ModelFile) -> ModelEntry:
        """Return the model of that name, of one of the kinds that fit."""
        for other in widget.kinds[1:]:
            with contextlib.suppress(MissingFile):
                return self._catalogue.find(name, other)
        try:
            return self._catalogue.find(name, widget.kinds[0])  # its complaint is the one that helps
        except MissingFile as error:
            if name in self._digests:
                entries = (entry for kind in widget.kinds for entry in self._catalogue.entries(kind))
                same = twin(self._digests[name], entries, Digests(self._cache))
                error.advice = f"The same model is here as {same.name!r}" if same else error.advice
            raise

    def picture(self, name: str) -> Path:
        """Return the path of a picture."""
        return self._access.find(name, what="picture")

    def wildcard(self, name: str) -> tuple[str, ...]:
        """Return the lines of a list of words."""
        return self._lists.lines(name)
