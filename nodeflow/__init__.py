"""nodeflow: a node editor and runner for SDXL pipelines.

    from nodeflow import load_workflow, run

Names are imported when they are first used, so that `import nodeflow` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nodeflow.version import __version__

if TYPE_CHECKING:
    from nodeflow.api import load_workflow, run
    from nodeflow.document.model import Workflow
    from nodeflow.errors import NodeflowError

__all__ = ["NodeflowError", "Workflow", "__version__", "load_workflow", "run"]

_HOMES = {
    "load_workflow": "nodeflow.api",
    "run": "nodeflow.api",
    "Workflow": "nodeflow.document.model",
    "NodeflowError": "nodeflow.errors",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'nodeflow' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
