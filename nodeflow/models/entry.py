"""One model of the catalogue, and the digest of its content."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nodeflow.files import Digests
from nodeflow.files.digests import Progress
from nodeflow.models.diffusers_folder import DiffusersFolder, is_diffusers_folder
from nodeflow.models.exported import ExportedModel, is_exported
from nodeflow.models.kinds import Architecture, ModelKind


@dataclass(frozen=True)
class ModelEntry:
    """A model that was found.

    Attributes:
        name: Path relative to its kind's folder, with `/`, without suffix: `styles/ink`.
        kind: What it is, by its content where that tells, else by its folder.
        path: A file, or a folder in diffusers' layout or exported to ONNX.
        size_bytes: Size of its files; shared components count.
        architecture: Its family, if the content tells.
        bundled: Whether it came with nodeflow.
    """

    name: str
    kind: ModelKind
    path: Path
    size_bytes: int
    architecture: Architecture
    bundled: bool

    def to_json(self, digest: str | None = None) -> dict[str, str | int | bool | None]:
        """The entry as `nodeflow models --json` prints it.

        Args:
            digest: As `model_digest` or `known_model_digest` gave it; None: not yet read.
        """
        return {
            "name": self.name,
            "kind": self.kind.value,
            "architecture": self.architecture.value,
            "path": str(self.path),
            "size_bytes": self.size_bytes,
            "bundled": self.bundled,
            "digest": digest,
        }


def model_files(path: Path) -> dict[str, Path]:
    """The files a model consists of, shared components included, by their relative paths.

    Raises:
        MissingFile: If a diffusers folder or a manifest is damaged.
    """
    if is_exported(path):
        return ExportedModel.read(path).files()
    return DiffusersFolder.read(path).files() if is_diffusers_folder(path) else {path.name: path}


def is_model_folder(path: Path) -> bool:
    """Whether a folder is a model."""
    return is_diffusers_folder(path) or is_exported(path)


def model_digest(path: Path, digests: Digests, progress: Progress | None = None) -> str:
    """The digest of a model's content; sharing components or copying them makes no difference.

    Raises:
        MissingFile: If a file is missing, unreadable, or changes while it is read.
    """
    if is_model_folder(path):
        return digests.of_files(model_files(path), progress)
    return digests.of(path, progress)


def known_model_digest(path: Path, digests: Digests) -> str | None:
    """The digest if it is remembered; never reads the content of a model's files.

    Raises:
        MissingFile: If a diffusers folder is damaged.
    """
    return digests.known_files(model_files(path)) if is_model_folder(path) else digests.known(path)
