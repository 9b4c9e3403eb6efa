"""The built-in nodes. They import no torch: what is heavy they ask of the context's backend."""

from nodes.latent import empty_latent, vae_decode, vae_encode
from nodes.model import checkpoint_loader, lora_loader, vae_loader
from nodes.picture import load_image, load_mask, preview_image, save_image, solid_color
from nodes.sampling import refiner, sampler
from nodes.text import text_encode

__all__ = [
    "checkpoint_loader",
    "empty_latent",
    "load_image",
    "load_mask",
    "lora_loader",
    "preview_image",
    "refiner",
    "sampler",
    "save_image",
    "solid_color",
    "text_encode",
    "vae_decode",
    "vae_encode",
    "vae_loader",
]
