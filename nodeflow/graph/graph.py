"""The graph that can run: flat, bound to node types, type-checked, acyclic, with every problem collected."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Any

from nodeflow.document.model import SWITCH, Workflow
from nodeflow.errors import InvalidWorkflow, Problem, UsageError
from nodeflow.graph.bind import Binder
from nodeflow.graph.flatten import FlatNode, flatten
from nodeflow.graph.source import Absent, Source, wires_in
from nodeflow.graph.switches import CHOICE
from nodeflow.node.registry import AnyNode, Registry
from nodeflow.node.spec import NodeKind
from nodeflow.node.unknown import unknown_node

if TYPE_CHECKING:  # loaded on first use: it would be a quarter of the time that `validate` takes
    import networkx as nx


@dataclass(frozen=True)
class BoundNode:
    """A flat node with its type and where each of its inputs comes from; unset inputs are not listed.

    Attributes:
        frozen: The key of the result that it is to give, whatever feeds it.
        held: Whether that result is at hand: then nothing feeds it.
        unknown: That its type is not here, if it is not: then it cannot run, and `node` only stands for it.
    """

    name: str
    node: AnyNode
    inputs: Mapping[str, Source]
    frozen: str | None = None
    held: bool = False
    unknown: Problem | None = None

    @cached_property
    def feeds(self) -> tuple[str, ...]:
        """Names of the nodes whose outputs this one takes, each once."""
        wires = (wire for source in self.inputs.values() for wire in wires_in(source))
        return tuple(dict.fromkeys(wire.node for wire in wires))


@dataclass(frozen=True)
class Graph:
    """A workflow ready to be planned.

    Attributes:
        nodes: The nodes that take part, in the file's order.
        left_out: Nodes that mute or bypass leaves out, with the reason.
        problems: Everything that is wrong.
        passed_over: Nodes whose outputs go to switches that chose something else.
        undecided: Switches whose choice comes through a link; they are among the nodes, and all their values
            count as needed.
    """

    nodes: Mapping[str, BoundNode]
    left_out: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    passed_over: frozenset[str] = frozenset()
    undecided: frozenset[str] = frozenset()

    @classmethod
    def build(
        cls,
        workflow: Workflow,
        registry: Registry,
        held: Collection[str] = (),
        choices: Mapping[str, Any] | None = None,
    ) -> Graph:
        """Flatten, bind and check a workflow. Never raises: what is wrong is in `problems`.

        Args:
            workflow: The document.
            registry: The node types.
            held: The keys of frozen nodes' results that are at hand.
            choices: What came through the links that choose for switches; see `settled`.
        """
        flat = flatten(workflow, choices)
        binder = Binder(flat, registry, held)
        binder.bind()
        nodes = {name: _bound(flat.nodes[name], binder) for name in flat.nodes if name in binder.inputs}
        undecided = frozenset(name for name in nodes if flat.nodes[name].type == SWITCH)
        graph = cls(nodes, binder.left_out, (), frozenset(binder.passed_over), undecided)
        problems = [*flat.problems, *binder.problems, *(list(graph._cycles()) or graph._undecidable())]
        return replace(graph, problems=tuple(problems))

    @cached_property
    def links(self) -> nx.DiGraph[str]:
        """The nodes as a directed graph, from what feeds to what is fed."""
        import networkx as nx

        links: nx.DiGraph[str] = nx.DiGraph()
        links.add_nodes_from(self.nodes)
        links.add_edges_from((feed, name) for name in self.nodes for feed in self._feeds(name))
        return links

    def _feeds(self, name: str) -> Iterator[str]:
        return (feed for feed in self.nodes[name].feeds if feed in self.nodes)

    @property
    def broken(self) -> bool:
        """Whether anything is wrong that concerns more than a node whose type is not here."""
        unknown = {node.unknown for node in self.nodes.values()}
        return any(problem not in unknown for problem in self.problems)

    def check(self) -> Graph:
        """Return the graph itself if nothing is wrong but that node types are not here.

        Raises:
            InvalidWorkflow: With every problem.
        """
        if self.broken:
            raise InvalidWorkflow(self.problems)
        return self

    def targets(self, wanted: Iterable[str] = ()) -> list[str]:
        """The nodes a run is for: those asked for, else the sinks, else the nodes that feed nothing.

        One whose type is not here and that feeds nothing may be a sink, and counts as one.

        Raises:
            UsageError: If a node asked for is not there or is left out.
            InvalidWorkflow: If nothing is left to run.
        """
        chosen = list(dict.fromkeys(wanted))
        for name in chosen:
            if name not in self.nodes:
                reason = self.left_out.get(name, "there is no such node")
                known = ", ".join(list(self.nodes)[:12])
                raise UsageError(reason, node=name, advice=f"The workflow has: {known}")
        if chosen:
            return chosen
        sinks = [name for name, node in self.nodes.items() if node.node.spec.kind is NodeKind.SINK]
        ends = self._ends()
        if sinks:
            return [*sinks, *(name for name in ends if self.nodes[name].unknown)]
        if not ends:
            advice = "Unmute a node" if self.left_out else "Add nodes that make a picture and save it"
            raise InvalidWorkflow([Problem("there is nothing to run", advice=advice)])
        return ends

    def _ends(self) -> list[str]:
        feeding = {feed for node in self.nodes.values() for feed in node.feeds} | self.passed_over
        return [name for name in self.nodes if name not in feeding]

    def order(self, targets: Iterable[str]) -> list[str]:
        """All nodes that `targets` need, each after what feeds it, one branch after the other."""
        done: dict[str, None] = {}
        for target in targets:
            stack = [] if target in done else [(target, self._feeds(target))]
            while stack:
                name, waiting = stack[-1]
                following = next((feed for feed in waiting if feed not in done), None)
                if following is None:
                    done[name] = None
                    stack.pop()
                else:
                    stack.append((following, self._feeds(following)))
        return list(done)

    def _undecidable(self) -> Iterator[Problem]:
        """The switches whose choice is only known once something heavy is computed."""
        for name in self.undecided:
            upstream = self.order(self.choosers(name))
            heavy = next((n for n in upstream if self.nodes[n].node.spec.kind is not NodeKind.LIGHT), None)
            if heavy is not None:
                message = f"depends on {heavy!r}, whose result is known too late to decide what runs"
                advice = "Link numbers, texts or comparisons that need no picture"
                yield Problem(message, name, CHOICE, advice)

    def choosers(self, switch: str) -> list[str]:
        """The nodes that say what an undecided switch chooses."""
        source = self.nodes[switch].inputs.get(CHOICE, Absent.UNSET)
        return [wire.node for wire in wires_in(source) if wire.node in self.nodes]

    def _cycles(self) -> Iterator[Problem]:
        try:
            TopologicalSorter({name: self.nodes[name].feeds for name in self.nodes}).prepare()
        except CycleError:
            yield from _named_cycles(self.links)


def _bound(flat: FlatNode, binder: Binder) -> BoundNode:
    name, unknown = flat.name, binder.unknown.get(flat.name)
    node = unknown_node(flat.type, flat.version) if unknown else binder.types[name]
    return BoundNode(name, node, binder.inputs[name], flat.frozen, name in binder.held, unknown)


def _named_cycles(links: nx.DiGraph[str]) -> Iterator[Problem]:
    import networkx as nx

    for component in nx.strongly_connected_components(links):
        first = min(component)
        if len(component) > 1 or links.has_edge(first, first):
            names = _cycle(links, component, first)
            shown = " → ".join([*names[:8], *(["…"] if len(names) > 8 else []), names[0]])
            yield Problem(f"feeds itself: {shown}", names[0], advice="Remove one of these links")


def _cycle(links: nx.DiGraph[str], component: set[str], start: str) -> list[str]:
    """The nodes of one cycle, each before the one it feeds: walk upstream until a node comes again."""
    walked: dict[str, None] = {}
    name = start
    while name not in walked:
        walked[name] = None
        name = next(feed for feed in links.pred[name] if feed in component)
    upstream = list(walked)
    return upstream[upstream.index(name) :][::-1]
