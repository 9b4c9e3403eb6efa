"""Small random models of SDXL's topology, and files in its original layout, written by rules of their own."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import diffusers
import torch
import transformers
from safetensors.torch import save_file

import nodeflow
from nodeflow.values import ModelRecipe

BUNDLED = Path(nodeflow.__file__).parent / "bundled"
Weights = dict[str, torch.Tensor]
CROSS = {"base": 32 + 48, "refiner": 48}


def small_components(kind: str) -> dict[str, Any]:
    """Random components of SDXL's topology: two layers a block, bigG with 10 layers, attention in the VAE."""
    torch.manual_seed(0)
    ids = 6 if kind == "base" else 5
    unet = diffusers.UNet2DConditionModel(
        sample_size=8,
        block_out_channels=(32, 64, 64),
        layers_per_block=2,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        transformer_layers_per_block=(1, 1, 2),
        attention_head_dim=(2, 4, 4),
        cross_attention_dim=CROSS[kind],
        use_linear_projection=True,
        addition_embed_type="text_time",
        addition_time_embed_dim=8,
        projection_class_embeddings_input_dim=8 * ids + 48,
    )
    vae = diffusers.AutoencoderKL(
        block_out_channels=(16, 16, 32, 32),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        layers_per_block=2,
        latent_channels=4,
        norm_num_groups=8,
        scaling_factor=0.13025,
    )
    shared = {"vocab_size": 49408, "max_position_embeddings": 77, "num_attention_heads": 4}
    encoder_2 = transformers.CLIPTextModelWithProjection(
        transformers.CLIPTextConfig(
            hidden_size=48,
            intermediate_size=96,
            num_hidden_layers=10,
            projection_dim=48,
            hidden_act="gelu",
            **shared,
        )
    )
    components = {"unet": unet, "vae": vae, "text_encoder_2": encoder_2}
    if kind == "base":
        config = transformers.CLIPTextConfig(
            hidden_size=32, intermediate_size=64, num_hidden_layers=3, **shared
        )
        components["text_encoder"] = transformers.CLIPTextModel(config)
    return {name: module.float().eval() for name, module in components.items()}


def narrow_components(kind: str, **changed: Any) -> dict[str, Any]:
    """Random components described by SDXL's own configs, with all of its blocks and layers, but narrow.

    Args:
        kind: `base` or `refiner`.
        **changed: Settings of the UNet that differ.
    """
    torch.manual_seed(0)
    folder, ids = BUNDLED / "configs" / f"sdxl-{kind}", 6 if kind == "base" else 5
    unet = diffusers.UNet2DConditionModel.load_config(folder / "unet")
    vae = diffusers.AutoencoderKL.load_config(folder / "vae")
    widths = unet["block_out_channels"]
    unet |= {
        "block_out_channels": [32 * width // widths[0] for width in widths],
        "attention_head_dim": [1, 2, 4, 4][: len(widths)],
        "cross_attention_dim": CROSS[kind],
        "addition_time_embed_dim": 8,
        "projection_class_embeddings_input_dim": 8 * ids + 48,
        **changed,
    }
    vae |= {"block_out_channels": [width // 8 for width in vae["block_out_channels"]], "norm_num_groups": 8}
    components: dict[str, Any] = {
        "unet": diffusers.UNet2DConditionModel.from_config(unet),
        "vae": diffusers.AutoencoderKL.from_config(vae),
        "text_encoder_2": transformers.CLIPTextModelWithProjection(_narrow(folder / "text_encoder_2", 48)),
    }
    if kind == "base":
        components["text_encoder"] = transformers.CLIPTextModel(_narrow(folder / "text_encoder", 32))
    return {name: module.float().eval() for name, module in components.items()}


def _narrow(folder: Path, width: int) -> Any:
    config = transformers.CLIPTextConfig.from_pretrained(folder)
    sizes = {"hidden_size": width, "intermediate_size": 2 * width, "projection_dim": width}
    config.update({**sizes, "num_attention_heads": 4})
    return config


def unet_rules(names: Collection[str]) -> list[tuple[str, Any]]:
    """The rules for a UNet's blocks: how many layers a level has, and which attend, its own names tell."""
    layers = len({name.split(".")[3] for name in names if name.startswith("down_blocks.0.resnets.")})
    attending = {name.split(".")[1] for name in names if re.match(r"up_blocks\.\d\.attentions", name)}
    step = layers + 1

    def down(found: re.Match[str]) -> str:
        return f"input_blocks.{step * int(found[1]) + int(found[2]) + 1}"

    def up(found: re.Match[str]) -> str:
        return f"output_blocks.{step * int(found[1]) + int(found[2])}"

    def upsampler(found: re.Match[str]) -> str:
        place = 2 if found[1] in attending else 1
        return f"output_blocks.{step * int(found[1]) + layers}.{place}.conv"

    return [
        (r"^time_embedding\.linear_(\d)", lambda m: f"time_embed.{2 * int(m[1]) - 2}"),
        (r"^time_embedding\.cond_proj", "time_embed.cond_proj"),
        (r"^add_embedding\.linear_(\d)", lambda m: f"label_emb.0.{2 * int(m[1]) - 2}"),
        (r"^conv_in\.", "input_blocks.0.0."),
        (r"^conv_norm_out\.", "out.0."),
        (r"^conv_out\.", "out.2."),
        (r"^down_blocks\.(\d)\.resnets\.(\d)", lambda m: f"{down(m)}.0"),
        (r"^down_blocks\.(\d)\.attentions\.(\d)", lambda m: f"{down(m)}.1"),
        (
            r"^down_blocks\.(\d)\.downsamplers\.0\.conv",
            lambda m: f"input_blocks.{step * int(m[1]) + step}.0.op",
        ),
        (r"^mid_block\.resnets\.(\d)", lambda m: f"middle_block.{2 * int(m[1])}"),
        (r"^mid_block\.attentions\.0", "middle_block.1"),
        (r"^up_blocks\.(\d)\.resnets\.(\d)", lambda m: f"{up(m)}.0"),
        (r"^up_blocks\.(\d)\.attentions\.(\d)", lambda m: f"{up(m)}.1"),
        (r"^up_blocks\.(\d)\.upsamplers\.0\.conv", upsampler),
    ]


RESNET_NAMES = [  # for residual blocks alone: transformer blocks keep their norms' names
    (r"\.norm1\.", ".in_layers.0."),
    (r"\.conv1\.", ".in_layers.2."),
    (r"\.time_emb_proj\.", ".emb_layers.1."),
    (r"\.norm2\.", ".out_layers.0."),
    (r"\.conv2\.", ".out_layers.3."),
    (r"\.conv_shortcut\.", ".skip_connection."),
]

VAE_NAMES = [
    (r"down_blocks\.(\d)\.resnets\.", r"down.\1.block."),
    (r"down_blocks\.(\d)\.downsamplers\.0\.", r"down.\1.downsample."),
    (r"up_blocks\.(\d)\.resnets\.", lambda m: f"up.{3 - int(m[1])}.block."),
    (r"up_blocks\.(\d)\.upsamplers\.0\.", lambda m: f"up.{3 - int(m[1])}.upsample."),
    (r"mid_block\.resnets\.(\d)", lambda m: f"mid.block_{int(m[1]) + 1}"),
    (r"mid_block\.attentions\.0\.", "mid.attn_1."),
    (r"attn_1\.group_norm", "attn_1.norm"),
    (r"attn_1\.to_([qkv])", r"attn_1.\1"),
    (r"attn_1\.to_out\.0", "attn_1.proj_out"),
    (r"conv_shortcut", "nin_shortcut"),
    (r"conv_norm_out", "norm_out"),
]

CLIP_G_NAMES = [
    (r"^(text_model\.)?embeddings\.token_embedding\.weight", "token_embedding.weight"),
    (r"^(text_model\.)?embeddings\.position_embedding\.weight", "positional_embedding"),
    (r"^(text_model\.)?final_layer_norm", "ln_final"),
    (r"^(text_model\.)?encoder\.layers", "transformer.resblocks"),
    (r"layer_norm(\d)", r"ln_\1"),
    (r"self_attn\.out_proj", "attn.out_proj"),
    (r"mlp\.fc1", "mlp.c_fc"),
    (r"mlp\.fc2", "mlp.c_proj"),
]


def renamed(name: str, rules: list[tuple[str, Any]]) -> str:
    for pattern, replacement in rules:
        name = re.sub(pattern, replacement, name)
    return name


def unet_name(name: str, rules: list[tuple[str, Any]]) -> str:
    """The original name of a UNet's weight, by `unet_rules` of that UNet."""
    return renamed(renamed(name, rules), RESNET_NAMES if ".resnets." in name else [])


def clip_g(encoder: Any) -> Iterator[tuple[str, torch.Tensor]]:
    """OpenCLIP keeps query, key and value in one matrix, and the projection transposed."""
    weights = dict(encoder.state_dict())
    for name in [name for name in weights if ".q_proj." in name]:
        parts = [weights.pop(name.replace("q_proj", f"{letter}_proj")) for letter in "qkv"]
        block = renamed(name.split(".self_attn.")[0], CLIP_G_NAMES)
        yield f"{block}.attn.in_proj_{name.rsplit('.', 1)[1]}", torch.cat(parts)
    yield "text_projection", weights.pop("text_projection.weight").T
    yield from ((renamed(name, CLIP_G_NAMES), tensor) for name, tensor in weights.items())


def original_layout(components: dict[str, Any]) -> Weights:
    """All weights under the names that SDXL was published with."""
    unet = components["unet"].state_dict()
    rules = unet_rules(unet)
    result = {f"model.diffusion_model.{unet_name(name, rules)}": tensor for name, tensor in unet.items()}
    for name, tensor in components["vae"].state_dict().items():
        linear = re.search(r"attentions\.0\.to_.*weight", name)
        value = tensor[..., None, None] if linear else tensor
        result[f"first_stage_model.{renamed(name, VAE_NAMES)}"] = value
    number = 0
    if "text_encoder" in components:
        for name, tensor in components["text_encoder"].state_dict().items():
            bare = name.removeprefix("text_model.")
            result[f"conditioner.embedders.0.transformer.text_model.{bare}"] = tensor
        number = 1
    for name, tensor in clip_g(components["text_encoder_2"]):
        result[f"conditioner.embedders.{number}.model.{name}"] = tensor
    return {name: tensor.clone().contiguous() for name, tensor in result.items()}


def save_config(components: dict[str, Any], kind: str, folder: Path) -> None:
    """The JSON files of a diffusers folder, without weights or tokenizers."""
    for name, module in components.items():
        (folder / name).mkdir(parents=True)
        if name.startswith("text"):
            module.config.save_pretrained(folder / name)
        else:
            module.save_config(folder / name)
    source = BUNDLED / "configs" / f"sdxl-{kind}"
    for file in ("model_index.json", "scheduler/scheduler_config.json"):
        (folder / file).parent.mkdir(exist_ok=True)
        (folder / file).write_text((source / file).read_text())


def write(weights: Weights, components: dict[str, Any], kind: str, file: Path) -> ModelRecipe:
    save_config(components, kind, file.with_suffix(""))
    if file.suffix == ".safetensors":
        save_file(weights, file)
    else:
        torch.save({"state_dict": weights}, file)
    return ModelRecipe(file.stem, file)
