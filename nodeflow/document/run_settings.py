"""Edits of how a workflow wants to be run."""

from __future__ import annotations

from typing import Any

from nodeflow.document.model import RunSettings, Workflow
from nodeflow.document.scope import with_fields


def set_run(workflow: Workflow, /, **wishes: Any) -> Workflow:
    """Wish for something, such as `eight_bit=True`; None takes a wish back."""
    before = workflow.run.model_dump(exclude_none=True) if workflow.run is not None else {}
    kept = {name: value for name, value in {**before, **wishes}.items() if value is not None}
    changed: Workflow = with_fields(workflow, run=RunSettings(**kept) if kept else None)
    return changed
