"""A model on a wire is a recipe, not weights: which checkpoint, with which patches."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path


class ModelPart(StrEnum):
    """A part of a model that a node's input may be limited to."""

    TEXT_ENCODERS = "text_encoders"
    UNET = "unet"
    VAE = "vae"


@dataclass(frozen=True)
class Patch:
    """A change applied to a model just before use; each kind is a subclass that backends know to apply."""

    def affects(self, part: ModelPart) -> bool:
        """Whether the patch changes `part`."""
        raise NotImplementedError


@dataclass(frozen=True)
class LoraPatch(Patch):
    """A LoRA with a weight for the UNet and one for the text encoders.

    Attributes:
        name: The LoRA's name, for messages.
        path: Its file.
        unet_weight: Strength on the UNet; 0 leaves it as it is, 1 is as trained, negative inverts.
        text_encoder_weight: Strength on both text encoders.
    """

    name: str
    path: Path
    unet_weight: float = 1.0
    text_encoder_weight: float = 1.0

    def affects(self, part: ModelPart) -> bool:
        """Whether the weight for `part` differs from 0."""
        if part is ModelPart.VAE:
            return False
        return (self.unet_weight if part is ModelPart.UNET else self.text_encoder_weight) != 0


@dataclass(frozen=True)
class FreeUPatch(Patch):
    """FreeU (arXiv:2309.11497): weighs what comes up through the UNet against what skips its depths.

    Attributes:
        backbone_1: Factor on half of what comes up into the deepest block on the way up.
        backbone_2: The same, into the second deepest.
        skip_1: Factor on the low frequencies of what skips to the deepest block.
        skip_2: The same, to the second deepest.
    """

    backbone_1: float
    backbone_2: float
    skip_1: float
    skip_2: float

    def affects(self, part: ModelPart) -> bool:
        """Whether it is the UNet."""
        return part is ModelPart.UNET


@dataclass(frozen=True)
class DeepShrinkPatch(Patch):
    """Kohya's deep shrink: in early steps, the UNet works below some level on fewer samples.

    Attributes:
        level: How many times the UNet has halved the latents where they are shrunk, 1 and up.
        factor: By how much they are, 1 and up.
        start: Share of the schedule's steps before which nothing is shrunk.
        stop: Share after which nothing is.
    """

    level: int
    factor: float
    start: float
    stop: float

    def affects(self, part: ModelPart) -> bool:
        """Whether it is the UNet."""
        return part is ModelPart.UNET

    def acts_at(self, step: int, steps: int) -> bool:
        """Whether a step of a schedule is affected; steps are counted from 0."""
        return int(self.start * steps) <= step < int(self.stop * steps)


@dataclass(frozen=True)
class ModelRecipe:
    """Everything needed to get a model ready, small enough to hash, compare and send.

    Attributes:
        name: The checkpoint's name, as chosen in the loader.
        path: A diffusers folder or a single `.safetensors`/`.ckpt` file.
        patches: Applied in order.
        vae: A VAE to use in place of the checkpoint's own: a folder or a single `.safetensors` file.
    """

    __socket__ = "Model"
    name: str
    path: Path
    patches: tuple[Patch, ...] = ()
    vae: Path | None = None

    def with_patch(self, patch: Patch) -> ModelRecipe:
        """This recipe with one more patch on top."""
        return replace(self, patches=(*self.patches, patch))

    def with_vae(self, vae: Path | None) -> ModelRecipe:
        """This recipe with another VAE; None: the checkpoint's own."""
        return replace(self, vae=vae)

    def patches_for(self, part: ModelPart) -> tuple[Patch, ...]:
        """The patches that change `part`."""
        return tuple(patch for patch in self.patches if patch.affects(part))
