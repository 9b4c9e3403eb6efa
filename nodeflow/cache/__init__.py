"""Results of nodes, kept to be used again: in memory and on disk, behind one interface. No torch."""

from nodeflow.cache.cache import ResultCache
from nodeflow.cache.disk import Entry
from nodeflow.cache.reports import CacheInfo, Hit, PruneReport, Tier, TypeUse, VerifyReport
from nodeflow.cache.standard import open_cache

__all__ = [
    "CacheInfo",
    "Entry",
    "Hit",
    "PruneReport",
    "ResultCache",
    "Tier",
    "TypeUse",
    "VerifyReport",
    "open_cache",
]
