"""A part's weights turned from SDXL's original layout into diffusers', and back: no value changes.

Both layouts name things differently (`original_names`); the original one also keeps the query, key and value
of the second text encoder in one matrix and its projection transposed, and the VAE's attention as
convolutions of one pixel.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial

import torch

from nodeflow.backends.torch.original_names import PREFIXES, QKV, OriginalNames
from nodeflow.backends.torch.weight import Weight, Weights
from nodeflow.hardware import Part

_OLD_VAE = {".query.": ".to_q.", ".key.": ".to_k.", ".value.": ".to_v.", ".proj_attn.": ".to_out.0."}
"""What diffusers called the VAE's attention before 2023, which files still do."""
_VAE_ATTENTION = re.compile(r"mid_block\.attentions\.0\.to_.*\.weight$")
_PROJECTION = "text_projection.weight"


def to_diffusers(part: Part, weights: Weights) -> dict[str, Weight]:
    """A part's weights as diffusers' and transformers' published files name them.

    Args:
        part: What they are of.
        weights: By their names without `PREFIXES`, in either layout.
    """
    kept = {_today(part, name): weight for name, weight in weights.items()}
    names = OriginalNames(part, kept)
    found: dict[str, Weight] = {}
    for name, weight in kept.items():
        for new, piece in _pieces(part, name, weight):
            found[names.diffusers(new)] = piece
    if part is Part.TEXT_ENCODER_2 and names.are_original and _PROJECTION in found:
        found[_PROJECTION] = found[_PROJECTION].shaped(_transposed)
    if part is Part.VAE:
        attention = [name for name in found if _VAE_ATTENTION.search(name) and len(found[name].shape) == 4]
        found |= {name: found[name].shaped(_flat) for name in attention}
    return found


def to_original(part: Part, weights: Weights, *, refiner: bool = False) -> dict[str, Weight]:
    """A part's weights as single files have them, `PREFIXES` included.

    Args:
        part: What they are of.
        weights: In diffusers' layout.
        refiner: Whether they are a refiner's, which counts its text encoder as the first.
    """
    prefix = PREFIXES[part][-1 if refiner else 0]
    names = OriginalNames(part, weights)
    found = {prefix + names.original(name): _original(part, name, weight) for name, weight in weights.items()}
    return _joined(found) if part is Part.TEXT_ENCODER_2 else found


def _today(part: Part, name: str) -> str:
    """A weight's name as files have it today."""
    if part is Part.VAE:
        for old, new in _OLD_VAE.items():
            name = name.replace(old, new) if ".attentions." in name else name
    if part is Part.TEXT_ENCODER and name.startswith(("embeddings.", "encoder.", "final_layer_norm.")):
        return f"text_model.{name}"  # transformers from 5.6 on leaves this out
    return name


def _pieces(part: Part, name: str, weight: Weight) -> list[tuple[str, Weight]]:
    """OpenCLIP's matrix of query, key and value as three; anything else as it is."""
    if part is not Part.TEXT_ENCODER_2 or ".attn.in_proj_" not in name:
        return [(name, weight)]
    return [(f"{name}.{kind}", weight.shaped(partial(_third, number=n))) for n, kind in enumerate(QKV)]


def _third(tensor: torch.Tensor, number: int) -> torch.Tensor:
    return tensor.chunk(3)[number]


def _original(part: Part, name: str, weight: Weight) -> Weight:
    if part is Part.VAE and _VAE_ATTENTION.search(name):
        return weight.shaped(_as_convolution)
    if part is Part.TEXT_ENCODER_2 and name == _PROJECTION:
        return weight.shaped(_transposed)
    return weight


def _joined(weights: Mapping[str, Weight]) -> dict[str, Weight]:
    """Query, key and value put together, where `OriginalNames` has them as three."""
    found: dict[str, Weight] = {}
    for name, weight in weights.items():
        whole, _, kind = name.rpartition(".")
        if kind not in QKV:
            found[name] = weight
        elif kind == QKV[0]:
            found[whole] = _cat([weights[f"{whole}.{each}"] for each in QKV])
    return found


def _cat(pieces: list[Weight]) -> Weight:
    first = pieces[0]
    shape = (sum(piece.shape[0] for piece in pieces), *first.shape[1:])
    return Weight(shape, first.dtype, lambda: torch.cat([piece.value() for piece in pieces]))


def _flat(tensor: torch.Tensor) -> torch.Tensor:
    return tensor[..., 0, 0]


def _as_convolution(tensor: torch.Tensor) -> torch.Tensor:
    return tensor[..., None, None]


def _transposed(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.T.contiguous()  # how a matrix lies in memory decides how its products are rounded
