"""Workflows that go on from a picture: its own or a template, with the picture in place of nothing."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from nodeflow.document.files import load_workflow
from nodeflow.document.model import Workflow
from nodeflow.document.scope import EditRefused
from nodeflow.document.values import Link, is_linked, literal
from nodeflow.errors import InvalidWorkflow, NodeflowError
from nodeflow.node.annotations import PictureFile
from nodeflow.node.spec import NodeSpec
from nodeflow.pictures.embedded import embedded_workflow
from ui.document import edits
from ui.editing.files import Offer, picture_offer
from ui.pictures.facts import Facts
from ui.pictures.masking import masked
from ui.pictures.parts import giving, needed, place_of, taking

if TYPE_CHECKING:
    from ui.desk import Desk
    from ui.editing.editing import Editing

TEMPLATE = "image_to_image"
DENOISE = 0.6
"""How much is redone at first: enough to see a change, little enough to know the picture again."""
LEFT = 320
"""How far to the left of what it feeds a new node lies."""
Specs = Mapping[str, NodeSpec]


class Purpose(Enum):
    """What a picture is sent for."""

    CHANGE = "change"
    INPAINT = "inpaint"


def loaders(editing: Editing) -> list[str]:
    """The nodes of the graph in front that load a picture."""
    nodes = editing.scope.body(editing.document.workflow).nodes
    return [
        name
        for name in nodes
        if (spec := editing.spec(name)) and any(isinstance(i.widget, PictureFile) for i in spec.inputs)
    ]


def workflow_for(path: Path, facts: Facts, purpose: Purpose, desk: Desk) -> tuple[Workflow | None, str]:
    """A workflow that goes on from a picture, and what there is to say about it.

    Args:
        path: The picture.
        facts: What it tells; its prompt is kept.
        purpose: What for.
        desk: Knows node types and folders.
    """
    try:
        offer = picture_offer(path, desk, None)
        own = _own(path)
        try:
            if own is None:
                raise EditRefused("")
            result, sampler = _from_picture(own, offer, desk.specs)
        except EditRefused:
            template = _with_prompt(load_workflow(TEMPLATE), facts)
            result, sampler = _from_picture(template, offer, desk.specs)
        if purpose is Purpose.CHANGE:
            return result, offer.text
        painted = masked(result, sampler, desk.specs)
    except NodeflowError as error:
        return None, str(error)
    if painted is None:
        text = _tr("No node here limits sampling to a mask: this is image to image")
        return result, text
    return painted, _tr("Paint the mask on the node that loads it")


def _own(path: Path) -> Workflow | None:
    try:
        return embedded_workflow(path)
    except InvalidWorkflow:
        return None


def _with_prompt(workflow: Workflow, facts: Facts) -> Workflow:
    """The template with the prompts of a picture that another program made."""
    for node, texts in (("prompt", facts.prompts), ("negative", facts.negative_prompts)):
        if texts and node in workflow.nodes:
            workflow = edits.set_input(workflow, f"{node}.text", texts[0])
    return workflow


def _from_picture(workflow: Workflow, offer: Offer, specs: Specs) -> tuple[Workflow, str]:
    """Let the first sampler begin from a picture; gives its name too.

    Raises:
        EditRefused: If there is none that could.
    """
    sampler, entry = _first_sampler(workflow, specs)
    before = workflow.nodes[sampler].inputs.get(entry)
    loader = _loader_above(workflow, before, specs) if isinstance(before, Link) else None
    if loader is not None:
        return _softened(edits.set_input(workflow, ".".join(loader), offer.name), sampler), sampler
    encoder = next((spec for spec in specs.values() if _encodes(spec)), None)
    if encoder is None:
        raise EditRefused(_tr("No node here encodes pictures"))
    place = place_of(workflow, before.node if isinstance(before, Link) else sampler)
    picture, encode = edits.name_for(workflow, "picture"), edits.name_for(workflow, "encode")
    values = {offer.input.name: offer.name}
    result = edits.add_node(workflow, offer.spec, (place[0] - LEFT, place[1]), values, name=picture)
    result = edits.add_node(result, encoder, place, name=encode)
    image = next(item.name for item in offer.spec.outputs if item.socket.name == "Image")
    result = edits.connect(result, f"{picture}.{image}", f"{encode}.{taking(encoder, 'Image')}")
    if model := _model(workflow, sampler, specs):
        result = edits.connect(result, model, f"{encode}.{taking(encoder, 'Model')}")
    result = edits.connect(result, f"{encode}.{giving(encoder, 'Latent')}", f"{sampler}.{entry}")
    if isinstance(before, Link) and not _used(result, before.node):
        result = edits.remove_nodes(result, [before.node])
    return _softened(result, sampler), sampler


def _first_sampler(workflow: Workflow, specs: Specs) -> tuple[str, str]:
    """The sampler that no other one feeds, and the input where its latents come in."""
    for name, node in workflow.nodes.items():
        spec = specs.get(node.type)
        if spec is None or spec.input("denoise") is None or not giving(spec, "Latent"):
            continue
        entry = taking(spec, "Latent")
        source = node.inputs.get(entry)
        above = specs.get(workflow.nodes[source.node].type) if isinstance(source, Link) else None
        if entry and (above is None or not taking(above, "Latent")):
            return name, entry
    raise EditRefused(_tr("There is no sampler in this workflow"))


def _loader_above(workflow: Workflow, link: Link, specs: Specs) -> tuple[str, str] | None:
    """The node and input that load the picture behind an encoder, if that is where latents come from."""
    spec = specs.get(workflow.nodes[link.node].type)
    source = workflow.nodes[link.node].inputs.get(taking(spec, "Image")) if spec and _encodes(spec) else None
    if not isinstance(source, Link):
        return None
    above = specs.get(workflow.nodes[source.node].type)
    entries = above.inputs if above is not None else ()
    return next(((source.node, i.name) for i in entries if isinstance(i.widget, PictureFile)), None)


def _encodes(spec: NodeSpec) -> bool:
    return bool(giving(spec, "Latent")) and needed(spec) == {"Model", "Image"}


def _model(workflow: Workflow, sampler: str, specs: Specs) -> str:
    """Where the VAE comes from: what the sampler's latents are decoded with, or else its own model."""
    for node in workflow.nodes.values():
        spec = specs.get(node.type)
        if spec is None or not (taking(spec, "Latent") and giving(spec, "Image")):
            continue
        link = node.inputs.get(taking(spec, "Model"))
        if isinstance(link, Link):
            return str(link)
    link = workflow.nodes[sampler].inputs.get(taking(specs[workflow.nodes[sampler].type], "Model"))
    return str(link) if isinstance(link, Link) else ""


def _used(workflow: Workflow, name: str) -> bool:
    return any(isinstance(c.source, Link) and c.source.node == name for c in edits.connections(workflow))


def _softened(workflow: Workflow, sampler: str) -> Workflow:
    """Keep some of the picture: a sampler that redoes everything would have no use for it."""
    value = workflow.nodes[sampler].inputs.get("denoise", 1.0)
    redone = literal(value) if not is_linked(value) else 0
    whole = isinstance(redone, int | float) and redone >= 1
    return edits.set_input(workflow, f"{sampler}.denoise", DENOISE) if whole else workflow


def _tr(text: str) -> str:
    return QCoreApplication.translate("Sending", text)
