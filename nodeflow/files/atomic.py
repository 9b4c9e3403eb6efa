"""Writing files: whatever happens leaves the old file or the new one, never a mixture."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


def write_beside(path: Path, data: bytes) -> Path:
    """Write a complete file beside `path`, under a name nobody uses, with the usual permissions.

    Raises:
        OSError: If it cannot be written; nothing is left behind.
    """
    with _draft(path) as (temporary, file):
        file.write(data)
    return temporary


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Write a file piece by piece that appears at its end, over an older one if there is one.

    Whatever goes wrong before leaves the older one untouched, and nothing else behind.

    Raises:
        OSError: If it cannot be written.
    """
    with _draft(path) as (temporary, file):
        yield file
    try:
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


@contextmanager
def _draft(path: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """A file beside `path`, complete on disk at the end or gone."""
    handle, name = tempfile.mkstemp(prefix=".", suffix=path.suffix, dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield temporary, file
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o666 & ~umask())
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_replacing(path: Path, data: bytes) -> None:
    """Write a file in one step, over an older one if there is one.

    Raises:
        OSError: If it cannot be written; the older one is untouched.
    """
    with replacing(path) as file:
        file.write(data)


def write_new(path: Path, data: bytes) -> bool:
    """Write a file that must not exist yet; it appears whole or not at all.

    Returns:
        False if the name is taken.

    Raises:
        OSError: If it cannot be written.
    """
    temporary = write_beside(path, data)
    try:
        os.link(temporary, path)
    except FileExistsError:
        return False
    except OSError:  # no hard links here: the next best is to reserve the name first
        try:
            path.touch(exist_ok=False)
        except FileExistsError:
            return False
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return True


def umask() -> int:
    """The permissions that this process withholds from new files."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
