"""Weights of single blocks of a UNet, as people write them where two checkpoints are mixed."""

from __future__ import annotations

import re

from nodeflow.errors import NodeFailed

MOST_BLOCKS = 12
"""One more than the highest number of a block of any UNet; SDXL's has 9 going down and 9 going up."""

_BLOCKS = re.compile(r"(in|mid|out)\s*(?:(\d{1,2})(?:\s*-\s*(\d{1,2}))?)?\s*[:=]\s*([+-]?\d+(?:\.\d+)?)")


def read_blocks(text: str) -> tuple[tuple[str, float], ...]:
    """Read weights of blocks; of several for one block, the last counts.

    Raises:
        NodeFailed: If the text is anything else.
    """
    found: dict[str, float] = {}
    for piece in filter(None, (piece.strip() for piece in re.split(r"[,;\n]", text.lower()))):
        match = _BLOCKS.fullmatch(piece)
        if match is None or (match[1] == "mid" and match[2]):
            message = f"{piece!r} names no blocks"
            raise NodeFailed(message, input="blocks", advice="Write such as in0-3: 0.2, mid: 1, out8: 0.5")
        kind, first, last, weight = match.groups()
        low = int(first or 0)
        high = int(last or first or MOST_BLOCKS - 1)
        if not low <= high < MOST_BLOCKS:
            raise NodeFailed(f"{piece!r} names blocks that no UNet has", input="blocks", advice="Use 0 to 8")
        names = ["mid"] if kind == "mid" else [f"{kind}{number}" for number in range(low, high + 1)]
        found |= dict.fromkeys(names, float(weight))
    return tuple(sorted(found.items()))
