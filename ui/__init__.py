"""The desktop editor. `main` starts it; nothing else of it is imported before."""

from __future__ import annotations

from collections.abc import Sequence


def main(files: Sequence[str] = ()) -> int:
    """Open the editor; returns the exit code.

    Args:
        files: Workflows to open, by path or by the name of one that comes with the program.
    """
    from ui.app import run

    return run(files)
