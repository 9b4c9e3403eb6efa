"""Where one is: the workflow's own graph, or inside a subgraph."""

from nodeflow.document.scope import TOP, EditRefused, Scope

__all__ = ["TOP", "EditRefused", "Scope"]
