"""The workflow inside a picture, for those who open pictures of any kind."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nodeflow.document.model import Workflow


def embedded_workflow(path: Path) -> Workflow | None:
    """The workflow that a picture came from; None if it holds none, or cannot be read.

    Raises:
        InvalidWorkflow: If what it holds is no valid workflow.
    """
    from nodeflow.document import files

    try:
        return files.embedded_workflow(path)
    except OSError:  # whoever shows the picture will say why
        return None
