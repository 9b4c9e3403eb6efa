"""Where pictures, masks and latents go in and out of nodes, by the types of their sockets."""

from __future__ import annotations

from nodeflow.document.model import Workflow
from nodeflow.node.spec import NodeSpec


def taking(spec: NodeSpec, socket: str) -> str:
    """The first input that takes a type; empty if there is none."""
    return next((item.name for item in spec.inputs if item.socket.name == socket), "")


def giving(spec: NodeSpec, socket: str) -> str:
    """The first output that gives a type; empty if there is none."""
    return next((item.name for item in spec.outputs if item.socket.name == socket), "")


def needed(spec: NodeSpec) -> set[str]:
    """The types that must be linked or set."""
    return {item.socket.name for item in spec.inputs if item.required}


def place_of(workflow: Workflow, node: str) -> tuple[float, float]:
    """Where a node lies on the canvas."""
    layout = workflow.layout.get(node)
    return layout.position if layout is not None else (0, 0)
