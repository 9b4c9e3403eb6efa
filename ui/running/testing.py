"""For tests: a runner in this process that computes next to nothing."""

from __future__ import annotations

from dataclasses import is_dataclass

from nodeflow.backends.fake import FakeBackend
from nodeflow.cache import open_cache
from nodeflow.execution.runner import ThreadRunner
from nodeflow.folders import Folders
from nodeflow.node.registry import Registry


def fake_runner(folders: Folders, backend: FakeBackend) -> ThreadRunner:
    """A runner with the installed nodes and a cache of its own."""
    registry = Registry.installed()
    types = {spec.socket.type for node in registry for spec in node.spec.outputs}
    sizes = {"memory_bytes": 1 << 28, "disk_bytes": 1 << 28}
    cache = open_cache(folders, **sizes, classes=filter(is_dataclass, types))
    return ThreadRunner(registry, folders, backend, cache=cache)
