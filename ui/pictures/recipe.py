"""How a picture was sampled: taken out of the workflow inside it, and put into another one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from nodeflow.document.fragments import extract, insert, names_for
from nodeflow.document.links import changed_value, feeds, reachable, sources_in
from nodeflow.document.marks import PANEL, with_mark
from nodeflow.document.model import Workflow
from nodeflow.document.structure import put_inputs
from nodeflow.document.values import InputValue, Link
from nodeflow.node.spec import NodeKind, NodeSpec
from ui.document import edits

SAMPLER = "Sampler"
PLACED = ("latent", "denoise", "start_step", "end_step")
"""What a sampler is told about where it begins and ends; the rest says what it paints and how."""
Specs = Mapping[str, NodeSpec]


@dataclass(frozen=True)
class Recipe:
    """How a picture was sampled.

    Attributes:
        source: The workflow that made it, its subgraphs taken apart.
        inputs: What its sampler was given: model, prompts, seed, steps, scheduler and the like.
        decoder: Where the model came from that its latents were decoded with.
    """

    source: Workflow
    inputs: Mapping[str, InputValue]
    decoder: Link


def recipe_of(workflow: Workflow, specs: Specs) -> Recipe | None:
    """How a workflow samples the picture that it saves; None if no sampler has to do with it."""
    flat = _taken_apart(workflow)
    sampler = next(_samplers(flat, specs), None)
    if sampler is None:
        return None
    given = _but_placed(flat.nodes[sampler].inputs)
    decoder = _decoder(flat, specs) or given.get("model")
    return Recipe(flat, given, decoder) if isinstance(decoder, Link) and "model" in given else None


def with_recipe(template: Workflow, recipe: Recipe, specs: Specs) -> Workflow:
    """A workflow that samples as another one did: its models and prompts replace the template's.

    Args:
        template: Has one sampler; where that begins stays as it is.
        recipe: How to sample.
        specs: The node types.
    """
    (sampler,) = (name for name, node in template.nodes.items() if node.type == SAMPLER)
    own = template.nodes[sampler].inputs
    result = edits.remove_nodes(template, _above(template, *_but_placed(own).values()))
    fragment = extract(recipe.source, _above(recipe.source, *recipe.inputs.values(), recipe.decoder))
    names = names_for(fragment.nodes, result.nodes)
    result = insert(result, fragment)

    def renamed(value: InputValue) -> InputValue:
        return changed_value(value, lambda s: Link(names[s.node], s.output) if isinstance(s, Link) else s)

    placed = {name: value for name, value in own.items() if name in PLACED}
    given = {name: renamed(value) for name, value in recipe.inputs.items()}
    result = put_inputs(result, sampler, {**given, **placed})
    for name in template.nodes.keys() & result.nodes.keys() - {sampler, *names.values()}:
        if entry := taking(specs[result.nodes[name].type], "Model"):
            source = renamed(recipe.decoder)
            result = edits.connect(result, source, f"{name}.{entry}") if isinstance(source, Link) else result
    return _with_panel(result, template, specs)


def taking(spec: NodeSpec, socket: str) -> str:
    """The first input that takes a type; empty if there is none."""
    return next((item.name for item in spec.inputs if item.socket.name == socket), "")


def giving(spec: NodeSpec, socket: str) -> str:
    """The first output that gives a type; empty if there is none."""
    return next((item.name for item in spec.outputs if item.socket.name == socket), "")


def _taken_apart(workflow: Workflow) -> Workflow:
    while group := next((name for name, node in workflow.nodes.items() if node.subgraph), None):
        workflow = edits.ungroup(workflow, group)
    return workflow


def _samplers(workflow: Workflow, specs: Specs) -> Iterator[str]:
    """The samplers behind what is saved or shown, the nearest first."""
    fed, modes = feeds(workflow), workflow.modes()
    near = [n for n, node in workflow.nodes.items() if _kind(node.type, specs) is NodeKind.SINK]
    seen = set(near)
    while near:
        name = near.pop(0)
        if workflow.nodes[name].type == SAMPLER and name not in modes:
            yield name
        further = [other for other in workflow.nodes if other in fed[name] - seen]
        seen.update(further)
        near += further


def _kind(type_id: str, specs: Specs) -> NodeKind | None:
    spec = specs.get(type_id)
    return spec.kind if spec is not None else None


def _decoder(workflow: Workflow, specs: Specs) -> Link | None:
    for node in workflow.nodes.values():
        spec = specs.get(node.type)
        if spec is not None and taking(spec, "Latent") and giving(spec, "Image"):
            link = node.inputs.get(taking(spec, "Model"))
            if isinstance(link, Link):
                return link
    return None


def _but_placed(inputs: Mapping[str, InputValue]) -> dict[str, InputValue]:
    return {name: value for name, value in inputs.items() if name not in PLACED}


def _above(workflow: Workflow, *values: InputValue) -> list[str]:
    """The nodes that values come from, directly or not, in the workflow's order."""
    starts = {s.node for value in values for s in sources_in(value) if isinstance(s, Link)}
    found = starts | reachable(feeds(workflow), starts)
    return [name for name in workflow.nodes if name in found]


def _with_panel(workflow: Workflow, template: Workflow, specs: Specs) -> Workflow:
    """Show on the panel what the template shows there, as far as a node of that name has such an input."""
    result = with_mark(workflow, PANEL, [])
    for shown in edits.panel_inputs(template):
        _, name, entry = shown.place
        spec = specs.get(result.nodes[name].type) if name in result.nodes else None
        if spec is not None and spec.input(entry) is not None:
            result = edits.show_on_panel(result, f"{name}.{entry}", shown.label)
    return result
