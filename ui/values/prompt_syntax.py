"""In which syntax a prompt is read: what its node says, or the node inside a subgraph that it goes to."""

from __future__ import annotations

from collections.abc import Mapping

from nodeflow.document.model import Workflow
from nodeflow.document.scope import EditRefused, Scope
from nodeflow.document.values import GraphInput
from nodeflow.node.spec import NodeSpec
from nodeflow.prompts import Syntax
from ui.values.background import text_of


def syntax_of(
    workflow: Workflow, specs: Mapping[str, NodeSpec], scope: Scope, node: str, entry: str
) -> Syntax:
    """The syntax of the prompt in an input; A1111's where nothing says otherwise.

    Args:
        workflow: The workflow.
        specs: The node types by name.
        scope: The graph that the node lies in.
        node: The node.
        entry: Its input that holds the prompt.
    """
    try:
        found = scope.node(workflow, node)
    except EditRefused:
        return Syntax.A1111
    if found.subgraph is not None:
        inside = scope.inside(node)
        for name, other in inside.body(workflow).nodes.items():
            for target, value in other.inputs.items():
                if value == GraphInput(entry):
                    return syntax_of(workflow, specs, inside, name, target)
        return Syntax.A1111
    spec = specs.get(found.type)
    choices = [item.name for item in spec.inputs if item.socket.name == Syntax.__name__] if spec else []
    written = text_of(workflow, scope, found.inputs.get(choices[0])) if choices else None
    return Syntax(written) if written in tuple(Syntax) else Syntax.A1111
