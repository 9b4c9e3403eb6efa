"""The networks of a checkpoint as they are traced for ONNX: plain inputs and outputs, of any size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from nodeflow.backends.torch.consistency import guidance_embedding
from nodeflow.models.exported import ATTENDED, GUIDANCE_SCALE, Network
from nodeflow.prompts import CHUNK

Axes = Mapping[str, Mapping[int, str]]
"""Which sides of inputs and outputs may be of any length, and what they are called."""

_EVERY_LEVEL = 24
"""So many times diffusers' UNet is told that it halves its latents. It then brings them back to the sizes
that they had, not to twice what they became, which differs where a side was odd."""


@dataclass(frozen=True)
class Traced:
    """A network ready to be traced.

    Attributes:
        module: Takes and gives float32 (and tokens), whatever it computes in.
        example: Inputs to trace with.
        inputs: Their names.
        outputs: The names of what it gives.
        axes: Their sides.
    """

    module: torch.nn.Module
    example: Sequence[torch.Tensor]
    inputs: Sequence[str]
    outputs: Sequence[str]
    axes: Axes


def traced(network: Network, module: Any, sizes: int = 6) -> Traced:
    """A network as it is traced.

    Args:
        network: Which it is.
        module: A text encoder of transformers, or diffusers' UNet or VAE, in the precision to export.
        sizes: How many sizes and scores a UNet is told.
    """
    match network:
        case Network.TEXT_ENCODER | Network.TEXT_ENCODER_2:
            return _text_encoder(module, pools=network is Network.TEXT_ENCODER_2)
        case Network.UNET:
            return _unet(module, sizes)
        case Network.VAE_ENCODER:
            pixels = {0: "batch", 2: "height", 3: "width"}
            axes = {"pixels": pixels, "latent": {0: "batch", 2: "height_8", 3: "width_8"}}
            example = _random(1, 3, 64, 48).clamp(-1, 1)
            return Traced(_Encoder(module), (example,), ("pixels",), ("latent",), axes)
        case Network.VAE_DECODER:
            latent = {0: "batch", 2: "height", 3: "width"}
            axes = {"latent": latent, "pixels": {0: "batch", 2: "height_8", 3: "width_8"}}
            example = _random(1, module.config.latent_channels, 8, 6)
            return Traced(_Decoder(module), (example,), ("latent",), ("pixels",), axes)


def _random(*shape: int) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(0))


def _dtype(module: torch.nn.Module) -> torch.dtype:
    return next(module.parameters()).dtype


class _TextEncoder(torch.nn.Module):
    """Gives the states of all layers, the input's first; takes vectors in place of tokens, and a mask."""

    def __init__(self, encoder: Any, *, pools: bool) -> None:
        super().__init__()
        self.encoder, self.pools = encoder, pools
        self._given: tuple[torch.Tensor, torch.Tensor] | None = None
        encoder.get_input_embeddings().register_forward_hook(self._put)

    def forward(
        self, ids: torch.Tensor, vectors: torch.Tensor, replaced: torch.Tensor, attended: torch.Tensor
    ) -> Any:
        self._given = vectors, replaced
        output = self.encoder(ids, attended, output_hidden_states=True)
        states = torch.stack(output.hidden_states).float()
        return (states, output.text_embeds.float()) if self.pools else states

    def _put(self, _module: Any, _inputs: Any, output: torch.Tensor) -> torch.Tensor:
        assert self._given is not None  # noqa: S101 - set by whoever calls
        vectors, replaced = self._given
        return torch.where(replaced > 0, vectors.to(output.dtype), output)


def _text_encoder(encoder: Any, *, pools: bool) -> Traced:
    width, tokens = encoder.config.hidden_size, CHUNK + 2
    ids = torch.full((2, tokens), encoder.config.eos_token_id)
    ids[:, 0] = encoder.config.bos_token_id
    ids[0, 1:5], ids[1, 1:3] = torch.arange(320, 324), torch.arange(400, 402)
    attended = torch.ones(2, tokens, dtype=torch.long)
    attended[0, 2] = 0
    example = ids, torch.zeros(2, tokens, width), torch.zeros(2, tokens, 1), attended
    inputs = ("input_ids", "vectors", "replaced", ATTENDED)
    outputs = ("hidden_states", *(("pooled",) if pools else ()))
    axes = {name: {0: "batch"} for name in (*inputs, "pooled")} | {"hidden_states": {1: "batch"}}
    return Traced(_TextEncoder(encoder, pools=pools), example, inputs, outputs, axes)


class _Unet(torch.nn.Module):
    def __init__(self, unet: Any) -> None:
        super().__init__()
        self.unet = unet
        unet.num_upsamplers = _EVERY_LEVEL

    def forward(  # noqa: PLR0917 - inputs of an ONNX file have an order
        self,
        sample: torch.Tensor,
        timestep: torch.Tensor,
        hidden: torch.Tensor,
        pooled: torch.Tensor,
        ids: torch.Tensor,
        scale: torch.Tensor | None = None,
    ) -> torch.Tensor:
        dtype, width = _dtype(self.unet), self.unet.config.time_cond_proj_dim
        told = None if scale is None else guidance_embedding(scale, width).to(dtype)
        prediction: torch.Tensor = self.unet(
            sample.to(dtype),
            timestep,
            timestep_cond=told,
            encoder_hidden_states=hidden.to(dtype),
            added_cond_kwargs={"text_embeds": pooled.to(dtype), "time_ids": ids.to(dtype)},
            return_dict=False,
        )[0]
        return prediction.float()


def _unet(unet: Any, sizes: int) -> Traced:
    config = unet.config
    added, size = config.projection_class_embeddings_input_dim, config.addition_time_embed_dim
    example: tuple[torch.Tensor, ...] = (
        _random(2, config.in_channels, 12, 10),
        torch.tensor([500.0]),
        _random(2, 2 * (CHUNK + 2), config.cross_attention_dim),
        _random(2, added - sizes * size),
        torch.full((2, sizes), 96.0),
    )
    inputs: tuple[str, ...] = ("sample", "timestep", "encoder_hidden_states", "text_embeds", "time_ids")
    if config.time_cond_proj_dim is not None:
        example, inputs = (*example, torch.tensor([7.5])), (*inputs, GUIDANCE_SCALE)
    sides = {0: "batch", 2: "height", 3: "width"}
    axes = {"sample": sides, "prediction": sides, "encoder_hidden_states": {0: "batch", 1: "tokens"}}
    axes |= {"text_embeds": {0: "batch"}, "time_ids": {0: "batch"}}
    return Traced(_Unet(unet), example, inputs, ("prediction",), axes)


class _Encoder(torch.nn.Module):
    def __init__(self, vae: Any) -> None:
        super().__init__()
        self.vae, self._dtype = vae, _dtype(vae)

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        mode: torch.Tensor = self.vae.encode(pixels.to(self._dtype)).latent_dist.mode()
        return mode.float()


class _Decoder(torch.nn.Module):
    def __init__(self, vae: Any) -> None:
        super().__init__()
        self.vae, self._dtype = vae, _dtype(vae)

    def forward(self, latent: torch.Tensor) -> torch.Tensor:
        pixels: torch.Tensor = self.vae.decode(latent.to(self._dtype), return_dict=False)[0]
        return pixels.float()
