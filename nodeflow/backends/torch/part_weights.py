"""A part's weights out of whatever holds them, always under the names that diffusers' published files have.

That is a folder, a checkpoint in SDXL's original layout of which nothing else is read, or a file that holds
this part alone, in either layout.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import torch

from nodeflow.backends.torch.headers import read_part
from nodeflow.backends.torch.layouts import to_diffusers
from nodeflow.backends.torch.original_names import PREFIXES
from nodeflow.backends.torch.weight import Weight
from nodeflow.errors import MissingFile
from nodeflow.hardware import Part
from nodeflow.models.variants import weight_names

_ALONE: Mapping[Part, tuple[str, ...]] = {
    Part.TEXT_ENCODER: ("text_model.", "embeddings.", "encoder.layers.", "final_layer_norm."),
    Part.TEXT_ENCODER_2: (
        *("text_model.", "text_projection", "transformer.resblocks.", "token_embedding.", "ln_final."),
        "positional_embedding",
    ),
    Part.UNET: (
        *("down_blocks.", "mid_block.", "up_blocks.", "conv_", "time_embedding.", "add_embedding."),
        *("input_blocks.", "middle_block.", "output_blocks.", "time_embed.", "label_emb.", "out."),
    ),
    Part.VAE: ("encoder.", "decoder.", "quant_conv.", "post_quant_conv."),
}
"""How names begin in a file that holds one part and nothing else."""

_SCALES = (".scale_weight", ".weight_scale")
_WITHOUT_USE = ("scaled_fp8", ".scale_input", ".input_scale")
"""What files in 8 bits hold for those who also compute in them."""


def part_weights(place: Path, part: Part) -> dict[str, Weight]:
    """Find a part's weights; they are read from disk as they are used.

    Args:
        place: A diffusers folder of this part, or a file.
        part: Which part.

    Raises:
        MissingFile: If the file is missing or damaged, or has no such part.
    """
    if place.is_dir():
        tensors = {
            name: tensor for file in weight_files(place) for name, tensor in read_part(file, ("",)).items()
        }
    else:
        tensors = _in_file(place, part)
    return to_diffusers(part, _unscaled(tensors))


def weight_files(folder: Path) -> list[Path]:
    """The files of a diffusers folder's weights: of several variants, the one of full precision.

    Raises:
        MissingFile: If there are none; pickles are never opened, whatever else is missing.
    """
    names = weight_names(file.name for file in folder.glob("*.safetensors"))
    if not names:
        reason = "pickles, which are not opened" if any(folder.glob("*.bin")) else "no weights"
        raise MissingFile(
            f"the folder {folder} holds {reason}", input="model", advice="Get the .safetensors version"
        )
    return [folder / name for name in names]


def _in_file(file: Path, part: Part) -> dict[str, torch.Tensor]:
    for prefix in PREFIXES[part]:
        tensors = read_part(file, (prefix,))
        if tensors:
            return {name.removeprefix(prefix): tensor for name, tensor in tensors.items()}
    tensors = read_part(file, _ALONE[part])
    if not tensors:
        raise MissingFile(f"'{file.name}' has no {part.label}", input="model", advice="Choose a complete one")
    return tensors


def _unscaled(tensors: Mapping[str, torch.Tensor]) -> dict[str, Weight]:
    """The weights themselves, where a file holds them in 8 bits and beside each the factor to scale it by."""
    weights = {}
    for name, tensor in tensors.items():
        if name.endswith((*_SCALES, *_WITHOUT_USE)):
            continue
        stem = name.removesuffix(".weight")
        scale = next((tensors[stem + end] for end in _SCALES if name != stem and stem + end in tensors), None)
        weight = Weight.of(tensor)
        if scale is not None:
            weight = weight.cast(torch.float32).changed(partial(_times, scale))
        weights[name] = weight
    return weights


def _times(scale: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
    """A weight times its factor, of which there is one, or one for each output."""
    factors = scale.float().reshape(-1, *(1,) * (value.ndim - 1))
    return value * factors
