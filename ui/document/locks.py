"""A lock on an open file that its process's end releases, however it ends."""

from __future__ import annotations

import sys

FAR_AWAY = 2**40
"""Where the lock lies on Windows, which locks bytes for reading too: far beyond what the file holds."""


def try_lock(handle: int) -> bool:
    """Lock an open file for this process; False if another has it."""
    try:
        _lock(handle)
    except OSError:
        return False
    return True


if sys.platform == "win32":
    import msvcrt
    import os

    def _lock(handle: int) -> None:
        place = os.lseek(handle, 0, os.SEEK_CUR)
        os.lseek(handle, FAR_AWAY, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        finally:
            os.lseek(handle, place, os.SEEK_SET)
else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
