"""Edits on what a subgraph shows to the outside: its inputs and outputs, and all links to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nodeflow.document.links import DROP, Source, Target, to_source, to_target, value_at, with_links
from nodeflow.document.model import GraphBody, Subgraph, SubgraphInput, Workflow
from nodeflow.document.renaming import checked_name, free_name, renamed_keys
from nodeflow.document.scope import EditRefused, Scope, put_body, with_fields
from nodeflow.document.structure import connect, set_input
from nodeflow.document.values import GraphInput, Link, is_linked, literal


def show_input(workflow: Workflow, target: Target | str, name: str | None = None, *, at: Scope) -> Workflow:
    """Let a subgraph show an input of one of its nodes; the value it had becomes the default.

    Raises:
        EditRefused: If this is no subgraph, the input is linked, or the name is taken.
    """
    place, body = to_target(target), subgraph(workflow, at)
    value = value_at(body, place)
    if is_linked(value):
        raise EditRefused(f"{place} is linked already: remove the link first.")
    key = checked_name(name, body.inputs) if name else free_name(place.input, body.inputs)
    shown = SubgraphInput() if value is None else SubgraphInput(default=value, required=False)
    changed = at.put(workflow, inputs={**body.inputs, key: shown})
    return connect(changed, GraphInput(key), place, at=at)


def show_output(workflow: Workflow, source: Source | str, name: str | None = None, *, at: Scope) -> Workflow:
    """Let a subgraph show an output of one of its nodes.

    Raises:
        EditRefused: If this is no subgraph, there is no such node, or the name is taken.
    """
    origin, body = to_source(source), subgraph(workflow, at)
    wish = origin.output if isinstance(origin, Link) else origin.name
    key = checked_name(name, body.outputs) if name else free_name(wish, body.outputs)
    changed = at.put(workflow, outputs={**body.outputs, key: None})
    return connect(changed, origin, Target(None, key), at=at)


def hide_input(workflow: Workflow, name: str, *, at: Scope) -> Workflow:
    """Take an input away from a subgraph; inside, what it fed has its default again."""
    body = subgraph(workflow, at)
    _there(name, body.inputs, "input")
    default = literal(body.inputs[name].default)
    fed = [
        Target(node, key)
        for node, item in body.nodes.items()
        for key, value in item.inputs.items()
        if value == GraphInput(name)
    ]
    parts = with_links(body, lambda s: DROP if s == GraphInput(name) else s)
    parts["inputs"] = {key: shown for key, shown in body.inputs.items() if key != name}
    changed = at.put(workflow, **parts)
    for target in fed if default is not None else ():
        changed = set_input(changed, target, default, at=at)
    return _in_uses(changed, at, inputs=lambda old: {k: v for k, v in old.items() if k != name})


def hide_output(workflow: Workflow, name: str, *, at: Scope) -> Workflow:
    """Take an output away from a subgraph, and the links from it."""
    body = subgraph(workflow, at)
    _there(name, body.outputs, "output")
    changed = at.put(workflow, outputs={key: value for key, value in body.outputs.items() if key != name})
    return _in_uses(changed, at, output=lambda key: None if key == name else key)


def rename_input(workflow: Workflow, old: str, new: str, *, at: Scope) -> Workflow:
    """Rename an input of a subgraph, inside and wherever the subgraph is used."""
    body = subgraph(workflow, at)
    _there(old, body.inputs, "input")
    if old == new:
        return workflow
    names = {old: checked_name(new, body.inputs)}
    parts = with_links(body, lambda s: GraphInput(new) if s == GraphInput(old) else s)
    parts["inputs"] = renamed_keys(body.inputs, names)
    return _in_uses(at.put(workflow, **parts), at, inputs=lambda values: renamed_keys(values, names))


def rename_output(workflow: Workflow, old: str, new: str, *, at: Scope) -> Workflow:
    """Rename an output of a subgraph wherever it is used."""
    body = subgraph(workflow, at)
    _there(old, body.outputs, "output")
    if old == new:
        return workflow
    names = {old: checked_name(new, body.outputs)}
    changed = at.put(workflow, outputs=renamed_keys(body.outputs, names))
    return _in_uses(changed, at, output=lambda key: names.get(key, key))


def move_input(workflow: Workflow, name: str, index: int, *, at: Scope) -> Workflow:
    """Put an input of a subgraph at another place among the others, 0 for the first."""
    ports = subgraph(workflow, at).inputs
    _there(name, ports, "input")
    return at.put(workflow, inputs=_moved(ports, name, index))


def move_output(workflow: Workflow, name: str, index: int, *, at: Scope) -> Workflow:
    """Put an output of a subgraph at another place among the others, 0 for the first."""
    ports = subgraph(workflow, at).outputs
    _there(name, ports, "output")
    return at.put(workflow, outputs=_moved(ports, name, index))


def _moved(ports: dict[str, Any], name: str, index: int) -> dict[str, Any]:
    names = [other for other in ports if other != name]
    names.insert(max(index, 0), name)
    return {key: ports[key] for key in names}


def subgraph(workflow: Workflow, at: Scope) -> Subgraph:
    """The definition one is in.

    Raises:
        EditRefused: If one is in none.
    """
    body = at.body(workflow)
    if not isinstance(body, Subgraph):
        raise EditRefused("Only a subgraph has inputs and outputs of its own.")
    return body


def _there(name: str, known: Any, what: str) -> None:
    if name not in known:
        raise EditRefused(f"There is no subgraph {what} {name!r} here.")


def _in_uses(
    workflow: Workflow,
    at: Scope,
    inputs: Callable[[dict[str, Any]], dict[str, Any]] | None = None,
    output: Callable[[str], str | None] | None = None,
) -> Workflow:
    """Change what the nodes that use a definition hold, and the links from their outputs."""
    definition = at.definition(workflow)
    for key in (None, *workflow.subgraphs):
        body: GraphBody = workflow if key is None else workflow.subgraphs[key]
        using = {name for name, node in body.nodes.items() if node.subgraph == definition}
        if not using:
            continue

        def follow(source: Source, using: set[str] = using) -> Any:
            if output is None or not isinstance(source, Link) or source.node not in using:
                return source
            new = output(source.output)
            return DROP if new is None else Link(source.node, new)

        parts = with_links(body, follow)
        nodes = dict(parts.get("nodes", body.nodes))
        for name in using if inputs else ():
            nodes[name] = (
                with_fields(nodes[name], inputs=inputs(nodes[name].inputs)) if inputs else nodes[name]
            )
        workflow = put_body(workflow, key, {**parts, "nodes": nodes})
    return workflow
