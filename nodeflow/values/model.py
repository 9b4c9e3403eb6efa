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


class Layout(StrEnum):
    """How a model is stored."""

    SAFETENSORS = "safetensors"
    DIFFUSERS = "diffusers"


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
class MergePatch(Patch):
    """Another checkpoint merged in: each weight moves by a share of the difference between two checkpoints.

    Attributes:
        name: The other checkpoint's name, for messages.
        path: The other checkpoint: a folder or a single file.
        unet_weight: The share for the UNet; 0 leaves it as it is, 1 takes the whole difference.
        text_encoder_weight: The same for both text encoders.
        vae_weight: The same for the VAE.
        minus: What the difference is taken from; None: the model itself, so that a share of 1 gives the other
            checkpoint (weighted sum). Any third one adds what the other learned since (add difference).
        blocks: Shares of the UNet's blocks in place of `unet_weight`, by their names: `in4`, `mid`, `out0`.
    """

    name: str
    path: Path
    unet_weight: float = 0.5
    text_encoder_weight: float = 0.5
    vae_weight: float = 0.0
    minus: Path | None = None
    blocks: tuple[tuple[str, float], ...] = ()

    def weight(self, part: ModelPart) -> float:
        """The share for a part."""
        weights = {ModelPart.UNET: self.unet_weight, ModelPart.TEXT_ENCODERS: self.text_encoder_weight}
        return weights.get(part, self.vae_weight)

    def affects(self, part: ModelPart) -> bool:
        """Whether any share for `part` differs from 0."""
        shares = (self.weight(part), *(dict(self.blocks).values() if part is ModelPart.UNET else ()))
        return any(share != 0 for share in shares)


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


class Prediction(StrEnum):
    """What a model's UNet was trained to predict."""

    EPSILON = "epsilon"
    V_PREDICTION = "v_prediction"


@dataclass(frozen=True)
class PredictionPatch(Patch):
    """What a UNet predicts, where its checkpoint does not say so.

    Attributes:
        prediction: The noise (epsilon), or the velocity (arXiv:2202.00512).
        zero_snr: Whether it was trained up to pure noise (arXiv:2305.08891).
    """

    prediction: Prediction
    zero_snr: bool = False

    def affects(self, part: ModelPart) -> bool:
        """Whether it is the UNet."""
        return part is ModelPart.UNET


@dataclass(frozen=True)
class ModelRecipe:
    """Everything needed to get a model ready, small enough to hash, compare and send.

    Attributes:
        name: The checkpoint's name, as chosen in the loader.
        path: A diffusers folder or a single `.safetensors`/`.ckpt` file.
        patches: Applied in order.
        vae: A VAE to use in place of the checkpoint's own: a folder or a single `.safetensors` file.
        parts: The same for other parts, by diffusers' names for them: `unet`, `text_encoder`,
            `text_encoder_2`.
    """

    __socket__ = "Model"
    name: str
    path: Path
    patches: tuple[Patch, ...] = ()
    vae: Path | None = None
    parts: tuple[tuple[str, Path], ...] = ()

    def with_patch(self, patch: Patch) -> ModelRecipe:
        """This recipe with one more patch on top."""
        return replace(self, patches=(*self.patches, patch))

    def with_vae(self, vae: Path | None) -> ModelRecipe:
        """This recipe with another VAE; None: the checkpoint's own."""
        return replace(self, vae=vae)

    def with_part(self, name: str, place: Path) -> ModelRecipe:
        """This recipe with another part, by diffusers' name for it."""
        return replace(self, parts=tuple(sorted({**dict(self.parts), name: place}.items())))

    def parts_for(self, part: ModelPart) -> dict[str, Path]:
        """What replaces the components that make up `part`, besides the VAE."""
        prefix = {ModelPart.TEXT_ENCODERS: "text_encoder", ModelPart.UNET: "unet"}.get(part, " ")
        return {name: place for name, place in self.parts if name.startswith(prefix)}

    def patches_for(self, part: ModelPart) -> tuple[Patch, ...]:
        """The patches that change `part`."""
        return tuple(patch for patch in self.patches if patch.affects(part))
