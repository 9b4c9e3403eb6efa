"""Where an edit takes place: in the workflow itself or inside one of its subgraphs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from nodeflow.document.model import GraphBody, Node, Subgraph, Workflow
from nodeflow.errors import UsageError


class EditRefused(UsageError):  # noqa: N818 - named after what happened, like all errors here
    """An edit that cannot be made; its message is one plain sentence, and nothing has changed."""


@dataclass(frozen=True, slots=True)
class Scope:
    """One graph of a workflow, named by the subgraph nodes one has entered.

    Attributes:
        path: Names of subgraph nodes, the outermost first; empty for the workflow's own graph.
    """

    path: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Scope:
        """Read `cat/face`; an empty text is the workflow's own graph."""
        return cls(tuple(text.split("/")) if text else ())

    def __str__(self) -> str:
        return "/".join(self.path)

    def inside(self, node: str) -> Scope:
        """The graph inside the subgraph node of that name."""
        return Scope((*self.path, node))

    @property
    def outer(self) -> Scope:
        """The graph around this one; the workflow's own has none but itself."""
        return Scope(self.path[:-1])

    def exists(self, workflow: Workflow) -> bool:
        """Whether the workflow still has it."""
        try:
            self.definition(workflow)
        except EditRefused:
            return False
        return True

    def definition(self, workflow: Workflow) -> str | None:
        """The name of the subgraph's definition; None for the workflow's own graph.

        Raises:
            EditRefused: If the workflow has no such place.
        """
        found: str | None = None
        body: GraphBody = workflow
        for name in self.path:
            node = body.nodes.get(name)
            if node is None or node.subgraph not in workflow.subgraphs:
                raise EditRefused(f"There is no subgraph node {name!r} any more.")
            found = node.subgraph
            body = workflow.subgraphs[found]
        return found

    def definitions(self, workflow: Workflow) -> frozenset[str]:
        """The definitions of this graph and of all those around it."""
        scopes = (Scope(self.path[: depth + 1]) for depth in range(len(self.path)))
        return frozenset(cast(str, scope.definition(workflow)) for scope in scopes)

    def body(self, workflow: Workflow) -> GraphBody:
        """The graph itself.

        Raises:
            EditRefused: If the workflow has no such place.
        """
        key = self.definition(workflow)
        return workflow if key is None else workflow.subgraphs[key]

    def put(self, workflow: Workflow, **parts: Any) -> Workflow:
        """Return the workflow with some parts (`nodes=…`, `layout=…`) of this graph replaced."""
        return put_body(workflow, self.definition(workflow), parts)

    def node(self, workflow: Workflow, name: str) -> Node:
        """A node of this graph.

        Raises:
            EditRefused: If there is none of that name.
        """
        return node_in(self.body(workflow), name)


TOP = Scope()
"""The workflow's own graph."""


def put_body(workflow: Workflow, definition: str | None, parts: dict[str, Any]) -> Workflow:
    """Return the workflow with parts of one graph replaced; what is set to nothing is no longer written."""
    if definition is None:
        changed: Workflow = _replaced(workflow, parts)
        return changed
    body: Subgraph = _replaced(workflow.subgraphs[definition], parts)
    return workflow.model_copy(update={"subgraphs": {**workflow.subgraphs, definition: body}})


def node_in(body: GraphBody, name: str) -> Node:
    """A node of a graph.

    Raises:
        EditRefused: If there is none of that name.
    """
    if name not in body.nodes:
        raise EditRefused(f"There is no node {name!r} any more.")
    return body.nodes[name]


def with_fields(part: Any, **fields: Any) -> Any:
    """Return a part of a document with other fields; those set to their default are no longer written."""
    return _replaced(part, fields)


def _replaced(part: Any, fields: dict[str, Any]) -> Any:
    changed = part.model_copy(update=fields)
    # A canonical file does not mention what was emptied, just as if it had never been there.
    emptied = {name for name in fields if name != "nodes" and not getattr(changed, name)}
    changed.model_fields_set.difference_update(emptied)
    return changed
