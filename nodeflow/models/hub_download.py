"""Downloading a model from the Hugging Face Hub: what it takes is told first, and what was cut off goes on.

The one module that uses the network, and only when somebody has agreed to it.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from nodeflow.errors import Cancelled, MissingFile, NodeflowError, UsageError
from nodeflow.models.diffusers_folder import INDEX
from nodeflow.models.hub import hub_cache, is_hub_id
from nodeflow.models.variants import FULL, weight_names

Progress = Callable[[int, int], object]
"""Told the bytes that are there and in all; may raise to stop."""

_SMALL = (".json", ".txt", ".model")
_UNUSED = ("safety_checker", "feature_extractor", "image_encoder")


@dataclass(frozen=True)
class Download:
    """What a model takes.

    Attributes:
        name: Its id.
        files: The files to have, by their paths.
        nbytes: Their size, in bytes.
        missing: How many bytes of them are not here yet.
    """

    name: str
    files: tuple[str, ...]
    nbytes: int
    missing: int


def plan_download(name: str, variant: str = FULL, *, endpoint: str | None = None) -> Download:
    """Ask the hub what a model consists of.

    Args:
        name: Its id, `owner/name`.
        variant: The variant of its weights, such as `fp16`; the default is full precision where there is one.
        endpoint: Address of another hub; None: as huggingface_hub is set up.

    Raises:
        UsageError: If that is no id, or the network may not be used.
        MissingFile: If there is no such model, or not in a form that can be loaded.
    """
    if not is_hub_id(name):
        raise UsageError(f"{name!r} is no model of the hub", advice="Its ids look like owner/name")
    listed = _asked(name, dry_run=True, tqdm_class=_bars(lambda _: None), endpoint=endpoint)
    sizes = {file.filename: (int(file.file_size), bool(file.will_download)) for file in listed}
    files = needed_files(name, sizes, variant)
    total = sum(sizes[file][0] for file in files)
    missing = sum(sizes[file][0] for file in files if sizes[file][1])
    return Download(name, tuple(files), total, missing)


def download(wanted: Download, progress: Progress, *, endpoint: str | None = None) -> Path:
    """Download what was planned; files that are here already, or in part, are not read again.

    Args:
        wanted: As `plan_download` gave it.
        progress: Told how far it is.
        endpoint: As in `plan_download`.

    Returns:
        The model's folder.

    Raises:
        MissingFile: If it breaks off, after which calling again goes on, or there is too little room.
    """
    _check_room(wanted)
    bars = _bars(
        lambda done: progress(min(wanted.nbytes - wanted.missing + done, wanted.nbytes), wanted.nbytes)
    )
    return Path(_asked(wanted.name, allow_patterns=list(wanted.files), tqdm_class=bars, endpoint=endpoint))


def _check_room(wanted: Download) -> None:
    """Refuse what would fill the disk before it is half there."""
    place = next((folder for folder in (hub_cache(), *hub_cache().parents) if folder.exists()), None)
    free = wanted.missing if place is None else shutil.disk_usage(place).free
    if free < wanted.missing:
        missing, left = wanted.missing / 1e9, free / 1e9
        raise MissingFile(
            f"{wanted.name} takes {missing:.1f} GB, and only {left:.1f} GB are free in {place}",
            advice="Free some space, or set HF_HUB_CACHE to another folder",
        )


def needed_files(name: str, files: Iterable[str], variant: str = FULL) -> list[str]:
    """Of a model's files, those that are loaded: of each component its JSON files and one variant of weights.

    Raises:
        MissingFile: If it is not in diffusers' layout, or a component has only pickles.
    """
    by_folder: dict[str, list[str]] = {}
    for file in files:
        folder, _, rest = file.rpartition("/")
        if "/" not in folder and folder not in _UNUSED and rest:
            by_folder.setdefault(folder, []).append(file)
    if INDEX not in by_folder.get("", ()):
        message = f"{name} is not in diffusers' layout"
        raise MissingFile(message, advice="Download its .safetensors file into your models folder instead")
    chosen = [INDEX]
    for folder, own in by_folder.items():
        described = [file for file in own if PurePosixPath(file).suffix in _SMALL]
        if not folder or not described:
            continue
        weights = weight_names(own, variant)
        if not weights and any(file.endswith((".bin", ".ckpt", ".pt")) for file in own):
            message = f"{name} has the {folder.replace('_', ' ')} only as a pickle, which is not downloaded"
            raise MissingFile(message, advice="Choose a version with .safetensors files")
        chosen += [*described, *weights]
    return sorted(chosen)


def _asked(name: str, **options: Any) -> Any:
    """What huggingface_hub answers, or one line on what is wrong."""
    try:
        from huggingface_hub import constants, snapshot_download
    except ImportError as error:
        advice = "Install it with: pip install 'nodeflow[torch]'"
        raise UsageError("huggingface_hub is not installed", advice=advice) from error
    if constants.HF_HUB_OFFLINE:
        raise UsageError(
            "HF_HUB_OFFLINE is set, so nothing is downloaded", advice="Unset it, or use a model that is here"
        )
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)  # what becomes of its attempts is told below
    try:
        return snapshot_download(name, **options)
    except (NodeflowError, Cancelled):
        raise
    except Exception as error:  # its client for the network is another from version to version
        raise _failure(name, [type(cause) for cause in _causes(error)]) from error


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _failure(name: str, causes: Iterable[type]) -> MissingFile:
    from huggingface_hub import errors

    if any(issubclass(cause, errors.GatedRepoError) for cause in causes):
        advice = "Accept its terms on its page, then log in with `hf auth login`"
        return MissingFile(f"{name} is only for those who accepted its terms", advice=advice)
    if any(issubclass(cause, errors.RepositoryNotFoundError) for cause in causes):
        return MissingFile(f"the hub has no model {name}", advice="Check its spelling")
    advice = "Check the connection and try again: what is here already is kept"
    return MissingFile(f"{name} could not be downloaded", advice=advice)


def _bars(told: Callable[[int], object]) -> type:
    """The class of progress bars that huggingface_hub wants, which tells the bytes instead of drawing.

    There are several of them, which count the same bytes as they arrive and as they are written.
    """
    from tqdm import tqdm

    most = 0

    class Told(tqdm):  # type: ignore[misc]  # it has no types
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **{**options, "disable": True})
            self._done = int(options.get("initial") or 0) if options.get("unit") == "B" else None

        def update(self, n: float | None = 1) -> None:
            nonlocal most
            if self._done is not None and n:
                self._done += int(n)
                most = max(most, self._done)
                told(most)

    return Told
