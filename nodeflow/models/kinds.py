"""Kinds of model, and the folder names by which nodeflow, A1111 and ComfyUI know them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ModelKind(StrEnum):
    """What a model is used for."""

    CHECKPOINT = "checkpoint"
    REFINER = "refiner"
    LORA = "lora"
    VAE = "vae"
    EMBEDDING = "embedding"
    CONTROLNET = "controlnet"
    UNET = "unet"
    TEXT_ENCODER = "text_encoder"
    IP_ADAPTER = "ip_adapter"
    UPSCALER = "upscaler"
    PREVIEW = "preview"

    @property
    def with_article(self) -> str:
        """The kind as sentences need it: "a LoRA"."""
        return _WITH_ARTICLE[self]

    @property
    def label(self) -> str:
        """The kind as people write it: "LoRA"."""
        return _WITH_ARTICLE[self].partition(" ")[2]


class Architecture(StrEnum):
    """Which family of models a model belongs to, or was made for."""

    SDXL = "sdxl"
    SDXL_REFINER = "sdxl-refiner"
    SD1 = "sd1"
    SD2 = "sd2"
    SD3 = "sd3"
    FLUX = "flux"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        """The family as people write it: "SD 1"; empty: not known."""
        return _FAMILIES[self]


@dataclass(frozen=True)
class Recognised:
    """What a model's content shows it to be.

    Attributes:
        kind: None when the content does not tell.
        architecture: Its family, if the content tells.
    """

    kind: ModelKind | None = None
    architecture: Architecture = Architecture.UNKNOWN


_WITH_ARTICLE = {
    ModelKind.CHECKPOINT: "a checkpoint",
    ModelKind.REFINER: "a refiner",
    ModelKind.LORA: "a LoRA",
    ModelKind.VAE: "a VAE",
    ModelKind.EMBEDDING: "an embedding",
    ModelKind.CONTROLNET: "a ControlNet",
    ModelKind.UNET: "a UNet",
    ModelKind.TEXT_ENCODER: "a text encoder",
    ModelKind.IP_ADAPTER: "an IP-Adapter",
    ModelKind.UPSCALER: "an upscaler",
    ModelKind.PREVIEW: "a preview decoder",
}

_FAMILIES = {
    Architecture.SDXL: "SDXL",
    Architecture.SDXL_REFINER: "SDXL",
    Architecture.SD1: "SD 1",
    Architecture.SD2: "SD 2",
    Architecture.SD3: "SD 3",
    Architecture.FLUX: "Flux",
    Architecture.UNKNOWN: "",
}

# Compared without regard to case. The first name of each kind is nodeflow's own.
_FOLDER_NAMES = {
    ModelKind.CHECKPOINT: ("checkpoints", "stable-diffusion", "diffusers"),
    ModelKind.LORA: ("loras", "lora", "lycoris"),
    ModelKind.VAE: ("vae",),
    ModelKind.EMBEDDING: ("embeddings",),
    ModelKind.CONTROLNET: ("controlnet",),
    ModelKind.UNET: ("unet", "diffusion_models"),
    ModelKind.TEXT_ENCODER: ("text_encoders", "clip"),
    ModelKind.IP_ADAPTER: ("ipadapter",),
    ModelKind.UPSCALER: ("upscalers", "upscale_models", "esrgan", "realesrgan"),
    ModelKind.PREVIEW: ("vae_approx", "vae-approx"),
}
KIND_BY_FOLDER = {name: kind for kind, names in _FOLDER_NAMES.items() for name in names}


def folder_for(kind: ModelKind) -> str:
    """The name of the folder where nodeflow expects a kind of model."""
    return "checkpoints" if kind is ModelKind.REFINER else _FOLDER_NAMES[kind][0]
