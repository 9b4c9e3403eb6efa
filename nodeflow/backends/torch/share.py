"""Whether parts of two checkpoints hold the very same weights. Looked at only on need."""

from __future__ import annotations

from pathlib import Path

import torch

from nodeflow.backends.torch.need import Need
from nodeflow.backends.torch.part_weights import part_weights, weight_files
from nodeflow.backends.torch.weight import Weight
from nodeflow.files import Digests
from nodeflow.folders import Folders


def may_be_equal(one: Need, other: Need) -> bool:
    """Whether two parts could be one and the same in memory, by what is known without reading them."""
    if one.placed is None or other.placed is None or one.place == other.place:
        return False
    sizes = [(placed.size.parameters, placed.size.file_bytes) for placed in (one.placed, other.placed)]
    layouts = {need.place.is_dir() for need in (one, other)}
    return one.key[1:] == other.key[1:] and sizes[0] == sizes[1] and len(layouts) == 1


def are_equal(one: Need, other: Need) -> bool:
    """Whether two parts of the same layout have the same config and weights, bit for bit.

    By their files' digests where planning has left them, else by reading both as far as they are equal:
    checkpoints of the same size mostly differ in the first weights already.

    Raises:
        MissingFile: If files are missing or damaged.
        OSError: If a config cannot be read.
    """
    if _config(one).read_bytes() != _config(other).read_bytes():
        return False
    if one.place.is_dir():
        digests = Digests(Folders.from_environment().cache)
        known = [digests.known_files(_weight_files(need.place)) for need in (one, other)]
        if None not in known:
            return known[0] == known[1]
    ours, theirs = (part_weights(need.place, need.part) for need in (one, other))
    return ours.keys() == theirs.keys() and all(_equal(ours[name], theirs[name]) for name in ours)


def _config(need: Need) -> Path:
    return need.source.configs[need.part] / "config.json"


def _weight_files(folder: Path) -> dict[str, Path]:
    return {file.name: file for file in weight_files(folder)}


def _equal(one: Weight, other: Weight) -> bool:
    return one.dtype == other.dtype and one.shape == other.shape and torch.equal(one.value(), other.value())
