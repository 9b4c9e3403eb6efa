"""After a crash: which documents have edits that were never saved, and how they last were."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from nodeflow.document.files import load_workflow, parse_workflow
from nodeflow.document.model import Workflow
from nodeflow.errors import NodeflowError
from ui.document.delta import apply_difference
from ui.document.journal import SUFFIX, read_line
from ui.document.locks import try_lock


@dataclass(frozen=True)
class Recovered:
    """A document as it was when its editor ended.

    Attributes:
        journal: The file that it was read from.
        path: The document's own file, if it had one.
        title: What it was called.
        workflow: Its last state that is known to be whole.
        time: When it was last edited, in seconds since 1970.
    """

    journal: Path
    path: Path | None
    title: str
    workflow: Workflow
    time: float

    def discard(self) -> None:
        """Remove the journal: the document is open again, or not wanted."""
        self.journal.unlink(missing_ok=True)


def recover(folder: Path) -> list[Recovered]:
    """All documents with unsaved edits that no running editor has open, the latest first.

    Journals that only repeat what their file holds are removed; those that cannot be read are left alone.
    """
    found: dict[str, Recovered] = {}
    for journal in sorted(folder.glob(f"*{SUFFIX}")):
        document = None if _in_use(journal) else _read(journal)
        if document is None:
            continue
        before = found.pop(_document_id(journal), None)
        if before is not None:  # the journal was just begun anew
            before.discard()
        if _is_saved(document):
            document.discard()
        else:
            found[_document_id(journal)] = document
    return sorted(found.values(), key=lambda document: document.time, reverse=True)


def _document_id(journal: Path) -> str:
    """What the journals of one document, one following the other, have in common."""
    return journal.name.partition("-")[0]


def _in_use(journal: Path) -> bool:
    try:
        handle = os.open(journal, os.O_RDWR)
    except OSError:
        return True
    try:
        return not try_lock(handle)
    finally:
        os.close(handle)


def _read(journal: Path) -> Recovered | None:
    """The last state of a journal; whatever follows a damaged line is ignored."""
    try:
        time = journal.stat().st_mtime
        with journal.open("rb") as lines:
            head = read_line(next(lines, b""))
            document = head["workflow"]
            for line in lines:
                try:
                    document = apply_difference(document, read_line(line))
                except (ValueError, KeyError):
                    break
        path = Path(head["path"]) if head["path"] else None
        return Recovered(journal, path, head["title"], _workflow(document, path), time)
    except (OSError, ValueError, KeyError, TypeError, ValidationError, NodeflowError):
        return None


def _workflow(document: object, path: Path | None) -> Workflow:
    workflow = parse_workflow(json.dumps(document, ensure_ascii=False))
    return workflow.at(path) if path else workflow


def _is_saved(document: Recovered) -> bool:
    try:
        return document.path is not None and load_workflow(document.path) == document.workflow
    except NodeflowError:
        return False
