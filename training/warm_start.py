"""Starts a UNet from the weights of a wider one, or of one with fewer inputs.

Channels that a narrower UNet has no room for are left out evenly, attention heads as a whole; new input
channels start at zero, so that they change nothing at first.
"""

from __future__ import annotations

import re
from typing import Any

import torch

HEADS_OUT = re.compile(r"\.attn[12]\.to_[qkv]\.")
HEADS_IN = re.compile(r"\.attn[12]\.to_out\.0\.weight")
CONTEXT = re.compile(r"\.attn2\.to_[kv]\.")
JOINED = re.compile(r"up_blocks\.(\d)\.resnets\.(\d)\.(norm1|conv1|conv_shortcut)\.")


def evenly(wide: int, narrow: int) -> torch.Tensor:
    """Which of `wide` channels are kept; the same for each half of a doubled width."""
    return torch.arange(narrow) * wide // narrow


def joined_widths(channels: list[int], block: int, resnet: int) -> tuple[int, int]:
    """The widths put side by side for a residual block on the way up: of what came, and of the skip."""
    back = channels[::-1]
    own, last = back[block], resnet == 1  # with one residual block a resolution there are two on the way up
    came = own if resnet else back[max(block - 1, 0)]
    return came, back[min(block + 1, len(back) - 1)] if last else own


def _kept(key: str, axis: int, wide: int, narrow: int, widths: tuple[list[int], list[int]]) -> torch.Tensor:
    if found := JOINED.match(key):
        along = 0 if found[3] == "norm1" else 1
        if axis == along:
            block, resnet = int(found[1]), int(found[2])
            before, after = (joined_widths(each, block, resnet) for each in widths)
            first, second = (evenly(a, b) for a, b in zip(before, after, strict=True))
            return torch.cat([first, second + before[0]])
    if (axis == 0 and HEADS_OUT.search(key)) or (axis == 1 and HEADS_IN.search(key)):
        return torch.arange(narrow)
    if axis == 1 and CONTEXT.search(key):
        return torch.arange(wide - narrow, wide)  # the second encoder's
    if axis == 1 and key.startswith("add_embedding.linear_1"):
        return torch.arange(narrow)
    return evenly(wide, narrow)


@torch.no_grad()
def start_from(unet: Any, source: Any) -> Any:
    """Give `unet` the weights of `source` as far as they fit; both have the same blocks."""
    widths = list(source.config.block_out_channels), list(unet.config.block_out_channels)
    given = source.state_dict()
    for key, value in unet.state_dict().items():
        taken = given[key]
        for axis, narrow in enumerate(value.shape):
            wide = taken.shape[axis]
            if narrow < wide:
                taken = taken.index_select(axis, _kept(key, axis, wide, narrow, widths))
            elif narrow > wide:
                more = list(taken.shape)
                more[axis] = narrow - wide
                taken = torch.cat([taken, taken.new_zeros(more)], axis)
        value.copy_(taken)
    return unet
