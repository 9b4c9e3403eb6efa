"""Nodes that choose models and patch them. All light: a recipe flows on, and weights are loaded on use."""

from __future__ import annotations

from typing import Annotated

from nodeflow.errors import NodeFailed
from nodeflow.models import Architecture, ModelEntry, ModelKind
from nodeflow.node import ModelFile, NodeKind, Range, node
from nodeflow.values import LoraPatch, ModelRecipe, Prediction, PredictionPatch

CHECKPOINTS = (ModelKind.CHECKPOINT, ModelKind.REFINER)
TextEncoder = Annotated[ModelEntry, ModelFile((ModelKind.TEXT_ENCODER,))]
LoraWeight = Annotated[float, Range(-10.0, 10.0, step=0.05, slider=(0.0, 1.5))]


@node("CheckpointLoader", category="model", kind=NodeKind.LIGHT)
def checkpoint_loader(checkpoint: Annotated[ModelEntry, ModelFile(CHECKPOINTS)]) -> ModelRecipe:
    """Choose a checkpoint: UNet, text encoders and VAE.

    Args:
        checkpoint: Name of an SDXL base or refiner in the models folders; `pocket` comes with nodeflow.
    """
    _check_architecture(checkpoint, "checkpoint")
    if checkpoint.architecture is Architecture.UNKNOWN:
        message = f"{checkpoint.name!r} is not an SDXL checkpoint"
        raise NodeFailed(message, input="checkpoint", advice="Choose one made for SDXL")
    return ModelRecipe(checkpoint.name, checkpoint.path)


@node("LoRALoader", category="model", kind=NodeKind.LIGHT)
def lora_loader(
    model: ModelRecipe,
    lora: Annotated[ModelEntry, ModelFile((ModelKind.LORA,))],
    unet_weight: LoraWeight = 1.0,
    text_encoder_weight: LoraWeight = 1.0,
) -> ModelRecipe:
    """Apply a LoRA to a model. Stack several by chaining loaders.

    Args:
        model: The model to patch.
        lora: Name of a LoRA in the models folders.
        unet_weight: Strength on the UNet: 0 is off, 1 as trained, negative inverts.
        text_encoder_weight: Strength on both text encoders.
    """
    _check_architecture(lora, "lora")
    return model.with_patch(LoraPatch(lora.name, lora.path, unet_weight, text_encoder_weight))


@node("VAELoader", category="model", kind=NodeKind.LIGHT)
def vae_loader(model: ModelRecipe, vae: Annotated[ModelEntry, ModelFile((ModelKind.VAE,))]) -> ModelRecipe:
    """Use another VAE than the checkpoint's own.

    Args:
        model: The model that gets it.
        vae: Name of a VAE in the models folders.
    """
    _check_architecture(vae, "vae")
    return model.with_vae(vae.path)


@node("TextEncoderLoader", category="model", kind=NodeKind.LIGHT)
def text_encoder_loader(
    model: ModelRecipe, text_encoder: TextEncoder | None = None, text_encoder_2: TextEncoder | None = None
) -> ModelRecipe:
    """Use other text encoders than the checkpoint's own.

    Args:
        model: The model that gets them.
        text_encoder: Name of a CLIP-L in the models folders; none: the model's own.
        text_encoder_2: Name of an OpenCLIP bigG in the models folders; none: the model's own.
    """
    for name, entry in (("text_encoder", text_encoder), ("text_encoder_2", text_encoder_2)):
        if entry is not None:
            model = model.with_part(name, entry.path)
    return model


@node("UNetLoader", category="model", kind=NodeKind.LIGHT)
def unet_loader(model: ModelRecipe, unet: Annotated[ModelEntry, ModelFile((ModelKind.UNET,))]) -> ModelRecipe:
    """Use another UNet than the checkpoint's own, such as one that was distilled to few steps.

    Args:
        model: The model that gets it.
        unet: Name of a UNet in the models folders.
    """
    _check_architecture(unet, "unet")
    return model.with_part("unet", unet.path)


@node("SetPrediction", category="model", kind=NodeKind.LIGHT)
def set_prediction(
    model: ModelRecipe, prediction: Prediction = Prediction.V_PREDICTION, zero_snr: bool = False
) -> ModelRecipe:
    """Say what a model predicts, where its checkpoint does not: pictures of noise or of mud are the sign.

    Folders say it in their scheduler's config, single files by marks that most have; then this is not needed.

    Args:
        model: The model.
        prediction: What it was trained to predict: the noise, or the velocity (arXiv:2202.00512).
        zero_snr: Whether it was trained up to pure noise (zero terminal SNR, arXiv:2305.08891). Steps then
            begin there; a Guidance with rescale 0.7 keeps colors from burning.
    """
    return model.with_patch(PredictionPatch(prediction, zero_snr))


def _check_architecture(model: ModelEntry, input_name: str) -> None:
    if model.architecture not in (Architecture.SDXL, Architecture.SDXL_REFINER, Architecture.UNKNOWN):
        message = f"{model.name!r} was made for {model.architecture.label}, not for SDXL"
        raise NodeFailed(message, input=input_name, advice="Choose one made for SDXL")
