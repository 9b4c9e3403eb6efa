"""The workflow inside a picture that nodeflow saved."""

from __future__ import annotations

from pathlib import Path

from nodeflow.document.json_text import MAX_BYTES
from nodeflow.document.png_text import png_text
from nodeflow.errors import InvalidWorkflow, Problem

PICTURE_SUFFIX = ".png"
WORKFLOW_KEY = "nodeflow"
"""The PNG text chunk that holds the workflow a picture came from."""


def embedded_text(path: Path) -> str | None:
    """The JSON text of the workflow that a picture came from; None if it holds none.

    Raises:
        OSError: If the file cannot be read.
        InvalidWorkflow: If what it holds is damaged or too large to be a workflow.
    """
    with path.open("rb") as file:
        try:
            return png_text(file, WORKFLOW_KEY, MAX_BYTES)
        except ValueError as error:
            raise InvalidWorkflow([Problem(f"the workflow in {path.name} {error}")]) from None
