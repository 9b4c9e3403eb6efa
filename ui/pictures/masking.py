"""Puts a mask into a workflow that goes on from a picture, by whichever nodes there are for that."""

from __future__ import annotations

from collections.abc import Mapping

from nodeflow.document.model import Workflow
from nodeflow.document.values import Link
from nodeflow.node.annotations import MaskFile
from nodeflow.node.spec import InputSpec, NodeSpec
from ui.document import edits
from ui.pictures.parts import giving, needed, place_of, taking

BELOW = 260
"""How far below the picture the node that loads its mask lies."""
Specs = Mapping[str, NodeSpec]


def masked(workflow: Workflow, sampler: str, specs: Specs) -> Workflow | None:
    """Limit what a sampler changes to a mask, still to be painted; None if no node here can.

    Args:
        workflow: The sampler begins from an encoded picture.
        sampler: The node.
        specs: The node types.
    """
    encode = _source(workflow, sampler, "Latent", specs)
    image = _source(workflow, encode.node, "Image", specs) if encode else None
    loader = next((s for s in specs.values() if _mask_file(s) and giving(s, "Mask")), None)
    if encode is None or image is None or loader is None:
        return None
    mask = edits.name_for(workflow, "mask")
    x, y = place_of(workflow, image.node)
    result = edits.add_node(workflow, loader, (x, y + BELOW), name=mask)
    entry = _mask_file(loader)
    if entry is not None and isinstance(entry.widget, MaskFile):
        result = edits.connect(result, image, f"{mask}.{entry.widget.over}")
    source = f"{mask}.{giving(loader, 'Mask')}"
    spec = specs[result.nodes[sampler].type]
    if taken := taking(spec, "Mask"):
        return edits.connect(result, source, f"{sampler}.{taken}")
    return _between(result, sampler, encode, source, specs)


def _between(workflow: Workflow, sampler: str, encode: Link, mask: str, specs: Specs) -> Workflow | None:
    """Put a node between the encoded picture and the sampler that marks what may be changed."""
    spec = next((s for s in specs.values() if _limits(s)), None)
    if spec is None:
        return None
    name = edits.name_for(workflow, spec.type)
    x, y = place_of(workflow, encode.node)
    result = edits.add_node(workflow, spec, (x, y + BELOW), name=name)
    result = edits.connect(result, encode, f"{name}.{taking(spec, 'Latent')}")
    result = edits.connect(result, mask, f"{name}.{taking(spec, 'Mask')}")
    entry = taking(specs[workflow.nodes[sampler].type], "Latent")
    return edits.connect(result, f"{name}.{giving(spec, 'Latent')}", f"{sampler}.{entry}")


def _limits(spec: NodeSpec) -> bool:
    """Whether a node takes latents and a mask, nothing else must be linked, and it gives latents."""
    return bool(giving(spec, "Latent")) and needed(spec) == {"Latent", "Mask"}


def _source(workflow: Workflow, node: str, socket: str, specs: Specs) -> Link | None:
    """What feeds a node's input of some type."""
    spec = specs.get(workflow.nodes[node].type)
    link = workflow.nodes[node].inputs.get(taking(spec, socket)) if spec is not None else None
    return link if isinstance(link, Link) else None


def _mask_file(spec: NodeSpec) -> InputSpec | None:
    return next((item for item in spec.inputs if isinstance(item.widget, MaskFile)), None)
