"""What the cache answers: results, and what it says about itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any


class Tier(StrEnum):
    """Where a result lies."""

    MEMORY = "memory"
    DISK = "disk"


@dataclass(frozen=True)
class Hit:
    """A result that need not be computed.

    Attributes:
        outputs: Values by output name.
        tier: Where they came from.
    """

    outputs: Mapping[str, Any]
    tier: Tier


@dataclass(frozen=True)
class TypeUse:
    """What the results of one node type take on disk.

    Attributes:
        node_type: The node type's id.
        entries: Number of results.
        bytes: Their size; a file shared by several results counts for each.
        seconds: Time it took to compute them.
    """

    node_type: str
    entries: int
    bytes: int
    seconds: float


@dataclass(frozen=True)
class CacheInfo:
    """What lies in the cache.

    Attributes:
        folder: Where the disk tier lies, or None if there is none.
        memory_entries: Results held in memory.
        memory_bytes: Size of their arrays.
        memory_limit: Bytes allowed in memory.
        disk_entries: Results on disk.
        disk_files: Files that hold them; equal results share one.
        disk_bytes: Size of these files.
        disk_limit: Bytes allowed on disk.
        types: By node type, the largest first.
        states: States of unfinished calls, kept to go on from.
        state_bytes: Size of these.
    """

    folder: Path | None
    memory_entries: int
    memory_bytes: int
    memory_limit: int
    disk_entries: int = 0
    disk_files: int = 0
    disk_bytes: int = 0
    disk_limit: int = 0
    types: tuple[TypeUse, ...] = ()
    states: int = 0
    state_bytes: int = 0


@dataclass(frozen=True)
class PruneReport:
    """What was removed from disk.

    Attributes:
        entries: Results removed, those whose file had vanished included.
        files: Files of results removed, those that no result used included.
        temporary: Files removed that killed processes had left half written.
        freed_bytes: Size of all removed files.
        kept_bytes: Size of the results that stayed.
        states: States of unfinished calls removed.
    """

    entries: int = 0
    files: int = 0
    temporary: int = 0
    freed_bytes: int = 0
    kept_bytes: int = 0
    states: int = 0


@dataclass(frozen=True)
class VerifyReport:
    """What a check of everything on disk found. Damage is removed already.

    Attributes:
        entries: Results checked.
        damaged: Results removed, as their file or their line in the index was damaged.
        index_rebuilt: Whether the index itself was broken and begun anew, which forgets all results.
        tidied: What else was removed.
    """

    entries: int = 0
    damaged: int = 0
    index_rebuilt: bool = False
    tidied: PruneReport = PruneReport()
