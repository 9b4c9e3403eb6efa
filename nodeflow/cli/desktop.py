"""`nodeflow desktop`: into the menu of a Linux desktop, and out of it."""

from __future__ import annotations

import sys

from nodeflow.cli.output import say
from nodeflow.desktop import data_home, install, remove
from nodeflow.errors import ExitCode, UsageError


def run_desktop(*, into: bool) -> ExitCode:
    """Install or remove, and say which files.

    Args:
        into: Whether to install.

    Raises:
        UsageError: Where there is no such desktop.
    """
    if not sys.platform.startswith("linux"):
        raise UsageError("only desktops of Linux keep programs in such files")
    for path in install(data_home()) if into else remove(data_home()):
        say(str(path))
    return ExitCode.DONE
