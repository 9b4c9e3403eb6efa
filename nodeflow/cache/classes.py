"""Which classes may come back from a file: the core's values and those the caller names, nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import is_dataclass
from enum import Enum
from typing import Any, get_args, get_type_hints

from nodeflow.values import (
    Conditioning,
    Curve,
    DeepShrinkPatch,
    FreeUPatch,
    Guidance,
    Image,
    Latent,
    LoraPatch,
    Mask,
    MergePatch,
    ModelRecipe,
    Noise,
    PredictionPatch,
    Schedule,
)

BUILT_IN: tuple[type, ...] = (
    Conditioning,
    Curve,
    DeepShrinkPatch,
    FreeUPatch,
    Guidance,
    Image,
    Latent,
    LoraPatch,
    Mask,
    MergePatch,
    ModelRecipe,
    Noise,
    PredictionPatch,
    Schedule,
)
"""The core's values; what their fields are declared to hold follows from them."""


def class_name(kind: type) -> str:
    """The name that a class goes by in files."""
    return f"{kind.__module__}.{kind.__qualname__}"


def class_table(classes: Iterable[type]) -> Mapping[str, type]:
    """The frozen dataclasses and enumerations among `classes` and in their fields' declarations, by name."""
    table: dict[str, type] = {}
    waiting: list[Any] = list(classes)
    while waiting:
        kind = waiting.pop()
        waiting.extend(get_args(kind))  # of `list[Latent]` and `Handover | None`
        if not isinstance(kind, type) or class_name(kind) in table:
            continue
        if _is_frozen(kind):
            table[class_name(kind)] = kind
            waiting.extend(_declared(kind))
        elif issubclass(kind, Enum):
            table[class_name(kind)] = kind
    return table


def _is_frozen(kind: type) -> bool:
    return is_dataclass(kind) and bool(kind.__dataclass_params__.frozen)  # type: ignore[attr-defined]


def _declared(kind: type) -> Iterable[Any]:
    """The types of a class's fields, where they can be told."""
    try:
        return get_type_hints(kind).values()
    except Exception:  # noqa: BLE001 - annotations of third parties can fail in any way; then they name their classes
        return ()
