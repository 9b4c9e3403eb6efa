"""Models of the Hugging Face Hub by their ids, `owner/name`, where they were downloaded before.

They lie in the cache that all of its programs share, laid out as huggingface_hub documents it:
`models--owner--name/refs/main` names a commit, `snapshots/<commit>/` holds its files. Nothing here asks the
network; `hub_download` does.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from nodeflow.models.diffusers_folder import INDEX

_ID = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_REVISION = "main"


def is_hub_id(name: str) -> bool:
    """Whether a name could be that of a model on the hub."""
    return bool(_ID.fullmatch(name)) and ".." not in name and not name.endswith((".safetensors", ".ckpt"))


def hub_cache(environment: Mapping[str, str] | None = None) -> Path:
    """Where the hub's programs keep what they downloaded."""
    values = os.environ if environment is None else environment
    if values.get("HF_HUB_CACHE"):
        return Path(values["HF_HUB_CACHE"]).expanduser()
    cache = Path(values.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
    return Path(values.get("HF_HOME") or cache / "huggingface").expanduser() / "hub"


def downloaded(name: str) -> Path | None:
    """The folder of a model that was downloaded; None if there is none.

    Args:
        name: Its id.
    """
    if not is_hub_id(name):
        return None
    folder = hub_cache() / f"models--{name.replace('/', '--')}"
    try:
        commit = (folder / "refs" / _REVISION).read_text("utf-8").strip()
    except (OSError, ValueError):
        return None
    snapshot = folder / "snapshots" / commit
    return snapshot if _COMMIT.fullmatch(commit) and (snapshot / INDEX).is_file() else None


def all_downloaded() -> Iterator[tuple[str, Path]]:
    """Every downloaded model in diffusers' layout, by its id."""
    try:
        folders = sorted(hub_cache().glob("models--*--*"))
    except OSError:
        return
    for folder in folders:
        name = folder.name.removeprefix("models--").replace("--", "/", 1)
        path = downloaded(name)
        if path is not None:
            yield name, path
