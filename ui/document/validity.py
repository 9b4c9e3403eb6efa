"""Whether an output may be linked to an input, and if not, why and which node would help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nodeflow.document.links import Source, Target, to_source, to_target, value_at
from nodeflow.document.model import Workflow
from nodeflow.document.scope import TOP, EditRefused, Scope
from nodeflow.document.structure import why_not
from nodeflow.document.values import Several, is_linked
from nodeflow.node.sockets import Socket, socket_of
from nodeflow.node.spec import NodeSpec
from nodeflow.values import ModelRecipe
from ui.document.sockets import ANY, Sockets

MODEL = socket_of(ModelRecipe)
"""What converting is done with, never what is converted."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a link is possible.

    Attributes:
        ok: Whether it is.
        reason: If not, why, in one sentence.
        converters: Node types that would turn what is given into what is taken.
        append: Whether the link joins those that the input has (else it takes their place).
    """

    ok: bool
    reason: str = ""
    converters: tuple[str, ...] = ()
    append: bool = False


def can_connect(
    workflow: Workflow,
    specs: Mapping[str, NodeSpec],
    source: Source | str,
    target: Target | str,
    *,
    at: Scope = TOP,
    sockets: Sockets | None = None,
) -> Verdict:
    """Say whether two places may be linked.

    Args:
        workflow: The document.
        specs: The node types there are.
        source: `node.output`, or an input of the subgraph around it.
        target: `node.input`, or an output of the subgraph around it.
        at: The graph.
        sockets: Its sockets, where many pairs are asked about the same workflow.
    """
    try:
        source, target = to_source(source), to_target(target)
        found = sockets or Sockets(workflow, specs, at)
        reason = why_not(workflow, source, target, found.feeds, at=at)
    except EditRefused as error:
        return Verdict(False, error.message)
    if reason:
        return Verdict(False, reason)
    given, taken = found.of_source(source), found.of_target(target)
    if not fits(given, taken.socket):
        converters = converters_between(specs, given, taken.socket)
        return Verdict(False, f"{target} takes {taken.socket.name}, not {given.name}.", converters)
    value = value_at(at.body(workflow), target)
    items = value.items if isinstance(value, Several) else (value,)
    if source in items and (taken.many or len(items) == 1):
        return Verdict(False, "They are linked already.")
    return Verdict(True, append=taken.many and is_linked(value))


def fits(given: Socket, taken: Socket) -> bool:
    """Whether an output of one type may be linked to an input of another; unknown types may."""
    return ANY in (given, taken) or taken.accepts(given)


def converters_between(specs: Mapping[str, NodeSpec], given: Socket, taken: Socket) -> tuple[str, ...]:
    """Node types that make the one of the other with nothing else but a model; the plainest come first."""
    if given == MODEL:
        return ()
    found = []
    for spec in specs.values():
        needed = [item.socket for item in spec.inputs if item.required and item.socket.literal is None]
        makes = [item for item in spec.outputs if item.socket == taken]
        if makes and needed.count(given) == 1 and set(needed) <= {given, MODEL}:
            found.append((len(spec.outputs), len(spec.inputs), spec.type))
    return tuple(name for *_, name in sorted(found))


def input_for(spec: NodeSpec, given: Socket) -> str | None:
    """The input of a node type that an output of a type would be linked to, preferably a required one."""
    fitting = [item for item in spec.inputs if fits(given, item.socket)]
    ranked = sorted(fitting, key=lambda item: (item.socket != given, not item.required, item.socket == ANY))
    return ranked[0].name if ranked else None


def output_for(spec: NodeSpec, taken: Socket) -> str | None:
    """The output of a node type that would be linked to an input of a type."""
    fitting = [item for item in spec.outputs if fits(item.socket, taken)]
    ranked = sorted(fitting, key=lambda item: item.socket != taken)
    return ranked[0].name if ranked else None
