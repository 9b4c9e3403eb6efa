"""A document that is no file: saving it gives it to whoever opened it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nodeflow.document.model import Workflow


@dataclass(frozen=True)
class Errand:
    """Why a document is open that has no file.

    Attributes:
        id: Tells it from others.
        title: What its tab says.
        save: Takes the workflow; False if it is not wanted any more.
        end: Called when the document is closed.
    """

    id: str
    title: str
    save: Callable[[Workflow], bool]
    end: Callable[[], object]
