"""Renames a diffusers folder's tensors to SDXL's original layout, the one of single files."""

from __future__ import annotations

import re
from pathlib import Path

import torch
from safetensors.torch import load_file

Tensors = dict[str, torch.Tensor]
LAYERS = 1  # residual blocks a resolution, as `nets` builds them

UNET_ENDS = (
    ("time_embedding.linear_1", "time_embed.0"),
    ("time_embedding.linear_2", "time_embed.2"),
    ("add_embedding.linear_1", "label_emb.0.0"),
    ("add_embedding.linear_2", "label_emb.0.2"),
    ("conv_in", "input_blocks.0.0"),
    ("conv_norm_out", "out.0"),
    ("conv_out", "out.2"),
)
RESNET = (
    ("norm1", "in_layers.0"),
    ("conv1", "in_layers.2"),
    ("time_emb_proj", "emb_layers.1"),
    ("norm2", "out_layers.0"),
    ("conv2", "out_layers.3"),
    ("conv_shortcut", "skip_connection"),
)
OPEN_CLIP = (
    ("text_model.embeddings.token_embedding.weight", "token_embedding.weight"),
    ("text_model.embeddings.position_embedding.weight", "positional_embedding"),
    ("text_model.final_layer_norm", "ln_final"),
    ("text_model.encoder.layers", "transformer.resblocks"),
    ("layer_norm1", "ln_1"),
    ("layer_norm2", "ln_2"),
    ("mlp.fc1", "mlp.c_fc"),
    ("mlp.fc2", "mlp.c_proj"),
    ("self_attn.out_proj", "attn.out_proj"),
)
BLOCK = re.compile(r"(down|up)_blocks\.(\d)\.(resnets|attentions|downsamplers|upsamplers)\.(\d)\.(.*)")
MIDDLE = re.compile(r"mid_block\.(resnets|attentions)\.(\d)\.(.*)")


def _resnet(rest: str) -> str:
    for old, new in RESNET:
        rest = re.sub(rf"^{old}\b", new, rest)
    return rest


def unet_name(key: str, attention_ups: int = 2) -> str:
    """A UNet tensor's original name.

    Args:
        key: Its name in diffusers.
        attention_ups: How many of the up blocks, from the first, have attention.
    """
    for old, new in UNET_ENDS:
        if key.startswith(old + "."):
            return key.replace(old, new, 1)
    if found := MIDDLE.fullmatch(key):
        kind, index, rest = found.groups()
        place = 1 if kind == "attentions" else 2 * int(index)
        return f"middle_block.{place}.{rest if kind == 'attentions' else _resnet(rest)}"
    found = BLOCK.fullmatch(key)
    if found is None:
        raise KeyError(f"{key} has no place in the original layout")
    way, block, kind, index, rest = found.groups()
    if way == "down":
        first = 1 + int(block) * (LAYERS + 1)
        if kind == "downsamplers":
            return f"input_blocks.{first + LAYERS}.0.{rest.replace('conv', 'op', 1)}"
        place, group = first + int(index), "input_blocks"
    else:
        first = int(block) * (LAYERS + 1)
        if kind == "upsamplers":
            return f"output_blocks.{first + LAYERS}.{2 if int(block) < attention_ups else 1}.{rest}"
        place, group = first + int(index), "output_blocks"
    return f"{group}.{place}.1.{rest}" if kind == "attentions" else f"{group}.{place}.0.{_resnet(rest)}"


def vae_name(key: str) -> str:
    """An autoencoder tensor's original name."""
    key = key.replace("conv_norm_out", "norm_out").replace("conv_shortcut", "nin_shortcut")
    key = re.sub(r"down_blocks\.(\d)\.resnets", r"down.\1.block", key)
    key = re.sub(r"down_blocks\.(\d)\.downsamplers\.0", r"down.\1.downsample", key)
    key = re.sub(r"up_blocks\.(\d)\.resnets", lambda found: f"up.{3 - int(found[1])}.block", key)
    key = re.sub(r"up_blocks\.(\d)\.upsamplers\.0", lambda found: f"up.{3 - int(found[1])}.upsample", key)
    return re.sub(r"mid_block\.resnets\.(\d)", lambda found: f"mid.block_{int(found[1]) + 1}", key)


def open_clip(state: Tensors) -> Tensors:
    """The second text encoder in open_clip's layout, with queries, keys and values in one tensor."""
    renamed: Tensors = {"text_projection": state["text_projection.weight"].T.contiguous()}
    for key, value in state.items():
        if ".self_attn." in key and ".out_proj." not in key:
            continue
        for old, new in OPEN_CLIP:
            key = key.replace(old, new)  # noqa: PLW2901 - a chain of renamings
        if not key.startswith("text_projection.") and not key.endswith("position_ids"):
            renamed[key] = value
    layers = {key.split(".self_attn.")[0] for key in state if ".self_attn." in key}
    for layer in layers:
        number = layer.rsplit(".", 1)[1]
        for kind in ("weight", "bias"):
            parts = [state[f"{layer}.self_attn.{part}_proj.{kind}"] for part in "qkv"]
            renamed[f"transformer.resblocks.{number}.attn.in_proj_{kind}"] = torch.cat(parts)
    return renamed


def original_layout(folder: Path) -> Tensors:
    """All tensors of a base under their original names."""
    unet = load_file(folder / "unet/diffusion_pytorch_model.safetensors")
    vae = load_file(folder / "vae/diffusion_pytorch_model.safetensors")
    first = load_file(folder / "text_encoder/model.safetensors")
    second = load_file(folder / "text_encoder_2/model.safetensors")
    tensors = {f"model.diffusion_model.{unet_name(key)}": value for key, value in unet.items()}
    tensors |= {f"first_stage_model.{vae_name(key)}": value for key, value in vae.items()}
    prefix = "conditioner.embedders.0.transformer."
    for key, value in first.items():
        tensors[prefix + (key if key.startswith("text_model.") else f"text_model.{key}")] = value
    named = {
        k if k.startswith(("text_model.", "text_projection")) else f"text_model.{k}": v
        for k, v in second.items()
    }
    tensors |= {f"conditioner.embedders.1.model.{key}": value for key, value in open_clip(named).items()}
    return {key: value.contiguous() for key, value in tensors.items()}
