"""Workflows that go on from a picture: a template with the picture, and what it tells of itself, put in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from nodeflow.document.files import load_workflow
from nodeflow.document.links import Target, to_target
from nodeflow.document.model import Workflow
from nodeflow.document.values import JSONValue
from nodeflow.errors import InvalidWorkflow
from nodeflow.node.annotations import MAX_SEED, PictureFile
from nodeflow.pictures.embedded import embedded_workflow
from nodeflow.pictures.reading import picture_size
from nodeflow.values import LATENT_SCALE
from ui.canvas.actions import Port
from ui.canvas.geometry_cache import GeometryCache
from ui.document import edits
from ui.editing.files import picture_offer
from ui.pictures.facts import Facts
from ui.pictures.recipe import Specs, recipe_of, with_recipe

if TYPE_CHECKING:
    from ui.desk import Desk
    from ui.editing.editing import Editing

RESIZE = "ResizeImage"
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
    workflow = _with_fitting_sides(workflow, picture_size(path), places, desk.specs)
    workflow = edits.auto_layout(workflow, sizes=_sizes(workflow, desk.specs))
    if places.mask is None:
        return Sent(workflow, offer.text, None)
    mask = to_target(places.mask)
    return Sent(edits.reset_input(workflow, mask), offer.text, Port(str(mask.node), mask.input))


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


def _with_fitting_sides(workflow: Workflow, size: tuple[int, int], places: Places, specs: Specs) -> Workflow:
    """Resize a picture that no VAE takes on its way in, and what is pasted back into it."""
    width, height = size
    if not (width % LATENT_SCALE or height % LATENT_SCALE):
        return workflow
    workflow = _resized(workflow, places.encoded, {"factor": 1.0, "multiple_of": LATENT_SCALE}, specs)
    if places.pasted is not None:
        values = {"width": width, "height": height, "fit": "stretch"}
        workflow = _resized(workflow, places.pasted, values, specs)
    return workflow


def _resized(workflow: Workflow, place: str, values: dict[str, JSONValue], specs: Specs) -> Workflow:
    """Put a node that resizes before an input."""
    target: Target = to_target(place)
    name = edits.name_for(workflow, RESIZE)
    (link,) = (link for link in edits.connections(workflow) if link.target == target)
    added = edits.add_node(workflow, specs[RESIZE], (0, 0), values, name=name)
    return edits.insert_on_link(added, specs, name, link)


def _sizes(workflow: Workflow, specs: Specs) -> dict[str, tuple[float, float]]:
    """How large nodes of known types are drawn."""
    cache = GeometryCache()
    known = {name: specs[node.type] for name, node in workflow.nodes.items() if node.type in specs}
    drawn = {name: cache.of(spec, workflow.nodes[name], None).rect for name, spec in known.items()}
    return {name: (rect.width(), rect.height()) for name, rect in drawn.items()}
