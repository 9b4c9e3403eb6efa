"""What a LoRA makes of a weight, computed in float32: LoRA, LoCon, DoRA, whole differences, LoHa and LoKr."""

from __future__ import annotations

import torch

from nodeflow.backends.torch.lora_file import LoraLayer
from nodeflow.errors import NodeFailed

_LOHA = ("hada_w1_b", "hada_w1_a", "hada_w2_b", "hada_w2_a", "hada_t1", "hada_t2")
_LOKR = ("lokr_w1", "lokr_w1_a", "lokr_w1_b", "lokr_w2", "lokr_w2_a", "lokr_w2_b", "lokr_t2")
BAKED = {"mid", "diff", *_LOHA, *_LOKR}
"""What only a layer holds that no adapter can express; see `lora_file`."""
_KNOWN = {"down", "up", "dora_scale", *BAKED}
_INSTALL = "Install it with: pip install 'nodeflow[lycoris]'"


def unused(layer: LoraLayer) -> tuple[str, ...]:
    """Names of a layer's weights in the file that `applied` has no use for."""
    return tuple(name for use, name in layer.names.items() if use not in _KNOWN)


def is_usable(layer: LoraLayer) -> bool:
    """Whether a layer holds all that a change takes."""
    tensors = layer.tensors.keys()
    lokr = tensors & {"lokr_w1", "lokr_w1_a"} and tensors & {"lokr_w2", "lokr_w2_a"}
    return bool({"down", "up"} <= tensors or "diff" in tensors or set(_LOHA[:4]) <= tensors or lokr)


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
    return _lycoris(tensors, layer.alpha).reshape(weight.shape)


def _product(tensors: dict[str, torch.Tensor]) -> torch.Tensor:
    down, up, mid = tensors["down"], tensors["up"], tensors.get("mid")
    if mid is not None:  # a convolution in Tucker's decomposition
        return torch.einsum("m n h w, o m, n i -> o i h w", mid, up.flatten(1), down.flatten(1))
    return up.flatten(1) @ down.flatten(1)


def _lycoris(tensors: dict[str, torch.Tensor], alpha: float | None) -> torch.Tensor:
    try:
        from lycoris.functional import loha, lokr
    except ImportError as error:
        message = "LoHa and LoKr need lycoris-lora, which is not installed"
        raise NodeFailed(message, input="model", advice=_INSTALL) from error
    if "hada_w1_b" in tensors:
        rank = tensors["hada_w1_b"].shape[0]
        scale = torch.tensor(1.0 if alpha is None else alpha / rank)
        return torch.as_tensor(loha.diff_weight(*map(tensors.get, _LOHA), gamma=scale))
    factors = [tensors[name] for name in ("lokr_w1_a", "lokr_w2_a") if name in tensors]
    # Its scale is divided by the rank there; without any rank, there is none.
    gamma = float(factors[0].shape[1]) if factors and alpha is None else alpha or 1.0
    return torch.as_tensor(lokr.diff_weight(*map(tensors.get, _LOKR), gamma=gamma if factors else 1.0))


def _each_output(magnitude: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    return magnitude.float().reshape(-1, *(1,) * (weight.ndim - 1))


def _each_input(magnitude: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    return magnitude.float().reshape(1, -1, *(1,) * (weight.ndim - 2))


def _norm(weight: torch.Tensor, keep: int) -> torch.Tensor:
    """The length of what goes into each output (keep 0), or comes out of each input (keep 1)."""
    others = [axis for axis in range(weight.ndim) if axis != keep]
    norm: torch.Tensor = torch.linalg.vector_norm(weight, dim=others, keepdim=True)
    return norm
