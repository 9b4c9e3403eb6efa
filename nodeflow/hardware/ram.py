"""How much memory and how many cores this process may use, containers' limits included. Needs no psutil."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

_CGROUPS = Path("/sys/fs/cgroup")
_PROC = Path("/proc")


class Ram(NamedTuple):
    """Memory that a process may use, in bytes."""

    total: int
    available: int


def ram(proc: Path = _PROC, cgroups: Path = _CGROUPS) -> Ram:
    """The machine's memory, or what the tightest control group around this process allows of it.

    Args:
        proc: Where Linux tells about processes.
        cgroups: Where Linux keeps control groups.
    """
    total, available = _linux(proc) or _portable()
    for limit, used in _limits(proc, cgroups):
        total = min(total, limit)
        available = min(available, max(limit - used, 0))
    return Ram(total, available)


def cores() -> int:
    """CPU cores that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _linux(proc: Path) -> Ram | None:
    try:
        lines = (proc / "meminfo").read_text("ascii").splitlines()
        kilobytes = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines)}
        return Ram(kilobytes["MemTotal"] * 1024, kilobytes["MemAvailable"] * 1024)
    except (OSError, ValueError, KeyError, IndexError):
        return None


def _portable() -> Ram:
    """Systems without /proc: psutil where it is installed, else what POSIX tells."""
    try:
        memory = import_module("psutil").virtual_memory()
        return Ram(memory.total, memory.available)
    except ImportError:
        pass
    try:
        total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return Ram(8 * 2**30, 4 * 2**30)  # Windows without psutil: what nearly every machine has
    return Ram(total, total // 2)  # POSIX has no portable word for what is free


def _limits(proc: Path, cgroups: Path) -> Iterator[tuple[int, int]]:
    """Limit and use, in bytes, of every control group around this process, of version 1 or 2."""
    try:
        lines = (proc / "self" / "cgroup").read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return
    for line in lines:
        _, controllers, group = line.split(":", 2)
        if controllers == "":
            yield from _group_limits(cgroups, group, "memory.max", "memory.current", "inactive_file")
        elif "memory" in controllers.split(","):
            files = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
            yield from _group_limits(cgroups / "memory", group, *files)


def _group_limits(root: Path, group: str, limit: str, used: str, cached: str) -> Iterator[tuple[int, int]]:
    # Inside a container the path is often the host's; the root it sees is then its own group.
    relative = Path(group.lstrip("/"))
    for folder in (root / relative, *(root / parent for parent in relative.parents), root):
        try:
            # A group without a limit says "max", or a number beyond any memory.
            most = int((folder / limit).read_text("ascii"))
            now = int((folder / used).read_text("ascii"))
        except (OSError, ValueError):
            continue
        yield most, now - _cached(folder / "memory.stat", cached)


def _cached(statistics: Path, field: str) -> int:
    """Files kept in memory that give way when a program needs it, in bytes."""
    try:
        lines = statistics.read_text("ascii").splitlines()
        return next((int(line.split()[1]) for line in lines if line.startswith(f"{field} ")), 0)
    except (OSError, ValueError, IndexError):
        return 0
