"""Small files beside a model: a preview picture, and what other programs wrote down about it.

Of `ink.safetensors` these are `ink.png` or `ink.preview.png`, `ink.json` (A1111's and others' notes),
`ink.civitai.info`, `ink.cm-info.json`, `ink.metadata.json`, and `ink.txt` with trigger words.
"""

from __future__ import annotations

import html
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nodeflow.models.about import LONGEST, About, plain
from nodeflow.models.metadata import MOST_WORDS, sha256, split_words

PICTURES = (".png", ".jpg", ".jpeg", ".webp")
_PREVIEWS = tuple(f"{part}{suffix}" for part in ("", ".preview", ".thumb") for suffix in PICTURES)
_INSIDE = tuple(f"{name}{suffix}" for name in ("preview", "thumbnail") for suffix in PICTURES)
_NOTES = (".json", ".civitai.info", ".cm-info.json", ".metadata.json")
_WORDS = ".txt"
_LONGEST_JSON = 2**20
_LONGEST_WORDS = 2_000


class Sidecars:
    """Looks beside models. Each folder is listed once, for as long as this object lives."""

    def __init__(self) -> None:
        self._names: dict[Path, dict[str, str]] = {}

    def preview(self, model: Path) -> Path | None:
        """The picture beside a model, or inside its folder; None if there is none."""
        found = self._beside(model, _PREVIEWS)
        if found is None and model.is_dir():
            names = self._listed(model)
            found = next((model / names[name] for name in _INSIDE if name in names), None)
        return found

    def about(self, model: Path) -> About:
        """What is written down beside a model; files that are too long or damaged are left out."""
        told = About()
        for suffix in _NOTES:
            path = self._beside(model, (suffix,))
            if path is not None:
                told = told.over(_noted(_read_json(path)))
        path = self._beside(model, (_WORDS,))
        if path is not None and not told.trigger_words:
            told = told.over(About(trigger_words=_words_in(path)))
        return told

    def _beside(self, model: Path, endings: tuple[str, ...]) -> Path | None:
        names = self._listed(model.parent)
        stem = (model.name if model.is_dir() else model.stem).casefold()
        return next((model.parent / names[stem + end] for end in endings if stem + end in names), None)

    def _listed(self, folder: Path) -> Mapping[str, str]:
        """The files of a folder, by name in small letters."""
        if folder not in self._names:
            try:
                with os.scandir(folder) as entries:
                    self._names[folder] = {e.name.casefold(): e.name for e in entries if e.is_file()}
            except OSError:
                self._names[folder] = {}
        return self._names[folder]


def _read_json(path: Path) -> Mapping[str, Any]:
    try:
        with path.open("rb") as file:
            text = file.read(_LONGEST_JSON + 1)
        document = json.loads(text) if len(text) <= _LONGEST_JSON else None
    except (OSError, ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _noted(notes: Mapping[str, Any]) -> About:
    """What notes of any of the known forms say."""
    within = notes.get("civitai")
    if isinstance(within, dict):  # what a site said, kept inside somebody's notes
        return _noted({**notes, "civitai": None}).over(_noted(within))
    model, creator = _inner(notes, "model"), _inner(notes, "creator")
    return About(
        title=_first(model, "name") or _first(notes, "model_name", "ModelName", "name"),
        author=_first(creator, "username") or _first(notes, "author", "Creator"),
        base_model=_first(notes, "baseModel", "base_model", "BaseModel", "sd version"),
        licence=_first(notes, "license", "licence"),
        description=without_tags(_first(notes, "description", "ModelDescription", "notes", longest=LONGEST)),
        trigger_words=_triggers(notes),
        digest=_digest(notes),
    )


def _inner(notes: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = notes.get(name)
    return found if isinstance(found, dict) else {}


def _first(notes: Mapping[str, Any], *names: str, longest: int = 200) -> str:
    return next((text for name in names if (text := plain(notes.get(name), longest))), "")


def _triggers(notes: Mapping[str, Any]) -> tuple[str, ...]:
    for name in ("trainedWords", "TrainedWords", "trigger_words", "activation text", "trigger"):
        value = notes.get(name)
        found: list[str] = []
        for part in value if isinstance(value, list) else [value]:
            found += split_words(part)
        if found:
            return tuple(dict.fromkeys(found))[:MOST_WORDS]
    return ()


def _digest(notes: Mapping[str, Any]) -> str:
    files = notes.get("files")
    first = files[0] if isinstance(files, list) and files and isinstance(files[0], dict) else {}
    for place in (first.get("hashes"), notes.get("Hashes"), notes.get("hashes"), notes):
        if isinstance(place, dict):
            found = sha256(place.get("SHA256")) or sha256(place.get("sha256"))
            if found:
                return found
    return ""


def without_tags(text: str) -> str:
    """A text from a web page as plain text."""
    return plain(html.unescape(re.sub(r"<[^<>]{0,500}>", " ", text)), LONGEST)


def _words_in(path: Path) -> tuple[str, ...]:
    try:
        with path.open("rb") as file:
            text = file.read(_LONGEST_WORDS + 1)
    except OSError:
        return ()
    whole = len(text) <= _LONGEST_WORDS  # a licence or a story is no list of words
    return split_words(text.decode("utf-8", "replace")) if whole else ()
