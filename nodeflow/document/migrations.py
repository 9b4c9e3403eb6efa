"""Bringing files of older formats up to date, on plain data, before any object is built."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nodeflow.document.model import FORMAT
from nodeflow.errors import InvalidWorkflow, Problem

Document = dict[str, Any]
Migration = Callable[[Document], Document]

MIGRATIONS: dict[int, Migration] = {}
"""For each old format, the function that makes the next format of it; it must leave its argument alone."""


def migrate(
    document: Any, migrations: Mapping[int, Migration] = MIGRATIONS, newest: int = FORMAT
) -> Document:
    """Return `document` in the newest format.

    Raises:
        InvalidWorkflow: If it is no workflow, or of a format this program does not know.
    """
    if not isinstance(document, dict):
        message = f"this is not a nodeflow workflow but {_kind(document)}"
        raise InvalidWorkflow([Problem(message, advice='A workflow is an object, {"format": 1, "nodes": …}')])
    if "nodes" not in document:
        message = 'this is not a nodeflow workflow: it has no "nodes"'
        raise InvalidWorkflow([Problem(message, advice="Choose a file that nodeflow saved")])
    number = document.get("format", 1)
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        raise InvalidWorkflow([Problem(f'"format" must be a whole number from 1, not {number!r:.40}')])
    if number > newest:
        message = f"the workflow has format {number}, this program knows formats up to {newest}"
        raise InvalidWorkflow([Problem(message, advice="Update nodeflow to open it")])
    migrated: Document = document
    for old in range(number, newest):
        migrated = {**migrations[old](migrated), "format": old + 1}
    return migrated


def _kind(value: Any) -> str:
    names = {list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")
