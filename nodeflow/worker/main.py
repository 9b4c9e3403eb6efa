"""What the worker process runs. Its input and output are the channel, so nothing else may use them."""

from __future__ import annotations

import faulthandler
import os
import signal
import sys

from nodeflow.worker.channel import Channel

_YIELDING = 5
"""How far the process stands back where processors are short: before it, the window gets its turn."""


def main(make: str) -> None:
    """Serve until the other side is gone.

    Args:
        make: `module:function` that makes the runner.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started this process decides
    if hasattr(os, "nice"):
        os.nice(_YIELDING)
    channel = _take_pipes()
    faulthandler.enable(all_threads=False)  # a crash in native code says on stderr where it was

    from nodeflow.worker.session import Session

    Session(channel, make).serve()
    sys.stderr.flush()
    os._exit(0)  # a library's thread may hang; nobody is left to wait for it


def _take_pipes() -> Channel:
    """Take the pipes away from whatever prints or reads."""
    incoming, outgoing = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return Channel(os.fdopen(incoming, "rb"), os.fdopen(outgoing, "wb"))
