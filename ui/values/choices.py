"""What an input may be set to, as lists show it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QLocale
from rapidfuzz import fuzz, process, utils

from nodeflow.document.values import JSONValue
from nodeflow.errors import MissingFile
from nodeflow.models.kinds import Architecture
from nodeflow.node.annotations import ModelFile
from nodeflow.node.spec import InputSpec
from ui.canvas.fields import MASKS, FieldKind, field_kind, value_text

if TYPE_CHECKING:
    from nodeflow.models import ModelEntry
    from ui.desk import Desk

MOST_FOUND = 200
_SIZES = QLocale.DataSizeFormat.DataSizeSIFormat


@dataclass(frozen=True)
class Choice:
    """One line of a list.

    Attributes:
        value: What is chosen.
        text: What it is called.
        detail: A few words about it.
        sign: An icon.
        picture: Drawn small instead of the icon.
    """

    value: str
    text: str
    detail: str = ""
    sign: str = ""
    picture: Path | None = None


def choices_for(spec: InputSpec, desk: Desk, document: Path | None = None) -> list[Choice]:
    """Everything that an input may be set to now.

    Args:
        spec: The input.
        desk: What knows the folders.
        document: The workflow's file, beside which pictures may lie.
    """
    if isinstance(spec.widget, ModelFile):
        entries = {entry.name: entry for entry in reversed(desk.shelf.of_kinds(spec.widget.kinds))}
        many = len(spec.widget.kinds) > 1
        return [_model(entries[name], many) for name in desk.choices(spec)]
    if field_kind(spec) is FieldKind.PICTURE:
        found = desk.shelf.pictures(document.parent if document is not None else None)
        shown = (picture for picture in found if not picture.name.startswith(f"{MASKS}/"))
        return [Choice(item.name, item.name, sign="image", picture=item.path) for item in shown]
    return [Choice(name, value_text(spec, name), hint(spec, name)) for name in desk.choices(spec)]


def hint(spec: InputSpec, choice: object) -> str:
    """A few words about a choice, if its node says some."""
    return spec.hints.about(str(choice)) if spec.hints is not None else ""


def _model(entry: ModelEntry, many: bool) -> Choice:
    return Choice(entry.name, entry.name, describe_model(entry, kind=many), "cube")


def describe_model(entry: ModelEntry, *, kind: bool = True) -> str:
    """A model's kind and size, and what it was made for if that is not SDXL."""
    words = [entry.kind.label] if kind else []
    if entry.architecture not in (Architecture.SDXL, Architecture.SDXL_REFINER, Architecture.UNKNOWN):
        words.append(entry.architecture.label)
    decimals = 0 if entry.size_bytes < 10**9 else 1
    words.append(QLocale().formattedDataSize(entry.size_bytes, decimals, _SIZES))
    if entry.bundled:
        words.append(QCoreApplication.translate("Choices", "bundled"))
    return " · ".join(word[:1].upper() + word[1:] if word is words[0] else word for word in words)


def is_here(spec: InputSpec, desk: Desk, value: JSONValue, document: Path | None = None) -> bool:
    """Whether what an input holds can be found, beside the workflow's file too; what names no file can."""
    if not isinstance(value, str) or not spec.names_file:
        return True
    if isinstance(spec.widget, ModelFile):
        return desk.model(spec, value) is not None
    return picture_path(desk, value, document) is not None


def picture_path(desk: Desk, name: str, beside: Path | None = None) -> Path | None:
    """Where a picture lies that a workflow names; None if it is not there.

    Args:
        desk: What knows the folders.
        name: The picture.
        beside: The workflow's file.
    """
    try:
        return desk.finder(beside).picture(name)
    except MissingFile:
        return None


def matching(query: str, choices: list[str]) -> list[str]:
    """The choices that fit a query, the best first; all of them, in order, without one."""
    if not query.strip():
        return choices
    words = query.casefold().split()
    inside = [choice for choice in choices if all(word in choice.casefold() for word in words)]
    found = process.extract(
        query, choices, scorer=fuzz.WRatio, processor=utils.default_process, limit=50, score_cutoff=55
    )
    return list(dict.fromkeys([*inside, *(choice for choice, _, _ in found)]))[:MOST_FOUND]
