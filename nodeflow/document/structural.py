"""The node types that belong to the document itself; named here, as listing node types needs no pydantic."""

STRUCTURAL = ("Subgraph", "Reroute", "Switch")
"""They are resolved before anything runs; no package may have types of these names."""
