"""What a LoRA file holds for a part of a model, layer by layer, whichever program wrote it.

Its names are found by spelling every layer of the part as the programs do: diffusers and peft with dots,
kohya's scripts and LyCORIS with underscores, in diffusers' naming or in the original one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch

from nodeflow.backends.torch.original_names import OriginalNames
from nodeflow.hardware import Part

PREFIXES: Mapping[Part, tuple[str, ...]] = {
    Part.TEXT_ENCODER: ("text_encoder.", "lora_te1_", "lora_te_"),
    Part.TEXT_ENCODER_2: ("text_encoder_2.", "lora_te2_"),
    Part.UNET: ("unet.", "lora_unet_", "lycoris_", "oft_unet_", "", "base_model.model."),
}
"""How names of weights begin for a part; what begins in no other way means the UNet."""

METADATA = "lora_adapter_metadata"
"""Where diffusers writes ranks and alphas into a safetensors file (diffusers.loaders.lora_base)."""

_SUFFIXES = {
    "lora_A.weight": "down",
    "lora_A.default.weight": "down",
    "lora_down.weight": "down",
    "lora.down.weight": "down",
    "lora_linear_layer.down.weight": "down",
    "lora_B.weight": "up",
    "lora_B.default.weight": "up",
    "lora_up.weight": "up",
    "lora.up.weight": "up",
    "lora_linear_layer.up.weight": "up",
    "lora_mid.weight": "mid",
    "lora_magnitude_vector": "dora_scale",
    "lora_magnitude_vector.weight": "dora_scale",
    "lora_magnitude_vector.default.weight": "dora_scale",
    "w_norm": "diff",
    "b_norm": "bias",
    "diff_b": "bias",
}
_PARTS = re.compile(
    r"\.(?P<suffix>(?:lora_(?:A|B|up|down|mid|magnitude_vector|linear_layer)|lora\.(?:up|down))(?:\..*)?"
    r"|alpha|dora_scale|diff|diff_b|w_norm|b_norm|hada_\w+|lokr_\w+|oft_\w+(?:\.weight)?|on_input|scalar"
    r"|(?:[ab][12]|bm)\.weight|rescale)$"
)
_OLD = re.compile(r"\.processor\.to_(q|k|v|out)_lora\.(down|up)\.weight$")
"""diffusers' naming of 2023, in which LoRAs were attention processors."""


@dataclass
class LoraLayer:
    """What a file holds for one layer.

    Attributes:
        tensors: By what they are for: `down`, `up`, `mid`, `dora_scale`, `diff`, `hada_w1_a` …
        names: Their names in the file, likewise.
        alpha: What the file's weights are to be scaled to; None: their rank.
        rank: The rank they are to be scaled by, where the file says so; None: their own.
    """

    tensors: dict[str, torch.Tensor] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    alpha: float | None = None
    rank: float | None = None


@dataclass(frozen=True)
class LoraLayers:
    """What a file holds for a part.

    Attributes:
        layers: By the names that diffusers has for them, without `.weight`.
        biases: What is added to their biases, likewise.
        unplaced: Names of weights that are meant for the part, which has no such layer.
    """

    layers: Mapping[str, LoraLayer]
    biases: Mapping[str, LoraLayer]
    unplaced: tuple[str, ...]


def part_of(name: str) -> Part:
    """The part that a weight of a LoRA file is meant for, by its name."""
    encoders = (Part.TEXT_ENCODER, Part.TEXT_ENCODER_2)
    return next((part for part in encoders if name.startswith(PREFIXES[part])), Part.UNET)


def split(name: str) -> tuple[str, str]:
    """A weight's name parted into the layer as the file spells it, and what it is for; empty: unknown."""
    old = _OLD.search(name)
    if old is not None:
        return name[: old.start()] + (".to_out.0" if old[1] == "out" else f".to_{old[1]}"), old[2]
    found = _PARTS.search(name)
    if found is None:
        return name, ""
    return name[: found.start()], _SUFFIXES.get(found["suffix"], found["suffix"])


def layers_of(
    part: Part, weights: Collection[str], tensors: Mapping[str, torch.Tensor], metadata: Mapping[str, str]
) -> LoraLayers:
    """Find what a file holds for a part.

    Args:
        part: The part.
        weights: Names of the part's own weights, in diffusers' layout: they tell its layers.
        tensors: All of the file's.
        metadata: The file's.
    """
    known = dict(_spellings(part, weights))
    found: dict[str, LoraLayer] = {}
    biases: dict[str, LoraLayer] = {}
    unplaced = []
    for name, tensor in tensors.items():
        if part_of(name) is not part:
            continue
        spelled, use = split(name)
        layer = known.get(spelled)
        if layer is None or not use or (use == "bias" and f"{layer}.bias" not in weights):
            unplaced += [] if use == "alpha" else [name]
        elif use == "bias":
            biases[layer] = LoraLayer({"diff": tensor}, {"diff": name})
        elif use == "alpha":
            found.setdefault(layer, LoraLayer()).alpha = float(tensor)
        else:
            # peft's magnitudes are for each output, whatever their shape; others tell by their shape.
            peft = "lora_magnitude_vector" in name
            found.setdefault(layer, LoraLayer()).tensors[use] = tensor.reshape(-1, 1) if peft else tensor
            found[layer].names[use] = name
    _scale(part, found, metadata)
    return LoraLayers(found, biases, tuple(sorted(unplaced)))


def as_adapter(
    part: Part, layers: Mapping[str, LoraLayer], dimensions: Mapping[str, int]
) -> tuple[dict[str, torch.Tensor], dict[str, float]]:
    """What a file holds for a part as diffusers loads it: weights under peft's names, and alphas.

    Args:
        part: The part.
        layers: What the file holds, as far as an adapter can express it.
        dimensions: How many dimensions the weight of each layer has: 2, or 4 of convolutions.
    """
    weights, alphas = {}, {}
    for name, layer in layers.items():
        spelled, flat = f"{part}.{name}", dimensions[name] == 2
        for use, peft in (("down", "lora_A.weight"), ("up", "lora_B.weight")):
            tensor = layer.tensors[use]
            weights[f"{spelled}.{peft}"] = tensor.flatten(1) if flat else tensor
        if "dora_scale" in layer.tensors:
            shape = (-1,) if flat else (1, -1, 1, 1)
            weights[f"{spelled}.lora_magnitude_vector"] = layer.tensors["dora_scale"].reshape(shape)
        if layer.alpha is not None:
            alphas[f"{spelled}.alpha"] = layer.alpha
    return weights, alphas


def _spellings(part: Part, weights: Collection[str]) -> Iterator[tuple[str, str]]:
    """Every way in which files spell a part's layers, and the layer that is meant."""
    originals = OriginalNames(part, weights)
    for weight in weights:
        layer = weight.removesuffix(".weight")
        if layer == weight:
            continue
        original = originals.original(layer)
        for prefix in PREFIXES[part]:
            if prefix.endswith("_"):
                yield prefix + layer.replace(".", "_"), layer
                yield prefix + original.replace(".", "_"), layer
            else:
                yield prefix + layer, layer
                yield f"{prefix}base_model.model.{layer}", layer


def _scale(part: Part, layers: Mapping[str, LoraLayer], metadata: Mapping[str, str]) -> None:
    """Give layers the alphas that diffusers wrote into the metadata, where the file has none."""
    settings = _settings(part, metadata)
    if not settings or any(layer.alpha is not None for layer in layers.values()):
        return
    for name, layer in layers.items():
        alpha = _of_pattern(settings.get("alpha_pattern"), name) or settings.get("lora_alpha")
        rank = _of_pattern(settings.get("rank_pattern"), name) or settings.get("r")
        if isinstance(alpha, int | float) and isinstance(rank, int | float):
            layer.alpha, layer.rank = float(alpha), rank**0.5 if settings.get("use_rslora") else rank


def _settings(part: Part, metadata: Mapping[str, str]) -> dict[str, Any]:
    try:
        document = json.loads(metadata.get(METADATA, "{}"))
    except ValueError:
        return {}
    return {
        key.removeprefix(f"{part}."): value for key, value in document.items() if key.startswith(f"{part}.")
    }


def _of_pattern(pattern: Any, name: str) -> float | None:
    """What a pattern of peft's says of a layer: its keys are ends of names."""
    if not isinstance(pattern, dict):
        return None
    return next((value for key, value in pattern.items() if f".{name}".endswith(f".{key}")), None)
