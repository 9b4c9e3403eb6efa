"""The workflow inside a picture that nodeflow saved, for those who show pictures of any kind."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nodeflow.document.embedded import embedded_text

if TYPE_CHECKING:
    from nodeflow.document.model import Workflow


def embedded_workflow(path: Path) -> Workflow | None:
    """The workflow that a picture came from; None if it holds none, or cannot be read.

    Raises:
        InvalidWorkflow: If what it holds is no valid workflow.
    """
    from nodeflow.document.files import parse_workflow

    try:
        text = embedded_text(path)
    except OSError:  # whoever shows the picture will say why
        return None
    return None if text is None else parse_workflow(text)
