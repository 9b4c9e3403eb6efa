"""The desktop editor. It comes with a later version; for now it says so."""

from __future__ import annotations

import sys


def main() -> int:
    """Open the editor; returns the exit code."""
    print("The editor is on its way and not part of this version yet.", file=sys.stderr)  # noqa: T201
    print("Until then: nodeflow run text_to_image, or nodeflow --help.", file=sys.stderr)  # noqa: T201
    return 0
