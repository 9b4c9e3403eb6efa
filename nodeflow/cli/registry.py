"""The installed node types, with a warning for each package that failed to load."""

from __future__ import annotations

from nodeflow.cli.output import complain
from nodeflow.node.registry import Registry


def installed_registry() -> Registry:
    """Load all installed node types; packages that fail are named on stderr and left out."""
    registry = Registry.installed()
    for fault in registry.faults:
        complain(fault, "warning")
    return registry
