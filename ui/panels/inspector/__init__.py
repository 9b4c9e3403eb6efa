"""The inspector: everything about the selected nodes, or about the workflow where none is."""

from ui.panels.inspector.inspector import Inspector

__all__ = ["Inspector"]
