"""Makes a module from its config and its weights, never holding both what is read and what is random."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import diffusers
import torch
import transformers
from accelerate import init_empty_weights

from nodeflow.backends.torch.weight import Weights
from nodeflow.hardware import Part

_CLASSES: dict[Part, Any] = {
    Part.TEXT_ENCODER: transformers.CLIPTextModel,
    Part.TEXT_ENCODER_2: transformers.CLIPTextModelWithProjection,
    Part.UNET: diffusers.UNet2DConditionModel,
    Part.VAE: diffusers.AutoencoderKL,
}
_WRAPPER = "text_model."


def build(part: Part, config: Path, weights: Weights, dtype: torch.dtype, *, aligned: bool = False) -> Any:
    """Make a part.

    Args:
        part: Which.
        config: The folder of its `config.json`.
        weights: In diffusers' layout; those that the part has no place for are left out.
        dtype: The precision that they take.
        aligned: Whether they stay where they are read, on the CPU: its products are rounded by how a matrix
            lies in memory, and files care little where their tensors begin.

    Returns:
        The module, on the CPU; parameters without weights are left on the "meta" device.

    Raises:
        RuntimeError: If weights have other shapes than the config says.
    """
    with init_empty_weights():
        module = _made(part, config, weights)
    known = module.state_dict().keys()
    tensors = {_own(name, known): weight for name, weight in weights.items()}
    module.load_state_dict(
        {
            name: _aligned(weight.cast(dtype).value()) if aligned else weight.cast(dtype).value()
            for name, weight in tensors.items()
            if name in known
        },
        strict=False,
        assign=True,
    )
    return module


def misfits(part: Part, config: Path, weights: Weights) -> list[str]:
    """The names of what a part lacks, or has in another size than its config says; nothing is read.

    Args:
        part: Which.
        config: The folder of its `config.json`.
        weights: In diffusers' layout.
    """
    with torch.device("meta"):
        module = _made(part, config, weights)
    wanted = {name: tuple(value.shape) for name, value in module.named_parameters()}
    given = {_own(name, wanted): weight.shape for name, weight in weights.items()}
    return [name for name, shape in wanted.items() if given.get(name) != shape]


def _made(part: Part, config: Path, weights: Weights) -> Any:
    """A part as its config says, with what values it is born with."""
    kind = _CLASSES[part]
    settings = (
        kind.config_class.from_pretrained(config, local_files_only=True)
        if part.reads_text
        else {**kind.load_config(config, local_files_only=True), **_seen(part, weights)}
    )
    return kind(settings) if part.reads_text else kind.from_config(settings)


_ALIGNMENT = 64
"""Where torch begins its own tensors, in bytes."""


def _aligned(tensor: torch.Tensor) -> torch.Tensor:
    return tensor if tensor.data_ptr() % _ALIGNMENT == 0 else tensor.clone()


def _own(name: str, known: Any) -> str:
    """What a weight is called by the transformers at hand, some of which leave the wrapper out."""
    bare = name.removeprefix(_WRAPPER)
    return bare if bare in known else name


def _seen(part: Part, weights: Weights) -> Mapping[str, int]:
    """What a UNet's weights tell: for inpainting it takes more channels, once distilled also the guidance."""
    seen = {}
    if part is Part.UNET and "conv_in.weight" in weights:
        seen["in_channels"] = weights["conv_in.weight"].shape[1]
    if part is Part.UNET and "time_embedding.cond_proj.weight" in weights:
        seen["time_cond_proj_dim"] = weights["time_embedding.cond_proj.weight"].shape[1]
    return seen
