"""Workflows that go on from a picture: a template with the picture, and what it tells of itself, put in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from nodeflow.document.files import load_workflow
from nodeflow.document.links import to_target
from nodeflow.document.model import Workflow
from nodeflow.document.values import JSONValue
from nodeflow.errors import InvalidWorkflow
from nodeflow.node.annotations import MAX_SEED, PictureFile
from nodeflow.pictures.embedded import embedded_workflow
from nodeflow.pictures.reading import picture_size
from ui.canvas.actions import Port
from ui.canvas.geometry_cache import GeometryCache
from ui.document import edits
from ui.files import picture_offer
from ui.pictures.facts import Facts
from ui.pictures.fitting import fitted
from ui.pictures.recipe import Specs, recipe_of, with_recipe

if TYPE_CHECKING:
    from ui.desk import Desk
    from ui.editing.editing import Editing

DENOISE = 0.6
"""How much of a finished picture is redone at first: enough to see a change, little enough to know it."""


class Purpose(Enum):
    """What a picture is sent for, by the template that does it."""

    CHANGE = "image_to_image"
    INPAINT = "inpaint"


@dataclass(frozen=True)
class Places:
    """Where a template takes things.

    Attributes:
        picture: The picture's file.
        encoded: What is encoded.
        pasted: What is pasted back into the picture; None: nothing is.
        mask: The mask's file; None: there is none.
    """

    picture: str
    encoded: str
    pasted: str | None = None
    mask: str | None = None


PLACES = {
    Purpose.CHANGE: Places("sketch.file", "latent.image"),
    Purpose.INPAINT: Places("picture.file", "encode.image", "paste.inpainted", "mask.file"),
}


@dataclass(frozen=True)
class Sent:
    """A workflow that goes on from a picture.

    Attributes:
        workflow: The workflow.
        text: What there is to say about it; empty: nothing.
        paint: The mask that is to be painted; None: there is none.
    """

    workflow: Workflow
    text: str
    paint: Port | None


def loaders(editing: Editing) -> list[str]:
    """The nodes of the graph in front that load a picture."""
    nodes = editing.scope.body(editing.document.workflow).nodes
    return [
        name
        for name in nodes
        if (spec := editing.spec(name)) and any(isinstance(i.widget, PictureFile) for i in spec.inputs)
    ]


def workflow_for(path: Path, facts: Facts, purpose: Purpose, desk: Desk) -> Sent:
    """A workflow that goes on from a picture, sampled as the picture was where it tells.

    Args:
        path: The picture.
        facts: What it tells.
        purpose: What for.
        desk: Knows node types and folders.

    Raises:
        MissingFile: If it cannot be read or copied.
    """
    offer, places, own = picture_offer(path, desk, None), PLACES[purpose], _own(path)
    workflow = load_workflow(purpose.value)
    if own is not None and (recipe := recipe_of(own, desk.specs)) is not None:
        workflow = with_recipe(workflow, recipe, desk.specs)
        if purpose is Purpose.CHANGE:
            workflow = edits.set_input(workflow, "sampler.denoise", DENOISE)
    else:
        workflow = _with_facts(workflow, facts)
    workflow = edits.set_input(workflow, places.picture, offer.name)
    fit = fitted(workflow, picture_size(path), places.encoded, places.pasted, desk)
    workflow = edits.auto_layout(fit.workflow, sizes=_sizes(fit.workflow, desk.specs))
    text = ". ".join(filter(None, (offer.text, fit.text)))
    if places.mask is None:
        return Sent(workflow, text, None)
    mask = to_target(places.mask)
    return Sent(edits.reset_input(workflow, mask), text, Port(str(mask.node), mask.input))


def _own(path: Path) -> Workflow | None:
    try:
        return embedded_workflow(path)
    except InvalidWorkflow:
        return None


def _with_facts(workflow: Workflow, facts: Facts) -> Workflow:
    """The template with the prompts and the seed of a picture that another program made."""
    seed = facts.first("seed")
    told: dict[str, JSONValue] = {
        "prompt.text": next(iter(facts.prompts), None),
        "negative.text": next(iter(facts.negative_prompts), None),
        "sampler.seed": int(seed) if seed.isdecimal() and int(seed) <= MAX_SEED else None,
    }
    for place, value in told.items():
        if value is not None:
            workflow = edits.set_input(workflow, place, value)
    return workflow


def _sizes(workflow: Workflow, specs: Specs) -> dict[str, tuple[float, float]]:
    """How large nodes of known types are drawn."""
    cache = GeometryCache()
    known = {name: specs[node.type] for name, node in workflow.nodes.items() if node.type in specs}
    drawn = {name: cache.of(spec, workflow.nodes[name], None).rect for name, spec in known.items()}
    return {name: (rect.width(), rect.height()) for name, rect in drawn.items()}
