"""The editor's heart, without Qt: the open document with undo and journal, edits, layout, search."""

from nodeflow.document.scope import TOP, EditRefused, Scope
from ui.document.document import Document
from ui.document.history import Change
from ui.document.validity import Verdict, can_connect

__all__ = ["TOP", "Change", "Document", "EditRefused", "Scope", "Verdict", "can_connect"]
