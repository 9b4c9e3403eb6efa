"""Where and how each model of a run computes: placements by model, made when first asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from nodeflow.hardware.assign import Placed
from nodeflow.hardware.checkpoint import component_sizes, part_size
from nodeflow.hardware.estimate import Work, activation_bytes
from nodeflow.hardware.placement import Placement, place
from nodeflow.hardware.profile import HardwareProfile
from nodeflow.hardware.request import Quality, Request
from nodeflow.hardware.sizes import ComponentSize, Model, Part
from nodeflow.hardware.wishes import Wishes
from nodeflow.values import ModelPart, ModelRecipe

PARTS: Mapping[ModelPart, tuple[Part, ...]] = {
    ModelPart.TEXT_ENCODERS: (Part.TEXT_ENCODER, Part.TEXT_ENCODER_2),
    ModelPart.UNET: (Part.UNET,),
    ModelPart.VAE: (Part.VAE,),
}
PART_OF: Mapping[Part, ModelPart] = {part: whole for whole, parts in PARTS.items() for part in parts}
"""What a component is a part of, as nodes and patches name it."""
_WORK = {Part.UNET: Work.DENOISE, Part.VAE: Work.DECODE}


_Files = tuple[Path, Path | None, tuple[tuple[str, Path], ...]]
"""What models that are placed alike have in common."""


def _files(model: ModelRecipe) -> _Files:
    return model.path, model.vae, model.parts


class Arrangement:
    """The decisions of one run. Reads headers of checkpoints, never weights.

    Args:
        profile: The machine.
        wishes: What the user insists on.
        request: Size and number of the pictures, and whether two things may go on at once; its quality,
            device, dtype, mode and 8 bits are those of the wishes.
        models: The models that the run uses. A base and a refiner are placed together, so that both fit;
            any other number of checkpoints one by one, since the store lets go of what waits.
    """

    def __init__(
        self,
        profile: HardwareProfile,
        wishes: Wishes | None = None,
        request: Request | None = None,
        models: Iterable[ModelRecipe] = (),
    ) -> None:
        self.profile = profile
        self.wishes = wishes or Wishes()
        self._given = request or Request()
        self._sizes: dict[_Files, tuple[ComponentSize, ...]] = {}
        self._placements: dict[_Files, Placement] = {}
        self._models = {_files(model): model for model in models}

    @cached_property
    def request(self) -> Request:
        """What every placement is asked for."""
        device = {"cuda": "cuda:0", "xpu": "xpu:0"}.get(self.wishes.device or "", self.wishes.device)
        return replace(
            self._given,
            quality=self.wishes.quality or self._usual_quality(device),
            device=device,
            dtype=self.wishes.dtype,
            eight_bit=bool(self.wishes.eight_bit),
            mode=self.wishes.mode,
        )

    def _usual_quality(self, device: str | None) -> Quality:
        only_cpu = device == "cpu" or not self.profile.accelerators
        return Quality.EXACT if only_cpu else Quality.BALANCED

    def placement(self, model: ModelRecipe) -> Placement:
        """Where a model's components run.

        Raises:
            MissingFile: If its files are missing or damaged.
            UsageError: If the wishes name a device that is not there, or want what no device can do.
        """
        key = _files(model)
        if key not in self._placements:
            sizes = self._components(model)
            partner = self._partner(model, sizes)
            together = (*sizes, *self._components(partner)) if partner else sizes
            placement = place(self.profile, together, self.request)
            self._placements[key] = placement
            if partner:
                self._placements[_files(partner)] = placement
        return self._placements[key]

    def placed(self, model: ModelRecipe, part: Part) -> Placed:
        """Where and how one component of a model runs.

        Raises:
            KeyError: If the model has no such component, or one without weights.
        """
        sizes = {size.part: size for size in self._components(model)}
        return next(p for p in self.placement(model).components if p.size == sizes[part])

    def working_bytes(self, model: ModelRecipe, part: Part) -> int:
        """Predicted memory that a component's work takes beyond its weights, on its device."""
        placement, placed = self.placement(model), self.placed(model, part)
        return activation_bytes(
            _WORK.get(part, Work.ENCODE_TEXT),
            self.request,
            placed.dtype,
            tile=placement.vae_tile,
            fused_attention=placed.device.kind.has_fused_attention,
            sliced_attention=placement.attention_slicing,
            breadth=placed.size.breadth,
        )

    def arithmetic(self, model: ModelRecipe, part: ModelPart) -> dict[str, str]:
        """What of the decisions for a part changes its results: this enters keys, addresses do not."""
        placement = self.placement(model)
        known = {size.part for size in self._components(model)}
        first = next(p for p in PARTS[part] if p in known)
        placed = self.placed(model, first)
        facts = {"device": placed.device.kind.value, "dtype": placed.dtype.value}
        if placed.weights is not placed.dtype:
            facts["weights"] = placed.weights.value
        if part is ModelPart.VAE and placement.vae_tile:
            facts["tile"] = str(placement.vae_tile)
        if part is ModelPart.UNET:
            facts |= placement.shortcuts
        return facts

    def _components(self, model: ModelRecipe) -> tuple[ComponentSize, ...]:
        key = _files(model)
        if key not in self._sizes:
            sizes = component_sizes(model.path)
            places: dict[str, Path] = dict(model.parts)
            if model.vae is not None:
                places[Part.VAE] = model.vae
            self._sizes[key] = tuple(
                part_size(size.part, places[size.part], size.model) if size.part in places else size
                for size in sizes
            )
        return self._sizes[key]

    def _partner(self, model: ModelRecipe, sizes: tuple[ComponentSize, ...]) -> ModelRecipe | None:
        """The refiner of the run's only base, or the base of its only refiner."""
        if len(self._models) != 2:
            return None
        other = next((m for key, m in self._models.items() if key != _files(model)), None)
        if other is None:
            return None
        kinds = {sizes[0].model, self._components(other)[0].model}
        return other if kinds == set(Model) else None
