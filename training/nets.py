"""Builds the family's networks by the configuration's sizes, all plain diffusers and transformers."""

from __future__ import annotations

from typing import Any

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from torch import nn
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

from training.config import Family, TextSize
from training.pack import Floats
from training.semantics import starting_rows

TIME_WIDTH = 32
TOKENS = "token_embedding.weight"


def build_vae(family: Family) -> Any:
    """An autoencoder with f8 latents, started as a nearly linear codec, which learns faster."""
    vae = AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        block_out_channels=family.vae.channels,
        layers_per_block=1,
        norm_num_groups=family.vae.groups,
        mid_block_add_attention=False,
        sample_size=128,
        force_upcast=False,
    )
    for name, module in vae.named_modules():
        if name.endswith(".conv2"):
            nn.init.zeros_(module.weight)
        elif name.endswith("conv_shortcut"):
            nn.init.orthogonal_(module.weight)
        elif name.endswith(("downsamplers.0.conv", "upsamplers.0.conv")):
            _start_as_resizing(module, averaging="downsamplers" in name)
    return vae


@torch.no_grad()
def _start_as_resizing(conv: Any, averaging: bool) -> None:
    conv.weight.mul_(0.3)
    conv.bias.zero_()
    diagonal = torch.arange(conv.weight.shape[0])
    if averaging:
        conv.weight[diagonal, diagonal, :2, :2] += 0.25
    else:
        conv.weight[diagonal, diagonal, 1, 1] += 1


def build_unet(family: Family, name: str) -> Any:
    """One of the UNets: `base`, `refiner` or `inpaint`."""
    size = family.unet[name]
    second = family.text_encoder_2.width
    context = second if name == "refiner" else family.context
    unet = UNet2DConditionModel(
        sample_size=16,
        in_channels=size.inputs,
        out_channels=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        block_out_channels=size.channels,
        layers_per_block=1,
        transformer_layers_per_block=[1, 1, 1],
        attention_head_dim=list(size.heads),
        cross_attention_dim=context,
        use_linear_projection=True,
        addition_embed_type="text_time",
        addition_time_embed_dim=TIME_WIDTH,
        projection_class_embeddings_input_dim=second + TIME_WIDTH * size.ids,
        norm_num_groups=size.groups,
    )
    for key, module in unet.named_modules():
        if key.endswith((".conv2", "proj_out")) or key == "conv_out":
            nn.init.zeros_(module.weight)
            nn.init.zeros_(module.bias)
    return unet


def text_config(size: TextSize, vocabulary: int, end: int) -> CLIPTextConfig:
    """The configuration of a text encoder whose end token is `end`."""
    return CLIPTextConfig(
        vocab_size=vocabulary,
        hidden_size=size.width,
        intermediate_size=size.width * 4,
        num_hidden_layers=size.layers,
        num_attention_heads=size.heads,
        max_position_embeddings=77,
        hidden_act=size.activation,
        projection_dim=size.width,
        bos_token_id=end - 1,
        eos_token_id=end,
        pad_token_id=1,
    )


class Conditioner(nn.Module):
    """Both text encoders over the compact vocabulary; the second is padded with token 0, as SDXL's is."""

    def __init__(self, family: Family, vocabulary: int, meanings: Floats | None = None) -> None:
        super().__init__()
        end = vocabulary - 1
        self.first: Any = CLIPTextModel(text_config(family.text_encoder, vocabulary, end))
        self.second: Any = CLIPTextModelWithProjection(text_config(family.text_encoder_2, vocabulary, end))
        self.end = end
        for encoder in (self.first, self.second):
            for key, parameter in encoder.named_parameters():
                if key.endswith(TOKENS):
                    nn.init.normal_(parameter, 0, 0.3)
                    self._start(parameter, meanings)
                elif key.endswith("position_embedding.weight"):
                    nn.init.normal_(parameter, 0, 0.1)

    @staticmethod
    def _start(rows: nn.Parameter, meanings: Floats | None) -> None:
        if meanings is not None and len(meanings) >= rows.shape[1]:
            rows.data[: len(meanings)] = starting_rows(meanings, rows.shape[1])

    def second_only(self, tokens: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """The second encoder's penultimate states (B, 77, width) and pooled vector (B, width)."""
        first_end = (tokens == self.end).int().argmax(1, keepdim=True)
        after = torch.arange(tokens.shape[1], device=tokens.device) > first_end
        output = self.second(tokens.masked_fill(after, 0), output_hidden_states=True)
        return output.hidden_states[-2], output.text_embeds

    def forward(self, tokens: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Both encoders' penultimate states side by side, and the pooled vector."""
        first = self.first(tokens, output_hidden_states=True).hidden_states[-2]
        second, pooled = self.second_only(tokens)
        return torch.cat([first, second], -1), pooled
