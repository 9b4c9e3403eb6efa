"""Nodes of somebody else."""

from __future__ import annotations

from typing import Annotated

from nodeflow.node import NodeKind, Range, node


@node("Stars", category="stars", kind=NodeKind.SINK, output="text")
def stars(count: Annotated[int, Range(1, 5)] = 3) -> str:
    """Give stars.

    Args:
        count: How many.
    """
    return "★" * count


@node("Sampler", category="stars")
def sampler(count: int) -> int:
    """Take a name that nodeflow has already."""
    return count
