"""JSON values and arrays as safetensors bytes: data that cannot run anything when read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from safetensors.numpy import load, save


def pack(tree: Mapping[str, Any]) -> bytes:
    """Turn a tree of JSON values and arrays into bytes."""
    arrays: dict[str, Any] = {}

    def name(value: Any) -> dict[str, str]:
        if not isinstance(value, np.ndarray):
            raise TypeError(f"a {type(value).__name__} cannot be kept")
        arrays[str(len(arrays))] = np.ascontiguousarray(value)
        return {"array": str(len(arrays) - 1)}

    text = json.dumps(tree, default=name)
    return save(arrays, {"state": text})  # type: ignore[no-any-return]


def unpack(data: bytes) -> dict[str, Any]:
    """What `pack` packed; raises one of several errors if it did not."""
    arrays = load(data)

    def value(found: dict[str, Any]) -> Any:
        return arrays[found["array"]] if set(found) == {"array"} else found

    # safetensors: eight bytes that say how long the header is, then the header, then the tensors.
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    tree: dict[str, Any] = json.loads(header["__metadata__"]["state"], object_hook=value)
    return tree
