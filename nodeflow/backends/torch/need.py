"""What a call needs of the store: a checkpoint's parts, and where and how each runs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from nodeflow.backends.torch.baking import baked, files_of
from nodeflow.backends.torch.loading import check_weights
from nodeflow.backends.torch.source import Source
from nodeflow.backends.torch.stamp import Stamp, stamp
from nodeflow.errors import NodeflowError
from nodeflow.hardware import Arrangement, Mode, Part, Placed
from nodeflow.values import ModelRecipe, Patch

Key = tuple[Path, Part, tuple[Patch, ...], str, str, str]
"""Where a component comes from, which it is, what is baked in, where and in which precisions it runs."""


@dataclass(frozen=True)
class Need:
    """A component that a call needs.

    Attributes:
        source: The checkpoint.
        part: Which component of it.
        placed: Where and how it runs; None for a tokenizer.
        working: Memory that its work takes beyond its weights, in bytes.
        baked: The patches that are part of its weights; see `baking`.
    """

    source: Source
    part: Part
    placed: Placed | None = None
    working: int = 0
    baked: tuple[Patch, ...] = ()

    @property
    def place(self) -> Path:
        """The folder or file that holds it."""
        return self.source.place(self.part)

    @property
    def key(self) -> Key:
        """What the store knows it by. How its weights wait does not enter: there is one copy of them."""
        if self.placed is None:
            return self.place, self.part, self.baked, "cpu", "", ""
        placed = self.placed
        return self.place, self.part, self.baked, placed.device.address, placed.dtype, placed.weights

    def stamp(self) -> Stamp:
        """A sign that the files that it is made from have changed.

        Raises:
            MissingFile: If one is not there.
        """
        files = (file for patch in self.baked for file in files_of(self.part, patch))
        return tuple(mark for place in (self.place, *files) for mark in stamp(place))


def needed(
    arrangement: Arrangement,
    model: ModelRecipe,
    source: Source,
    parts: Iterable[Part],
    mode: Mode | None = None,
) -> tuple[Need, ...]:
    """Say what a call needs, in the one order in which everybody takes it.

    Args:
        arrangement: Where and how the parts run.
        model: The model.
        source: The same model, located.
        parts: What the call uses.
        mode: How their weights wait; None: as arranged.

    Raises:
        MissingFile: If the checkpoint has no such part, or its files are missing or damaged.
        UsageError: If what the user insists on cannot be had here.
    """
    wanted = set(parts)
    for part in wanted:
        check_weights(source, part)  # before sizes are read from them: it says best what is wrong
    return tuple(_need(arrangement, model, source, part, mode) for part in Part if part in wanted)


def _need(
    arrangement: Arrangement, model: ModelRecipe, source: Source, part: Part, mode: Mode | None
) -> Need:
    if not part.has_weights:
        return Need(source, part)
    try:
        placed = arrangement.placed(model, part)
        working = arrangement.working_bytes(model, part)
    except NodeflowError as error:
        error.input = error.input or "model"
        raise
    placed = replace(placed, mode=mode or placed.mode)
    return Need(source, part, placed, working, baked(part, model.patches))
