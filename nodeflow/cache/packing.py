"""Values as JSON and back: the inner half of the codec. Arrays are set apart, to be stored as they are.

Literals and lists stay what they are; anything else becomes an object whose first member says what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from enum import Enum
from pathlib import Path
from typing import Any

from nodeflow.cache.classes import class_name

_LITERALS = (type(None), bool, int, float, str)
_DTYPES = frozenset(
    ("float64", "float32", "float16", "bool", *(f"{u}int{n}" for u in ("", "u") for n in (8, 16, 32, 64)))
)


class NotStorable(Exception):  # noqa: N818 - not an error: such results live in memory only
    """Outputs hold something that cannot be written to a file."""


class Unreadable(Exception):  # noqa: N818 - not an error: such results are computed again
    """A file holds classes, fields or a format that this process does not know."""


class Writer:
    """Turns values into JSON.

    Args:
        classes: Frozen dataclasses and enumerations by name; others are refused.
    """

    def __init__(self, classes: Mapping[str, type]) -> None:
        self.arrays: dict[str, Any] = {}
        self._classes = classes

    def pack(self, value: Any) -> Any:
        """Return JSON for a value, setting its arrays apart in `arrays`.

        Raises:
            NotStorable: If there is none that `Reader` would turn into the same value.
        """
        # Exact types: a subclass (np.float64 is a float, a NamedTuple a tuple) would not come back as itself.
        kind = type(value)
        if kind in _LITERALS:
            return value
        if kind is list:
            return [self.pack(item) for item in value]
        if kind is tuple:
            return {"tuple": [self.pack(item) for item in value]}
        if kind is dict:
            return {"dict": [[self.pack(key), self.pack(item)] for key, item in value.items()]}
        return {"path": str(value)} if isinstance(value, Path) else self._pack_object(value, kind)

    def _pack_object(self, value: Any, kind: Any) -> Any:
        import numpy as np

        if kind is np.ndarray:
            return {"array": self._keep(value)}
        name = class_name(kind)
        known: Any = self._classes.get(name)
        if known is not kind:
            raise NotStorable(f"{name} is not a class that can be stored")
        if isinstance(value, Enum):
            if value.name not in known.__members__:  # a mix of flags
                raise NotStorable(f"{value} has no name")
            return {"enum": name, "member": value.name}
        return {
            "class": name,
            "fields": {field.name: self.pack(getattr(value, field.name)) for field in fields(value)},
        }

    def _keep(self, array: Any) -> str:
        import numpy as np

        if array.dtype.name not in _DTYPES or not array.dtype.isnative:
            raise NotStorable(f"an array of {array.dtype} cannot be stored")
        name = str(len(self.arrays))
        self.arrays[name] = np.asarray(array, order="C")
        return name


class Reader:
    """Turns JSON into values.

    Args:
        classes: Frozen dataclasses and enumerations by name; no others are made.
        arrays: What the writer set apart.
    """

    def __init__(self, classes: Mapping[str, type], arrays: Mapping[str, Any]) -> None:
        self._classes = classes
        self._arrays = arrays

    def unpack(self, value: Any) -> Any:
        """Return the value that JSON stands for.

        Raises:
            Unreadable: If it was written with other fields.
            LookupError: If it was written with other classes.
        """
        if isinstance(value, list):
            return [self.unpack(item) for item in value]
        if not isinstance(value, dict):
            return value
        tag = next(iter(value))
        unpacked: Callable[[Mapping[str, Any]], Any] = getattr(self, f"_unpack_{tag}")
        return unpacked(value)

    def _unpack_tuple(self, value: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(self.unpack(item) for item in value["tuple"])

    def _unpack_dict(self, value: Mapping[str, Any]) -> dict[Any, Any]:
        return {self.unpack(key): self.unpack(item) for key, item in value["dict"]}

    def _unpack_path(self, value: Mapping[str, Any]) -> Path:
        return Path(value["path"])

    def _unpack_array(self, value: Mapping[str, Any]) -> Any:
        return self._arrays[value["array"]]

    def _unpack_enum(self, value: Mapping[str, Any]) -> Any:
        kind: Any = self._classes[value["enum"]]
        return kind[value["member"]]

    def _unpack_class(self, value: Mapping[str, Any]) -> Any:
        kind: Any = self._classes[value["class"]]
        members: Mapping[str, Any] = value["fields"]
        added = {field.name: field.default for field in fields(kind) if field.name not in members}
        # A field added later has the value at which it means nothing.
        if MISSING in added.values() or len(members) + len(added) != len(fields(kind)):
            raise Unreadable(f"{kind.__name__} has other fields now")
        # What was there comes back as it was; the constructor might compute anew, or no longer take it.
        result = object.__new__(kind)
        for name, member in members.items():
            object.__setattr__(result, name, self.unpack(member))
        for name, default in added.items():
            object.__setattr__(result, name, default)
        return result
