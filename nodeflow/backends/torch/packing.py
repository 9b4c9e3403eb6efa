"""JSON values and tensors as safetensors bytes: data that cannot run anything when read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import torch
from safetensors.torch import load, save


def pack(tree: Mapping[str, Any]) -> bytes:
    """Turn a tree of JSON values and tensors into bytes.

    Raises:
        TypeError: If there is anything else in it.
    """
    tensors: dict[str, torch.Tensor] = {}

    def name(value: Any) -> dict[str, str]:
        if not isinstance(value, torch.Tensor):
            raise TypeError(f"a {type(value).__name__} cannot be kept")
        key = str(len(tensors))
        tensors[key] = value.detach().cpu().contiguous().clone()  # two names for one tensor are refused
        return {"tensor": key, "device": str(value.device)}

    text = json.dumps(tree, default=name)
    return save(tensors, {"state": text})  # type: ignore[no-any-return]


def unpack(data: bytes) -> dict[str, Any]:
    """What `pack` packed; raises one of several errors if it did not."""
    tensors = load(data)

    def value(found: dict[str, Any]) -> Any:
        if set(found) != {"tensor", "device"}:
            return found
        return tensors[found["tensor"]].to(found["device"])

    # safetensors: eight bytes that say how long the header is, then the header, then the tensors.
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    tree: dict[str, Any] = json.loads(header["__metadata__"]["state"], object_hook=value)
    return tree
