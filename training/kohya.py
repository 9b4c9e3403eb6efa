"""Renames a LoRA's tensors from peft's to kohya's layout."""

from __future__ import annotations

import torch

PARTS = {"lora_A": "lora_down", "lora_B": "lora_up"}


def kohya_layout(state: dict[str, torch.Tensor], rank: int) -> dict[str, torch.Tensor]:
    """Give the tensors kohya's names, each module with its `alpha`.

    Args:
        state: peft's names, `down_blocks.1….to_q.lora_A.weight`.
        rank: The LoRA's rank, which is its alpha too.
    """
    renamed = {}
    for key, value in state.items():
        module, part, _ = key.rsplit(".", 2)
        name = "lora_unet_" + module.replace(".", "_")
        renamed[f"{name}.{PARTS[part]}.weight"] = value
        renamed[f"{name}.alpha"] = torch.tensor(float(rank), dtype=value.dtype)
    return renamed
