"""What a LoRA makes of a weight, computed in float32, whatever its kind."""

from __future__ import annotations

from typing import Any

import torch

from nodeflow.backends.torch.lora_file import LoraLayer
from nodeflow.errors import NodeFailed

_LOHA = ("hada_w1_b", "hada_w1_a", "hada_w2_b", "hada_w2_a", "hada_t1", "hada_t2")
_LOKR = ("lokr_w1", "lokr_w1_a", "lokr_w1_b", "lokr_w2", "lokr_w2_a", "lokr_w2_b", "lokr_t2")
_GLORA = ("a1.weight", "a2.weight", "b1.weight", "b2.weight", "bm.weight")
_OFT = ("oft_blocks", "rescale")
_DORA = "dora_scale"
_KINDS: tuple[tuple[frozenset[str], frozenset[str]], ...] = (
    (frozenset({"oft_blocks"}), frozenset(_OFT)),
    (frozenset({"down", "up"}), frozenset({"down", "up", "mid", _DORA})),
    (frozenset({"diff"}), frozenset({"diff", _DORA})),
    (frozenset(_GLORA[:4]), frozenset({*_GLORA, _DORA})),
    (frozenset(_LOHA[:4]), frozenset({*_LOHA, _DORA})),
    *(
        (frozenset({small, large}), frozenset({*_LOKR, _DORA}))
        for small in ("lokr_w1", "lokr_w1_a")
        for large in ("lokr_w2", "lokr_w2_a")
    ),
)
"""What a layer must hold to be of a kind, and what it may. The first that fits counts."""
BAKED = {"mid", "diff", "bias", *_LOHA, *_LOKR, *_GLORA, *_OFT}
"""What only a layer holds that no adapter can express; see `lora_file`."""
KNOWN = {"down", "up", _DORA, *BAKED}
"""All that a layer of some kind may hold, besides alpha."""
_BUTTERFLY = 4
"""Dimensions of the blocks of OFT in its butterfly form; else they have 3."""
_INSTALL = "Install it with: pip install 'nodeflow[lycoris]'"


def unused(layer: LoraLayer) -> tuple[str, ...]:
    """Names of a layer's weights in the file that `applied` has no use for."""
    used = next((may for must, may in _KINDS if must <= layer.tensors.keys()), frozenset())
    return tuple(name for use, name in layer.names.items() if use not in used)


def is_usable(layer: LoraLayer) -> bool:
    """Whether a layer holds all that a change takes."""
    return any(must <= layer.tensors.keys() for must, _ in _KINDS)


def applied(weight: torch.Tensor, layer: LoraLayer, strength: float) -> torch.Tensor:
    """A weight with a LoRA on it.

    DoRA (arXiv:2402.09353) with a magnitude for each output is computed as peft does, where the strength acts
    on the direction; with one for each input, or on LoHa and LoKr, as LyCORIS does: on the result.

    Args:
        weight: float32, shape (out, in) or (out, in, height, width).
        layer: What the file holds for it.
        strength: 0 is off, 1 as trained, negative inverts.

    Raises:
        RuntimeError: If the file's shapes do not fit the weight's.
        NodeFailed: If it takes lycoris-lora, which is not installed.
    """
    if "oft_blocks" in layer.tensors:
        return _rotated(weight, layer, strength)
    change = difference(weight, layer)
    magnitude = layer.tensors.get("dora_scale")
    if magnitude is None:
        return weight + strength * change
    if "down" in layer.tensors and per_output(magnitude, weight):
        moved = weight + strength * change
        return moved * (_each_output(magnitude, weight) / _norm(moved, keep=0))
    moved = weight + change
    keep = 0 if per_output(magnitude, weight) else 1
    scale = _each_output(magnitude, weight) if keep == 0 else _each_input(magnitude, weight)
    return weight + strength * (moved * (scale / _norm(moved, keep=keep)) - weight)


def per_output(magnitude: torch.Tensor, weight: torch.Tensor) -> bool:
    """Whether a DoRA's magnitudes are for each output of a layer rather than for each input."""
    return magnitude.ndim == 1 or magnitude.shape[0] == weight.shape[0]


def difference(weight: torch.Tensor, layer: LoraLayer) -> torch.Tensor:
    """What is added to a weight at full strength; shape and precision are the weight's."""
    tensors = {name: tensor.float() for name, tensor in layer.tensors.items()}
    if "down" in tensors:
        rank = layer.rank or tensors["down"].shape[0]
        scale = 1.0 if layer.alpha is None else layer.alpha / rank
        return (scale * _product(tensors)).reshape(weight.shape)
    if "diff" in tensors:
        return tensors["diff"].reshape(weight.shape)
    if "a1.weight" in tensors:
        return _generalised(weight, tensors, layer.alpha)
    return _lycoris(tensors, layer.alpha).reshape(weight.shape)


def _product(tensors: dict[str, torch.Tensor]) -> torch.Tensor:
    down, up, mid = tensors["down"], tensors["up"], tensors.get("mid")
    if mid is not None:  # a convolution in Tucker's decomposition
        return torch.einsum("m n h w, o m, n i -> o i h w", mid, up.flatten(1), down.flatten(1))
    return up.flatten(1) @ down.flatten(1)


def _generalised(weight: torch.Tensor, tensors: dict[str, torch.Tensor], alpha: float | None) -> torch.Tensor:
    """GLoRA's change W A + B (arXiv:2306.07967), both of low rank."""
    a1, a2, b1, b2 = (tensors[name] for name in _GLORA[:4])
    turned = torch.einsum("o i ..., i j -> o j ...", weight, a1.flatten(1) @ a2.flatten(1))
    added = {"up": b1, "down": b2} | ({"mid": tensors["bm.weight"]} if "bm.weight" in tensors else {})
    scale = 1.0 if alpha is None else alpha / a2.shape[0]
    return scale * (turned + _product(added).reshape(weight.shape))


def _lycoris(tensors: dict[str, torch.Tensor], alpha: float | None) -> torch.Tensor:
    library = _library()
    if "hada_w1_b" in tensors:
        rank = tensors["hada_w1_b"].shape[0]
        scale = torch.tensor(1.0 if alpha is None else alpha / rank)
        return torch.as_tensor(library.loha.diff_weight(*map(tensors.get, _LOHA), gamma=scale))
    factors = [tensors[name] for name in ("lokr_w1_a", "lokr_w2_a") if name in tensors]
    # Its scale is divided by the rank there; without any rank, there is none.
    gamma = float(factors[0].shape[1]) if factors and alpha is None else alpha or 1.0
    return torch.as_tensor(
        library.lokr.diff_weight(*map(tensors.get, _LOKR), gamma=gamma if factors else 1.0)
    )


def _rotated(weight: torch.Tensor, layer: LoraLayer, strength: float) -> torch.Tensor:
    """OFT (arXiv:2306.07280) and BOFT (arXiv:2311.06243): outputs turned among each other, and scaled then.

    The alpha of such a file limits how far they turn, for each output.
    """
    library = _library()
    blocks, limit = layer.tensors["oft_blocks"].float(), (layer.alpha or 0.0) * len(weight)
    if blocks.ndim == _BUTTERFLY:  # of which each stage is turned by the strength
        turned = weight + library.boft.diff_weight(weight, blocks, None, constraint=limit, scale=strength)
    else:
        turned = weight + strength * library.diag_oft.diff_weight(weight, blocks, None, constraint=limit)
    if "rescale" in layer.tensors:
        turned = turned * (1 + strength * (_each_output(layer.tensors["rescale"], weight) - 1))
    return torch.as_tensor(turned)


def _library() -> Any:
    """lycoris-lora's functions."""
    try:
        from lycoris import functional
        from lycoris.functional import boft, diag_oft, loha, lokr  # noqa: F401 - so that they are there
    except ImportError as error:
        message = "LoHa, LoKr and OFT need lycoris-lora, which is not installed"
        raise NodeFailed(message, input="model", advice=_INSTALL) from error
    return functional


def _each_output(magnitude: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    return magnitude.float().reshape(-1, *(1,) * (weight.ndim - 1))


def _each_input(magnitude: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    return magnitude.float().reshape(1, -1, *(1,) * (weight.ndim - 2))


def _norm(weight: torch.Tensor, keep: int) -> torch.Tensor:
    """The length of what goes into each output (keep 0), or comes out of each input (keep 1)."""
    others = [axis for axis in range(weight.ndim) if axis != keep]
    norm: torch.Tensor = torch.linalg.vector_norm(weight, dim=others, keepdim=True)
    return norm
