"""Edits: each takes a workflow and returns a new one that shares what did not change."""

from __future__ import annotations

import difflib
import random
from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar

from nodeflow.document.model import GraphBody, Node, SeedMode, Workflow
from nodeflow.document.values import GraphInput, InputValue, JSONValue, is_linked, literal, parse_input
from nodeflow.errors import UsageError

MAX_SEED = 2**64 - 1
Body = TypeVar("Body", bound=GraphBody)


def split_path(path: str) -> tuple[str, str]:
    """Split `node.input` or `subgraph node/node.input` into node and input.

    Raises:
        UsageError: If it has no dot.
    """
    node, dot, name = path.rpartition(".")
    if not dot or not node or not name:
        raise UsageError(f"{path!r} names no input", advice="Write node.input, for instance sampler.seed")
    return node, name


def find_node(workflow: Workflow, path: str) -> Node:
    """Return the node that a path like `prompt` or `portrait/prompt` names.

    Raises:
        UsageError: If there is none.
    """
    _, body, name = _follow(workflow, path)
    return body.nodes[name]


def with_input(workflow: Workflow, path: str, value: JSONValue, *, final: bool = False) -> Workflow:
    """Return the workflow with one input holding `value`: a literal, or `{"from": "node.output"}` for a link.

    Inside a subgraph (`portrait/prompt.text`) the subgraph's definition changes, for every node that uses it.

    Args:
        workflow: The document.
        path: `node.input`.
        value: What the input is to hold.
        final: For a run about to begin: a seed given here is not drawn at random.

    Raises:
        UsageError: If there is no such node.
    """
    node_path, name = split_path(path)
    key, body, node_name = _follow(workflow, node_path)
    try:
        content = parse_input(value)
    except ValueError as error:
        raise UsageError(str(error), node=node_path, input=name) from None
    node = _with_inputs(body.nodes[node_name], {name: content})
    seeds = body.seeds
    if final and seeds.get(f"{node_name}.{name}") is SeedMode.RANDOMIZE:
        seeds = {**seeds, f"{node_name}.{name}": SeedMode.FIXED}
    changed = body.model_copy(update={"nodes": {**body.nodes, node_name: node}, "seeds": seeds})
    if key is None:
        assert isinstance(changed, Workflow)  # noqa: S101 - narrows the type
        return changed
    return workflow.model_copy(update={"subgraphs": {**workflow.subgraphs, key: changed}})


def with_seed(workflow: Workflow, seed: int, seed_inputs: Callable[[str], tuple[str, ...]]) -> Workflow:
    """Return the workflow with `seed` in every seed that is not linked.

    A seed that a subgraph shows as an input of its own counts as one. Modes stay, except that what was to be
    drawn at random is now fixed.

    Args:
        workflow: The document.
        seed: 0 … 2^64 - 1.
        seed_inputs: Names the seed inputs of a node type.
    """
    shown = _shown_seeds(workflow, seed_inputs)

    def change(node: Node) -> Node:
        return _with_inputs(node, dict.fromkeys(_own_seeds(node, shown, seed_inputs), seed))

    def fix(body: Body) -> Body:
        nodes = {name: change(node) for name, node in body.nodes.items()}
        return body.model_copy(update={"nodes": nodes, "seeds": _drawn(body)})

    return _map_bodies(workflow, fix)


def has_seeds(workflow: Workflow, seed_inputs: Callable[[str], tuple[str, ...]]) -> bool:
    """Whether `with_seed` finds anything to set."""
    shown = _shown_seeds(workflow, seed_inputs)
    bodies = (workflow, *workflow.subgraphs.values())
    return any(_own_seeds(node, shown, seed_inputs) for body in bodies for node in body.nodes.values())


def _own_seeds(
    node: Node, shown: Mapping[str, Collection[str]], seed_inputs: Callable[[str], tuple[str, ...]]
) -> list[str]:
    """The seeds of a node that are not linked."""
    names = shown.get(node.subgraph, ()) if node.subgraph else seed_inputs(node.type)
    return [name for name in names if not is_linked(node.inputs.get(name))]


def with_drawn_seeds(workflow: Workflow) -> Workflow:
    """Return the workflow with the seeds it holds: none is drawn anew."""
    if not any(body.seeds for body in (workflow, *workflow.subgraphs.values())):
        return workflow
    return _map_bodies(workflow, lambda body: body.model_copy(update={"seeds": _drawn(body)}))


def _drawn(body: GraphBody) -> dict[str, SeedMode]:
    drawn = {SeedMode.RANDOMIZE: SeedMode.FIXED}
    return {path: drawn.get(mode, mode) for path, mode in body.seeds.items()}


def _shown_seeds(workflow: Workflow, seed_inputs: Callable[[str], tuple[str, ...]]) -> dict[str, set[str]]:
    """For each subgraph, its inputs that feed a seed inside it, through however many subgraphs."""
    shown: dict[str, set[str]] = {name: set() for name in workflow.subgraphs}
    changed = True
    while changed:
        changed = False
        for name, body in workflow.subgraphs.items():
            for node in body.nodes.values():
                seeds = shown.get(node.subgraph, ()) if node.subgraph else seed_inputs(node.type)
                values = (node.inputs.get(seed) for seed in seeds)
                found = {value.name for value in values if isinstance(value, GraphInput)} - shown[name]
                shown[name] |= found
                changed = changed or bool(found)
    return shown


def with_next_seeds(
    workflow: Workflow, draw: Callable[[], int] | None = None, *, first: bool = True
) -> Workflow:
    """Return the workflow as it runs next: seeds drawn or counted up as their modes say.

    Args:
        workflow: The document.
        draw: Draws a new seed; None: at random below 2^32 (short enough to read and retype).
        first: True before the first of several runs: `increment` begins with the seed in the file.
    """
    draw = draw or (lambda: random.SystemRandom().getrandbits(32))

    def following(mode: SeedMode, seed: JSONValue) -> JSONValue:
        if mode is SeedMode.RANDOMIZE:
            return draw()
        counts = mode is SeedMode.INCREMENT and not first and isinstance(seed, int)
        return (seed + 1) % (MAX_SEED + 1) if counts else seed

    def step(body: Body) -> Body:
        nodes = dict(body.nodes)
        for path, mode in body.seeds.items():
            name, input_name = split_path(path)
            if name not in nodes or nodes[name].frozen is not None:  # the seed of what is kept was used
                continue
            if not is_linked(nodes[name].inputs.get(input_name)):
                seed = following(mode, literal(nodes[name].inputs.get(input_name)))
                if seed is not None:
                    nodes[name] = _with_inputs(nodes[name], {input_name: seed})
        return body.model_copy(update={"nodes": nodes})

    return _map_bodies(workflow, step)


def _map_bodies(workflow: Workflow, change: Callable[[Any], Any]) -> Workflow:
    """Apply `change` to the workflow's own graph and to every subgraph."""
    result: Workflow = change(workflow)
    if not result.subgraphs:
        return result
    subgraphs = {name: change(body) for name, body in result.subgraphs.items()}
    return result.model_copy(update={"subgraphs": subgraphs})


def _with_inputs(node: Node, inputs: dict[str, InputValue]) -> Node:
    return node.model_copy(update={"inputs": {**node.inputs, **inputs}}) if inputs else node


def _follow(workflow: Workflow, path: str) -> tuple[str | None, GraphBody, str]:
    """Follow a node's path to its subgraph (None: the workflow itself), that graph, and the node's name."""
    *outer, last = path.split("/")
    key: str | None = None
    body: GraphBody = workflow
    for name in outer:
        inner = body.nodes.get(name)
        key = inner.subgraph if inner else None
        if key is None or key not in workflow.subgraphs:
            known = [other for other, node in body.nodes.items() if node.subgraph]
            raise UsageError(f"there is no subgraph node {name!r} in {path!r}", advice=_advice(name, known))
        body = workflow.subgraphs[key]
    if last not in body.nodes:
        raise UsageError(f"there is no node {path!r}", advice=_advice(last, list(body.nodes)))
    return key, body, last


def _advice(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    if close:
        return f"Did you mean {close[0]}?"
    more = ", …" if len(known) > 12 else ""
    return f"There are: {', '.join(known[:12])}{more}" if known else "There are none here"
