"""How a call gets at a model: what it needs by an arrangement, lent by the store, with relief for memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import TypeVar

from nodeflow.backends.protocol import Monitor
from nodeflow.backends.torch.component import Component
from nodeflow.backends.torch.need import Need, needed
from nodeflow.backends.torch.relief import Call, Relief, Way
from nodeflow.backends.torch.source import Source, locate_model
from nodeflow.backends.torch.store import ModelStore
from nodeflow.hardware import Arrangement, Mode, Part, Work, activation_bytes
from nodeflow.hardware.arrangement import PARTS
from nodeflow.values import ModelPart, ModelRecipe

_WORK = {ModelPart.UNET: Work.DENOISE, ModelPart.VAE: Work.DECODE}
TOKENIZERS = {Part.TEXT_ENCODER: Part.TOKENIZER, Part.TEXT_ENCODER_2: Part.TOKENIZER_2}
"""The tokenizer that goes with each text encoder."""

Result = TypeVar("Result")
Lease = AbstractContextManager[Mapping[Part, Component]]


@dataclass(frozen=True)
class Access:
    """The way to the models for the calls of one run.

    Attributes:
        arrangement: Where and how the models run.
        store: Holds them, for all runs.
        relief: Knows what ran out of memory before, in all runs.
    """

    arrangement: Arrangement
    store: ModelStore
    relief: Relief

    def lease(self, model: ModelRecipe, *parts: Part, mode: Mode | None = None) -> Lease:
        """Lend components for one call, locked against every other thread and ready to run.

        Args:
            model: The model. Its patches are not applied.
            parts: All that the call needs.
            mode: Where the weights of all of them are; None: as arranged.

        Raises:
            MissingFile: If the model has no such part, or files are missing or damaged.
        """
        return self.store.lease(self._needed(model, parts, mode))

    def prepare(self, model: ModelRecipe, part: ModelPart) -> None:
        """Load a part that will soon be needed, if there is room for it beside everything held."""
        self.store.prepare(self._needed(model, parts_of(locate_model(model), part)))

    def run(
        self,
        model: ModelRecipe,
        part: ModelPart,
        work: Callable[[Way], Result],
        monitor: Monitor,
        *,
        size: tuple[int, int, int] = (0, 0, 0),
        kind: str = "encoded",
    ) -> Result:
        """Do a call's work with relief when memory runs out.

        Args:
            model: The model.
            part: The part of it that works.
            work: Does the work in one way, from the beginning.
            monitor: Told what had to be relieved.
            size: Number, height and width of the pictures; zeros for text.
            kind: What is done to them.
        """
        needs = self._needed(model, parts_of(locate_model(model), part))
        placed = next(need.placed for need in needs if need.placed is not None)
        tile = self.arrangement.placement(model).vae_tile if part is ModelPart.VAE else None

        def memory(way: Way) -> int:
            count, height, width = size
            request = replace(self.arrangement.request, width=width, height=height, batch=count)
            fused = placed.device.kind.has_fused_attention
            breadth = placed.size.breadth
            return activation_bytes(
                _WORK[part], request, placed.dtype, tile=way.tile, fused_attention=fused, breadth=breadth
            )

        call = Call(
            part, placed, tile, size=size, kind=kind, memory=memory if part in _WORK and all(size) else None
        )
        return self.relief.run(call, work, lambda: self.store.make_room(needs), monitor)

    def _needed(
        self, model: ModelRecipe, parts: tuple[Part, ...], mode: Mode | None = None
    ) -> tuple[Need, ...]:
        return needed(self.arrangement, model, locate_model(model), parts, mode)


def parts_of(source: Source, part: ModelPart) -> tuple[Part, ...]:
    """The components that a part of a model works with, tokenizers included.

    A refiner reads text with the second encoder alone. Parts that a checkpoint lacks are named all the same,
    so that asking for them says so.
    """
    networks = PARTS[part]
    if part is not ModelPart.TEXT_ENCODERS:
        return networks
    if source.is_refiner:
        networks = (Part.TEXT_ENCODER_2,)
    return tuple(component for network in networks for component in (TOKENIZERS[network], network))
