"""Which patches are part of a component's weights from the moment that it is loaded, rather than put onto it.

A LoRA is an adapter on shared weights, switched on and off between two runs. What no adapter can express is
merged when the weights are read: other checkpoints, LoHa, LoKr, whole differences, and DoRAs whose magnitudes
are for each input. The store keeps what was loaded so apart from the plain model.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from nodeflow.backends.torch.headers import read_shapes_of
from nodeflow.backends.torch.lora_delta import BAKED
from nodeflow.backends.torch.lora_file import part_of, split
from nodeflow.backends.torch.source import locate
from nodeflow.backends.torch.stamp import Stamp, stamp
from nodeflow.hardware import Part
from nodeflow.hardware.arrangement import PART_OF
from nodeflow.values import LoraPatch, MergePatch, Patch


def baked(part: Part, patches: Sequence[Patch]) -> tuple[Patch, ...]:
    """Of a model's patches, those that are merged into a part when it is loaded.

    Raises:
        MissingFile: If a file is missing or damaged.
    """
    return tuple(
        patch
        for patch in patches
        if patch.affects(PART_OF[part]) and part.has_weights and _is_baked(part, patch)
    )


def files_of(part: Part, patch: Patch) -> tuple[Path, ...]:
    """The files and folders that a patch takes a part's changes from."""
    if isinstance(patch, LoraPatch):
        return (patch.path,)
    if isinstance(patch, MergePatch):
        return tuple(locate(path).place(part) for path in (patch.path, patch.minus) if path is not None)
    return ()


def _is_baked(part: Part, patch: Patch) -> bool:
    if isinstance(patch, LoraPatch):
        return part in _parts_baked(patch.path, stamp(patch.path))
    return isinstance(patch, MergePatch)


@lru_cache(256)
def _parts_baked(file: Path, _stamp: Stamp) -> frozenset[Part]:
    """The parts for which a LoRA file holds what no adapter can express."""
    layers: dict[tuple[Part, str], dict[str, tuple[int, ...]]] = {}
    for name, shape in read_shapes_of(file).items():
        spelled, use = split(name)
        peft = "lora_magnitude_vector" in name
        layers.setdefault((part_of(name), spelled), {})[use] = (shape[0],) if peft and shape else shape
    # An adapter of peft's has magnitudes in all of its layers, or in none.
    dora = {part for (part, _), layer in layers.items() if "dora_scale" in layer}
    return frozenset(
        part
        for (part, _), layer in layers.items()
        if not _is_adapter(layer) or (part in dora and "down" in layer and "dora_scale" not in layer)
    )


def _is_adapter(layer: dict[str, tuple[int, ...]]) -> bool:
    """Whether what a file holds for a layer can be an adapter."""
    known = not layer.keys() & BAKED
    magnitude, up = layer.get("dora_scale"), layer.get("up")
    fits = magnitude is None or up is None or len(magnitude) == 1 or magnitude[0] == up[0]
    return known and fits
