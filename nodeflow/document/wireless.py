"""Wireless outputs: used anywhere by name. In the file the links are ordinary; only drawing differs."""

from __future__ import annotations

from nodeflow.document.interface import show_input, subgraph
from nodeflow.document.links import Target, to_source, to_target
from nodeflow.document.marks import WIRELESS, mark, read_place, with_mark, write_place
from nodeflow.document.model import Workflow
from nodeflow.document.scope import TOP, EditRefused, Scope, node_in
from nodeflow.document.structure import connect
from nodeflow.document.values import GraphInput, Link


def set_wireless(workflow: Workflow, source: Link | str, name: str | None, *, at: Scope = TOP) -> Workflow:
    """Give an output a name, so that its links need not be drawn; None draws them again.

    Raises:
        EditRefused: If there is no such node, or another output has the name.
    """
    link = to_source(source)
    if not isinstance(link, Link):
        raise EditRefused("Only a node's output can be wireless.")
    node_in(at.body(workflow), link.node)
    place = write_place((at.definition(workflow), link.node, link.output))
    names = {text: other for text, other in mark(workflow, WIRELESS, dict).items() if text != place}
    if name is None:
        return with_mark(workflow, WIRELESS, names)
    if not name.strip():
        raise EditRefused("A wireless output needs a name.")
    if name in wireless_outputs(workflow, at=at).values() and name in names.values():
        raise EditRefused(f"Another output is called {name!r} already.")
    return with_mark(workflow, WIRELESS, {**names, place: name})


def wireless_outputs(workflow: Workflow, *, at: Scope = TOP) -> dict[Link, str]:
    """The named outputs of one graph, by output; those of nodes that are gone are not among them."""
    definition, body = at.definition(workflow), at.body(workflow)
    result: dict[Link, str] = {}
    for text, name in mark(workflow, WIRELESS, dict).items():
        place = read_place(text)
        if place and place[0] == definition and place[1] in body.nodes and isinstance(name, str):
            result[Link(place[1], place[2])] = name
    return result


def use_wireless(
    workflow: Workflow, source: Link, target: Target | str, *, home: Scope = TOP, at: Scope = TOP
) -> Workflow:
    """Link an output to an input of its graph or of one inside it; subgraphs in between get an input for it.

    Args:
        workflow: The document.
        source: The output.
        target: The input.
        home: The graph of the output.
        at: The graph of the input, which is `home` or inside it.

    Raises:
        EditRefused: If one of the two is not there, the input inside a subgraph is linked already, or the
            link would make a cycle.
    """
    place = to_target(target)
    while at != home:
        node, inputs = at.path[-1], subgraph(workflow, at).inputs
        given = at.outer.body(workflow).nodes[node].inputs
        brought = next((key for key in inputs if at.outer == home and given.get(key) == source), None)
        if brought is not None:
            return connect(workflow, GraphInput(brought), place, at=at)
        workflow = show_input(workflow, place, at=at)
        (key,) = subgraph(workflow, at).inputs.keys() - inputs.keys()
        place, at = Target(node, key), at.outer
    return connect(workflow, source, place, at=home)
