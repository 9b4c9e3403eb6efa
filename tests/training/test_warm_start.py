"""A UNet that starts from a wider one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch

from training.config import Family, UNetSize
from training.nets import build_unet
from training.warm_start import evenly, joined_widths, start_from


def stirred(family: Family) -> Any:
    torch.manual_seed(0)
    unet = build_unet(family, "base")
    for parameter in unet.parameters():
        parameter.data += 0.02 * torch.randn_like(parameter)
    return unet


def sized(family: Family, channels: tuple[int, ...], inputs: int) -> Family:
    heads = tuple(width // 8 for width in channels)
    size = UNetSize(channels, heads, inputs, family.unet["base"].ids, family.unet["base"].groups)
    return replace(family, unet={**family.unet, "inpaint": size})


def seen(unet: Any, latents: torch.Tensor, family: Family) -> torch.Tensor:
    torch.manual_seed(1)
    rows, second = len(latents), family.text_encoder_2.width
    added = {"text_embeds": torch.randn(rows, second), "time_ids": torch.rand(rows, 6) * 64}
    with torch.no_grad():
        made: torch.Tensor = unet(
            latents, 500, torch.randn(rows, 7, family.context), added_cond_kwargs=added
        ).sample
    return made


def test_new_inputs_change_nothing_at_first(family: Family) -> None:
    base, wider = stirred(family), sized(family, family.unet["base"].channels, 9)
    wider = replace(wider, unet={**wider.unet, "inpaint": replace(wider.unet["inpaint"], heads=(2, 2, 2))})
    unet = start_from(build_unet(wider, "inpaint"), base)
    latents = torch.randn(2, 4, 8, 8)
    more = torch.cat([latents, torch.randn(2, 5, 8, 8)], 1)
    assert torch.equal(seen(unet, more, family), seen(base, latents, family))


def test_channels_are_left_out_where_they_lie(family: Family) -> None:
    """With every channel to be left out at zero, the narrower UNet does the same as the wide one."""
    wide_size = replace(family.unet["base"], channels=(16, 16, 32), heads=(2, 2, 4))
    wide = replace(family, unet={**family.unet, "base": wide_size})
    base, narrow = stirred(wide), build_unet(sized(wide, (16, 16, 16), 4), "inpaint")
    start_from(narrow, base)
    state, given = narrow.state_dict(), base.state_dict()
    joined = "up_blocks.1.resnets.0.conv1.weight"  # what came, 32 channels, beside a skip of 16
    kept = torch.cat([evenly(32, 16), torch.arange(16) + 32])
    assert torch.equal(state[joined], given[joined][:, kept])
    heads = "mid_block.attentions.0.transformer_blocks.0.attn1.to_q.weight"
    assert torch.equal(state[heads], given[heads][:16][:, evenly(32, 16)])
    gated = "mid_block.attentions.0.transformer_blocks.0.ff.net.0.proj.weight"
    assert torch.equal(state[gated][64:], given[gated][128:][evenly(128, 64)][:, evenly(32, 16)])


def test_what_is_joined_on_the_way_up_is_as_wide_as_diffusers_says(family: Family) -> None:
    channels = [16, 24, 40]
    size = UNetSize(tuple(channels), (2, 2, 2), 4, 6, 8)
    unet = build_unet(replace(family, unet={"base": size}), "base")
    for block in range(3):
        for resnet in range(2):
            inside = unet.up_blocks[block].resnets[resnet].conv1.in_channels
            assert sum(joined_widths(channels, block, resnet)) == inside
