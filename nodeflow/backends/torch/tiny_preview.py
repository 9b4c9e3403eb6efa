"""Small decoders for previews (`AutoencoderTiny`), in diffusers' layout or that of their authors."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import AutoencoderTiny
from safetensors.torch import load_file

from nodeflow.backends.torch.component import BUILDING
from nodeflow.values import LATENT_CHANNELS, Image

LARGEST = 64
"""Longest side in latents that is decoded: half a thousand pixels, more than a node shows."""

_PREFIX = "decoder.layers."


class TinyDecoder:
    """A small decoder. Many threads may use it at once.

    Args:
        module: Its layers.
    """

    def __init__(self, module: torch.nn.Module) -> None:
        self._module = module.eval().requires_grad_(False)

    @classmethod
    def load(cls, file: Path) -> TinyDecoder | None:
        """Load one; None if the file holds no decoder for latents of four channels, or is damaged.

        Args:
            file: A `.safetensors` file; a `config.json` beside it says its size, if it is not the usual one.
        """
        try:
            weights = _decoder_weights(load_file(file))
            with BUILDING:
                module = _build(file.with_name("config.json"))
            module.load_state_dict(weights)
        except Exception:  # noqa: BLE001 - the libraries raise nearly anything, and a preview is not worth an error
            return None
        return cls(module)

    @torch.inference_mode()
    def __call__(self, latents: torch.Tensor) -> Image:
        """Decode latents, large ones shrunk first.

        Args:
            latents: Denoised latents, shape (batch, 4, height / 8, width / 8).
        """
        self._module.to(latents.device)
        factor = -(-max(latents.shape[-2:]) // LARGEST)
        small = torch.nn.functional.avg_pool2d(latents.float(), factor) if factor > 1 else latents.float()
        shown = [self._module(one[None]) for one in small]  # one at a time: a batch needs no more memory
        pixels = torch.cat(shown).add(1).div(2).clamp(0, 1).movedim(1, -1)
        return Image(np.ascontiguousarray(pixels.cpu().numpy()))


def _decoder_weights(weights: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The decoder's weights, by their names in diffusers."""
    named = {name.removeprefix(_PREFIX): value for name, value in weights.items() if name.startswith(_PREFIX)}
    if not named:  # the authors' own file counts the squashing of the latents as the first layer
        parts = (name.partition(".") for name in weights)
        named = {f"{int(layer) - 1}.{rest}": weights[f"{layer}.{rest}"] for layer, _, rest in parts}
    return {f"layers.{name}": value for name, value in named.items()}


def _build(config: Path) -> torch.nn.Module:
    """A decoder without weights of its own, of the size that a config says or of the usual one."""
    told = json.loads(config.read_text("utf-8")) if config.is_file() else {}
    whole: Any = AutoencoderTiny.from_config(told)
    if whole.config.latent_channels != LATENT_CHANNELS:
        raise ValueError("made for other latents")
    return whole.decoder  # type: ignore[no-any-return]  # diffusers' modules are not typed
