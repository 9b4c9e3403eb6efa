"""The models at hand, by name and kind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from nodeflow.errors import MissingFile
from nodeflow.files import FileAccess, FileMemory, read_any
from nodeflow.files.names import close_matches, did_you_mean, quoted, shown_path
from nodeflow.folders import BUNDLED_MODELS, Folders
from nodeflow.models.diffusers_folder import DiffusersFolder, is_diffusers_folder
from nodeflow.models.entry import ModelEntry, is_model_folder
from nodeflow.models.exported import ExportedModel, is_exported
from nodeflow.models.hub import all_downloaded, downloaded, is_hub_id
from nodeflow.models.kinds import KIND_BY_FOLDER, ModelKind, folder_for
from nodeflow.models.recogniser import Recogniser
from nodeflow.models.scan import SUFFIXES, Found, scan


class Catalogue:
    """Finds models in the models folders. Each question looks at the folders anew.

    A model lying in a folder of another kind is listed under what its content shows it to be. Links that lie
    in a models folder are followed: the user put them there, a workflow cannot.

    Args:
        folders: Where to look, and where to remember what files were recognised as.
        access: For names that are paths; None: the models folders only.
    """

    def __init__(self, folders: Folders, access: FileAccess | None = None) -> None:
        self._roots = folders.models
        self._access = access or FileAccess(folders.models)
        self._recogniser = Recogniser(FileMemory(folders.cache))

    def entries(self, kind: ModelKind | None = None) -> list[ModelEntry]:
        """The models of a kind, or all, by kind and name. Damaged files are listed by their folder's kind."""
        entries: dict[tuple[ModelKind, str], ModelEntry] = {}
        for entry in self._recogniser.entries((*scan(self._roots), *_of_hub())):
            if kind in (None, entry.kind):
                entries.setdefault((entry.kind, entry.name), entry)
        return sorted(entries.values(), key=lambda entry: (entry.kind, entry.name.casefold(), entry.name))

    def find(self, name: str, kind: ModelKind, *, input: str | None = None) -> ModelEntry:  # noqa: A002
        """Return the model of a name, after checking that its files are there and whole.

        Args:
            name: As listed (`styles/ink`), with its suffix (`styles/ink.safetensors`), or a path.
            kind: What it must be.
            input: The input that named it, for messages.

        Raises:
            MissingFile: If there is none, it is damaged, or it is of another kind.
        """
        try:
            entry = self._choose(name, kind)
            if entry.kind is not kind:
                message = f"{quoted(name)} is {entry.kind.with_article}, not {kind.with_article}"
                raise MissingFile(message, advice=self._advice(name, kind))
            check_whole(entry.path)
        except MissingFile as error:
            error.input = error.input or input
            raise
        return entry

    def _choose(self, name: str, kind: ModelKind) -> ModelEntry:
        """The first model of that name, preferably of that kind."""
        wanted = name.replace("\\", "/")
        named = [found for found in scan(self._roots) if wanted in (found.name, found.file_name)]
        entries = self._recogniser.entries(named)
        if not entries:
            entries = self._recogniser.entries([self._by_path(name, wanted, kind)])
        return next((entry for entry in entries if entry.kind is kind), entries[0])

    def _by_path(self, name: str, wanted: str, kind: ModelKind) -> Found:
        """The model at a path, if the name is one."""
        if "/" not in wanted and PurePosixPath(wanted).suffix.lower() not in SUFFIXES:
            folders = [shown_path(root / folder_for(kind)) for root in self._roots if root != BUNDLED_MODELS]
            places = ", ".join([*folders, "the bundled models"])
            message = f"There is no {kind.label} {quoted(name)} in {places}"
            raise MissingFile(message, advice=self._advice(name, kind))
        try:
            path = self._access.find(name, what=kind.label, folder=True)
        except MissingFile as error:
            of_hub = downloaded(name)
            if of_hub is not None:
                return Found(name, kind, of_hub, bundled=False)
            error.advice = did_you_mean(self._similar(wanted, kind)) or _download_advice(name) or error.advice
            raise
        if path.suffix.lower() not in SUFFIXES and not is_model_folder(path):
            advice = "Choose a .safetensors file or a folder with a model_index.json"
            raise MissingFile(f"{quoted(name)} is not a model", advice=advice)
        return Found(name, kind, path, path.is_relative_to(BUNDLED_MODELS.resolve()))

    def _advice(self, name: str, kind: ModelKind) -> str:
        similar = self._similar(name, kind)
        return did_you_mean(similar) or "`nodeflow models` lists what there is"

    def _similar(self, name: str, kind: ModelKind) -> list[str]:
        """Names of the kind that look like this one. Only those are looked into: there may be thousands."""
        folder = KIND_BY_FOLDER[folder_for(kind)]
        candidates = {
            found.name: found for found in reversed(list(scan(self._roots))) if found.kind is folder
        }
        plain = name.removesuffix(PurePosixPath(name).suffix) if name.lower().endswith(SUFFIXES) else name
        matches = [candidates[match] for match in close_matches(plain, candidates)]
        return [entry.name for entry in self._recogniser.entries(matches) if entry.kind is kind]


def _of_hub() -> Iterator[Found]:
    return (Found(name, ModelKind.CHECKPOINT, path, bundled=False) for name, path in all_downloaded())


def _download_advice(name: str) -> str | None:
    return f"`nodeflow download {name}` gets it from the Hugging Face Hub" if is_hub_id(name) else None


def check_whole(path: Path) -> None:
    """Check that a model is whole, as far as can be seen without reading its weights.

    Raises:
        MissingFile: If it is not.
    """
    if is_exported(path):
        ExportedModel.read(path).check()
    elif is_diffusers_folder(path):
        DiffusersFolder.read(path).check()
    else:
        read_any(path)
