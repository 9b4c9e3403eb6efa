"""Parts out of single files in SDXL's original layout, each on its own: no other part of the file is read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import diffusers
import torch
import transformers
from diffusers.loaders.single_file_utils import create_diffusers_clip_model_from_ldm

from nodeflow.backends.torch.headers import read_part
from nodeflow.backends.torch.source import Source
from nodeflow.errors import MissingFile
from nodeflow.hardware import Part

_PREFIXES: Mapping[Part, tuple[str, ...]] = {
    # The module names of the original SDXL code (github.com/Stability-AI/generative-models); the refiner's
    # only encoder is the base's second.
    Part.TEXT_ENCODER: ("conditioner.embedders.0.transformer.",),
    Part.TEXT_ENCODER_2: ("conditioner.embedders.1.model.", "conditioner.embedders.0.model."),
    Part.UNET: ("model.diffusion_model.",),
    Part.VAE: ("first_stage_model.",),
}
_ENCODERS = {
    Part.TEXT_ENCODER: transformers.CLIPTextModel,
    Part.TEXT_ENCODER_2: transformers.CLIPTextModelWithProjection,
}


def part_weights(file: Path, part: Part) -> dict[str, torch.Tensor]:
    """Read a part's weights, by their names in the file.

    Args:
        file: A checkpoint, or for a VAE also a file that holds nothing else, with or without the prefix.
        part: Which part.

    Raises:
        MissingFile: If the file is missing or damaged, or has no such part.
    """
    weights = read_part(file, _PREFIXES[part])
    if not weights and part is Part.VAE:
        weights = read_part(file, ("encoder.", "decoder.", "quant_conv.", "post_quant_conv."))
    if not weights:
        raise MissingFile(
            f"'{file.name}' has no {part.label}", input="model", advice="Choose a complete one."
        )
    return weights


def plain_name(name: str, part: Part) -> str:
    """A weight's name without what its part's names begin with."""
    prefix = next((prefix for prefix in _PREFIXES[part] if name.startswith(prefix)), "")
    return name.removeprefix(prefix)


def from_single_file(source: Source, part: Part, dtype: torch.dtype) -> Any:
    """Make a part from its weights in a single file.

    Args:
        source: The checkpoint.
        part: Which part of it has weights in a single file.
        dtype: The precision to load it in.

    Returns:
        The module, on the CPU; parameters that the file lacks are left on the "meta" device.

    Raises:
        MissingFile: If the file lacks the part.
    """
    weights = part_weights(source.place(part), part)
    config = source.configs[part]
    if part in _ENCODERS:
        return create_diffusers_clip_model_from_ldm(
            _ENCODERS[part],
            weights,
            subfolder=config.name,
            config=str(config.parent),
            torch_dtype=dtype,
            local_files_only=True,
        )
    kind = diffusers.AutoencoderKL if part is Part.VAE else diffusers.UNet2DConditionModel
    if part is Part.VAE:  # a file of its own may have either layout, of which one has no prefix
        weights = {plain_name(name, part): tensor for name, tensor in weights.items()}
    return kind.from_single_file(
        weights, config=str(config), torch_dtype=dtype, local_files_only=True, **_inputs(weights)
    )


def _inputs(weights: Mapping[str, torch.Tensor]) -> dict[str, int]:
    """How many channels a UNet takes, where that can be told: those for inpainting take more than others."""
    first = weights.get("model.diffusion_model.input_blocks.0.0.weight")
    return {} if first is None else {"in_channels": first.shape[1]}
