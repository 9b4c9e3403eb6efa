"""From the document to a graph that can run: flatten, resolve, bind, check."""

from nodeflow.graph.graph import BoundNode, Graph

__all__ = ["BoundNode", "Graph"]
