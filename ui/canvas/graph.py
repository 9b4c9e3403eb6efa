"""One graph of a document as the canvas shows it: inside a subgraph with two more nodes, its border.

The border is where a subgraph's own inputs come in and its outputs leave. On the canvas these two are nodes
like others, under names that no node in a file can have; here is also how their links read in the document.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cached_property

from nodeflow.document.links import Source, Target, sources_in
from nodeflow.document.model import GraphBody, Node, NodeLayout, SeedMode, Subgraph, Workflow
from nodeflow.document.scope import TOP, Scope
from nodeflow.document.structural import STRUCTURAL
from nodeflow.document.values import GraphInput, InputValue, Link
from nodeflow.document.wireless import wireless_outputs
from nodeflow.node.sockets import Socket
from nodeflow.node.spec import InputSpec, NodeKind, NodeSpec, OutputSpec
from ui.canvas.actions import Port
from ui.document.sockets import ANY, Sockets

INPUTS, OUTPUTS = "/inputs", "/outputs"
"""The names of the two nodes of the border; `/` cannot stand in a node's name."""

ADD = "/new_socket"
"""The socket of the border that makes a new one of what is linked to it."""

BORDER = "border"
"""The category of both."""


class Graph:
    """What the canvas shows.

    Args:
        workflow: The document.
        specs: The node types there are.
        scope: Which of its graphs.
        before: What was shown before: what did not change stays the same object.

    Attributes:
        body: The graph itself.
        nodes: Its nodes and, inside a subgraph, its border.
        layout: Where nodes lie that have a place.
        wireless: Outputs with a name in place of wires.
    """

    def __init__(
        self,
        workflow: Workflow,
        specs: Mapping[str, NodeSpec],
        scope: Scope = TOP,
        before: Graph | None = None,
    ) -> None:
        self.workflow, self.scope, self._specs = workflow, scope, specs
        self.body: GraphBody = scope.body(workflow)
        self.nodes: Mapping[str, Node] = self.body.nodes
        self.layout: Mapping[str, NodeLayout] = self.body.layout
        self.modes = self.body.modes()
        self.wireless: Mapping[Link, str] = wireless_outputs(workflow, at=scope)
        if isinstance(self.body, Subgraph):
            self.nodes = {**self.nodes, **_border(self.body, before)}

    @cached_property
    def sockets(self) -> Sockets:
        """The sockets of its nodes."""
        return Sockets(self.workflow, self._specs, self.scope)

    def plain_spec(self, name: str, used: Collection[str] = ()) -> NodeSpec | None:
        """What a node looks like if its type says it all; None if the document must be asked, which is slow.

        Args:
            name: The node.
            used: Its outputs that are linked.
        """
        node = self.nodes[name]
        spec = None if is_border(name) or node.type in STRUCTURAL else self._specs.get(node.type)
        if spec is None or not all(map(spec.output, used)) or not all(map(spec.input, node.inputs)):
            return None
        return spec

    def spec(self, name: str) -> NodeSpec:
        """What a node looks like."""
        if not is_border(name):
            return self.sockets.spec(name)
        assert isinstance(self.body, Subgraph)  # noqa: S101 - only subgraphs have a border
        if name == INPUTS:
            outputs = [OutputSpec(key, self.sockets.of_source(GraphInput(key))) for key in self.body.inputs]
            return _border_spec("Inputs", outputs=(*outputs, OutputSpec(ADD, ANY)))
        inputs = [
            InputSpec(key, self._given(value), required=False) for key, value in self.body.outputs.items()
        ]
        return _border_spec("Outputs", inputs=(*inputs, InputSpec(ADD, ANY, required=False)))

    def _given(self, value: InputValue) -> Socket:
        source = next(sources_in(value), None)
        return ANY if source is None else self.sockets.of_source(source)

    def seeds(self) -> dict[str, dict[str, SeedMode]]:
        """The modes of seeds, by node and input."""
        result: dict[str, dict[str, SeedMode]] = {}
        for place, mode in self.body.seeds.items():
            node, _, name = place.rpartition(".")
            result.setdefault(node, {})[name] = mode
        return result


def is_border(name: str) -> bool:
    """Whether a name on the canvas is one of the border's."""
    return name.startswith("/")


def shown_links(value: InputValue) -> Iterator[Link]:
    """The links inside an input as the canvas draws them; a subgraph's own inputs come from its border."""
    for source in sources_in(value):
        yield source if isinstance(source, Link) else Link(INPUTS, source.name)


def real_source(link: Link) -> Source:
    """What an output on the canvas is in the document."""
    return GraphInput(link.output) if link.node == INPUTS else link


def real_target(port: Port) -> Target:
    """What an input on the canvas is in the document."""
    return Target(None if port.node == OUTPUTS else port.node, port.input)


def _border(body: Subgraph, before: Graph | None) -> dict[str, Node]:
    old = before.nodes if before is not None else {}
    outputs = {name: value for name, value in body.outputs.items() if value is not None}
    made = {INPUTS: Node(type="Inputs"), OUTPUTS: Node(type="Outputs", inputs=outputs)}
    return {name: old[name] if old.get(name) == node else node for name, node in made.items()}


def _border_spec(
    title: str, inputs: tuple[InputSpec, ...] = (), outputs: tuple[OutputSpec, ...] = ()
) -> NodeSpec:
    text = "What comes into this subgraph." if outputs else "What this subgraph gives."
    return NodeSpec(title, BORDER, NodeKind.LIGHT, 1, 1, inputs, outputs, text)
