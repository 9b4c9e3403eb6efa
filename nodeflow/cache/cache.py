"""The result cache: memory and disk behind one interface. It never fails a run: at worst it has nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from nodeflow.cache.classes import BUILT_IN
from nodeflow.cache.disk import DiskTier, Entry
from nodeflow.cache.memory import Held, MemoryTier, size_of
from nodeflow.cache.reports import CacheInfo, Hit, PruneReport, Tier, VerifyReport
from nodeflow.cache.states import States
from nodeflow.cache.upkeep import Upkeep
from nodeflow.errors import NodeflowError

T = TypeVar("T")


class ResultCache:
    """Keeps the outputs of nodes by content key. For many threads, and many processes on one folder.

    Outputs are values: whoever gets them must not change them.

    Args:
        folder: The disk tier's own folder, made when needed; None: memory only.
        memory_bytes: Budget of the memory tier.
        disk_bytes: Cap of the disk tier.
        classes: Frozen dataclasses and enumerations that may be stored on disk besides the core's values, and
            what their fields are declared to hold. Outputs with anything else stay in memory.

    Attributes:
        states: States of long calls that are under way; None without a folder.
    """

    def __init__(
        self, folder: Path | None, *, memory_bytes: int, disk_bytes: int, classes: Iterable[type] = ()
    ) -> None:
        self._memory = MemoryTier(memory_bytes)
        self._disk = DiskTier(folder, disk_bytes, (*BUILT_IN, *classes)) if folder is not None else None
        self.states = States(folder / "states") if folder is not None else None
        self._warned = False

    def where(self, key: str) -> Tier | None:
        """Where a result lies, without reading it. A promise it is not: another process may remove it."""
        return self.where_many([key]).get(key)

    def where_many(self, keys: Collection[str]) -> dict[str, Tier]:
        """Where results lie; keys that there is nothing for are left out."""
        found = {key: Tier.MEMORY for key in keys if self._memory.peek(key) is not None}
        missing = [key for key in dict.fromkeys(keys) if key not in found]
        if self._disk is not None and missing:
            found.update(dict.fromkeys(self._disk.where_many(missing), Tier.DISK))
        return found

    def get(self, key: str) -> Hit | None:
        """Return a result, or None if there is none or it is damaged. From disk it comes into memory too."""
        held = self._memory.get(key)
        if held is not None:
            if self._disk is not None and held.blob is not None:
                # Otherwise what is used most would look unused on disk, and leave it first.
                self._disk.blobs.touch(held.blob)
            return Hit(held.outputs, Tier.MEMORY)
        stored = self._disk.get(key) if self._disk is not None else None
        if stored is None:
            return None
        held = _held(stored.outputs, stored.recipe, stored.blob)
        self._memory.put(key, held)
        return Hit(held.outputs, Tier.DISK)

    def put(
        self, key: str, outputs: Mapping[str, Any], recipe: Mapping[str, Any], node_type: str, seconds: float
    ) -> str | None:
        """Keep a result. What cannot be written to a file stays in memory only.

        Args:
            key: Its content key.
            outputs: Values by output name.
            recipe: What the key was made from, as JSON values.
            node_type: Id of the node type.
            seconds: Time it took to compute.

        Returns:
            A warning, the first time that the disk cannot be written; else None.
        """
        return self.put_many([Entry(key, outputs, recipe, node_type, seconds)])[0]

    def put_many(self, entries: Sequence[Entry]) -> list[str | None]:
        """Keep several results at once, which takes the disk little more time than one.

        Returns:
            For each what `put` returns.
        """
        warnings: list[str | None] = [None] * len(entries)
        blobs = warnings.copy()
        if self._disk is not None:
            try:
                blobs = self._disk.put_many(entries)
            except OSError as error:
                warnings[0] = self._warning(error)
        for entry, blob in zip(entries, blobs, strict=True):
            self._memory.put(entry.key, _held(entry.outputs, entry.recipe, blob))
        return warnings

    def _warning(self, error: OSError) -> str | None:
        if self._warned or self._disk is None:
            return None
        self._warned = True
        reason = error.strerror or str(error)
        return f"results are not kept on disk: {self._disk.folder} cannot be written ({reason})"

    def pin(self, key: str) -> bool:
        """Let a result stay on disk when room is made; False if it does not lie there."""
        return self._disk is not None and self._disk.pin(key)

    def recipe(self, key: str) -> Mapping[str, Any] | None:
        """What a key was made from, where its result is at hand."""
        held = self._memory.peek(key)
        if held is not None:
            return held.recipe
        return self._disk.recipe(key) if self._disk is not None else None

    def info(self) -> CacheInfo:
        """What lies in the cache."""
        entries, nbytes = self._memory.use()
        memory = CacheInfo(None, entries, nbytes, self._memory.limit)
        return memory if self._disk is None else self._disk.upkeep.info(memory)

    def verify(self, progress: Callable[[int, int], object] | None = None) -> VerifyReport:
        """Read everything on disk and remove what is damaged or belongs to nothing.

        Args:
            progress: Told the bytes read so far and in all.

        Raises:
            NodeflowError: If the folder cannot be written.
        """
        return self._change(lambda disk: disk.verify(progress), VerifyReport())

    def prune(self, to_bytes: int | None = None) -> PruneReport:
        """Remove the least recently used results from disk, and what belongs to nothing.

        Args:
            to_bytes: What may stay; None: what the cap allows.

        Raises:
            NodeflowError: If the folder cannot be written.
        """
        return self._change(lambda disk: disk.prune(to_bytes), PruneReport())

    def clear(self) -> PruneReport:
        """Forget everything, in memory and on disk.

        Raises:
            NodeflowError: If the folder cannot be written.
        """
        self._memory.clear()
        return self._change(lambda disk: disk.clear(), PruneReport())

    def release_memory(self) -> int:
        """Let go of the memory tier, where memory is short; return the bytes that this frees."""
        return self._memory.clear()

    def _change(self, action: Callable[[Upkeep], T], nothing: T) -> T:
        if self._disk is None or not self._disk.folder.exists():
            return nothing
        try:
            return action(self._disk.upkeep)
        except OSError as error:
            message = f"the cache in {self._disk.folder} cannot be changed: {error.strerror or error}"
            raise NodeflowError(message, advice="Check its permissions and the space on its disk") from error


def _held(outputs: Mapping[str, Any], recipe: Mapping[str, Any], blob: str | None) -> Held:
    return Held(MappingProxyType(dict(outputs)), recipe, blob, size_of(outputs))
