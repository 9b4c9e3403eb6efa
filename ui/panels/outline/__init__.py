"""The outline: the document as a tree, for the keyboard and for screen readers."""

from ui.panels.outline.outline import Outline

__all__ = ["Outline"]
