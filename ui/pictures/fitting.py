"""How large a picture is that is sent on: as its VAE takes it, and no larger than its model paints well."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from nodeflow.document.links import to_target
from nodeflow.document.model import Workflow
from nodeflow.document.values import JSONValue
from nodeflow.models import ModelEntry, ModelKind
from nodeflow.models.trained import trained_side
from nodeflow.node.annotations import ModelFile
from nodeflow.values import LATENT_SCALE
from ui.document import edits

if TYPE_CHECKING:
    from ui.desk import Desk

RESIZE = "ResizeImage"
BEYOND = 2
"""Sides up to so many times those of the training are left as they are: what is in the picture already guides
the model, which would repeat itself had it to invent all of it."""


@dataclass(frozen=True)
class Fitted:
    """A workflow that takes its picture in a size that it can work with.

    Attributes:
        workflow: The workflow.
        text: What there is to say about it; empty: nothing.
    """

    workflow: Workflow
    text: str = ""


def fitted(workflow: Workflow, size: tuple[int, int], encoded: str, pasted: str | None, desk: Desk) -> Fitted:
    """Resize a picture where it is encoded, if it has to be, and what is pasted back into it.

    Args:
        workflow: What the picture is put into.
        size: Its width and height.
        encoded: The input where it is encoded.
        pasted: The input that takes what is pasted back into it; None: there is none.
        desk: Knows node types and models.
    """
    width, height = size
    model = _checkpoint(workflow, desk)
    side = (trained_side(model) if model is not None else None) or max(size)
    text = ""
    if width * height > (BEYOND * side) ** 2:
        longest = round(max(size) * side / math.sqrt(width * height) / LATENT_SCALE) * LATENT_SCALE
        values: dict[str, JSONValue] = {"longest_side": longest}
        said = QCoreApplication.translate(
            "Fitting", "Resized for {0}, which paints about {1} x {1} pixels well"
        )
        text = said.format(model.name if model is not None else "", side)
    elif width % LATENT_SCALE or height % LATENT_SCALE:
        values = {"factor": 1.0}
    else:
        return Fitted(workflow)
    workflow = _resized(workflow, encoded, values | {"multiple_of": LATENT_SCALE}, desk)
    if pasted is not None:
        values = {"width": width, "height": height, "fit": "stretch"}
        workflow = _resized(workflow, pasted, values, desk)
    return Fitted(workflow, text)


def _checkpoint(workflow: Workflow, desk: Desk) -> ModelEntry | None:
    """The first checkpoint that a workflow loads, if it is here."""
    for node in workflow.nodes.values():
        spec = desk.specs.get(node.type)
        for entry in spec.inputs if spec is not None else ():
            name = node.inputs.get(entry.name)
            if isinstance(entry.widget, ModelFile) and isinstance(name, str):
                kinds = tuple(kind for kind in entry.widget.kinds if kind is ModelKind.CHECKPOINT)
                if (found := desk.shelf.model(name, kinds)) is not None:
                    return found
    return None


def _resized(workflow: Workflow, place: str, values: dict[str, JSONValue], desk: Desk) -> Workflow:
    """Put a node that resizes before an input."""
    target = to_target(place)
    (link,) = (link for link in edits.connections(workflow) if link.target == target)
    return edits.insert_node(workflow, desk.specs, desk.specs[RESIZE], link, (0, 0), inputs=values)
