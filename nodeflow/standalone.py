"""The stand-alone program, which has no Python beside it: how it starts itself, and finds more nodes."""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module
from pathlib import Path

CALL = "--call"
_COMMAND_LINE = "nodeflow.cli.main:main"
_CODE = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from nodeflow.standalone import call; call(*sys.argv[2:])"
)


def is_standalone() -> bool:
    """Whether this is the stand-alone program."""
    return bool(getattr(sys, "frozen", False))


def main() -> None:
    """Start as the command line, or as the process of its own that another one of these asked for."""
    from multiprocessing import freeze_support  # only here is it needed

    freeze_support()
    _give_back_library_path()
    sys.path.append(str(packages_folder()))
    if sys.argv[1:2] == [CALL]:
        call(*sys.argv[2:])
    else:
        call(_COMMAND_LINE)


def packages_folder() -> Path:
    """Where the stand-alone program finds node packages; elsewhere pip installs them beside nodeflow."""
    from platformdirs import user_data_path

    return user_data_path("nodeflow", appauthor=False) / "packages"


def command_for(function: str, *arguments: str) -> list[str]:
    """How to start a process that calls a function, finding modules where this process does.

    Args:
        function: `module:function`.
        arguments: What it is given.
    """
    if is_standalone():
        return [sys.executable, CALL, function, *arguments]
    return [sys.executable, "-P", "-c", _CODE, json.dumps(sys.path), function, *arguments]


def call(function: str, *arguments: str) -> None:
    """Call a function by its name, `module:function`."""
    module, _, name = function.partition(":")
    getattr(import_module(module), name)(*arguments)


def _give_back_library_path() -> None:
    """Let programs of the system that are started from here find the system's libraries, not ours."""
    before = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
    if before:
        os.environ["LD_LIBRARY_PATH"] = before
    else:
        os.environ.pop("LD_LIBRARY_PATH", None)
