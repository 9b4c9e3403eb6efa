"""A node's outputs as bytes and back, exactly: a safetensors file with the arrays, and JSON in its metadata.

No code is stored and none is found by a name in a file: only classes that the caller passes come back.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from nodeflow.cache.packing import NotStorable, Reader, Unreadable, Writer

_FORMAT = 1
# A single entry: safetensors writes several in any order, and with the order the digest would change.
_METADATA = "nodeflow"


def encode(outputs: Mapping[str, Any], classes: Mapping[str, type]) -> bytes:
    """Turn outputs into the content of a safetensors file; equal outputs give equal bytes.

    Args:
        outputs: By name: arrays, literals, paths, lists, tuples, dictionaries, instances of `classes`.
        classes: Frozen dataclasses and enumerations by name.

    Raises:
        NotStorable: If they hold anything else.
    """
    from safetensors.numpy import save

    writer = Writer(classes)
    try:
        values = {name: writer.pack(value) for name, value in outputs.items()}
        text = json.dumps({"format": _FORMAT, "outputs": values})
        return bytes(save(writer.arrays, {_METADATA: text}))
    except (AttributeError, MemoryError, RecursionError, TypeError, ValueError) as error:
        raise NotStorable(str(error)) from error


def decode(data: bytes, classes: Mapping[str, type]) -> dict[str, Any]:
    """Turn the content of a file into outputs equal to those encoded; arrays are read-only.

    Raises:
        Unreadable: If it does not hold what `encode` writes with these classes.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        arrays = load(data)
        header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
        content = json.loads(header["__metadata__"][_METADATA])
        if content["format"] != _FORMAT:
            raise Unreadable(f"format {content['format']}")
        for array in arrays.values():
            array.flags.writeable = False
        reader = Reader(classes, arrays)
        return {name: reader.unpack(value) for name, value in content["outputs"].items()}
    except (AttributeError, LookupError, RecursionError, TypeError, ValueError, SafetensorError) as error:
        raise Unreadable(str(error)) from error
