"""The desktop editor. `main` starts it; nothing else of it is imported before."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.util import find_spec

from nodeflow.errors import UsageError

SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
"""One of these is set where Linux has a screen."""


def main(files: Sequence[str] = ()) -> int:
    """Open the editor; returns the exit code.

    Args:
        files: Workflows to open, by path or by the name of one that comes with the program.

    Raises:
        UsageError: If Qt is not installed, or there is no screen.
    """
    if find_spec("PySide6") is None:
        raise UsageError("the editor needs Qt", advice="Install it with: pip install 'nodeflow[ui]'")
    if sys.platform.startswith("linux") and not any(map(os.environ.get, SCREENS)):
        raise UsageError("the editor needs a screen", advice="nodeflow run WORKFLOW needs none")
    from ui.app import run

    return run(files)
