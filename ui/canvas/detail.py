"""How much is drawn at which zoom."""

from __future__ import annotations

from enum import IntEnum

OVERVIEW_BELOW = 0.30
COMPACT_BELOW = 0.4


class Detail(IntEnum):
    """Level of detail, from far to near."""

    OVERVIEW = 0
    """The whole scene is drawn in one batch."""
    COMPACT = 1
    """Headers and sockets, but no fields."""
    FULL = 2


def detail_at(zoom: float) -> Detail:
    """The level of detail of a zoom; 1 is 100 %."""
    if zoom < OVERVIEW_BELOW:
        return Detail.OVERVIEW
    return Detail.COMPACT if zoom < COMPACT_BELOW else Detail.FULL
