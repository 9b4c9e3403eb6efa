"""Nodes that make latents and move between latents and pixels."""

from __future__ import annotations

from typing import Annotated

from nodeflow.node import Context, Uses, node
from nodeflow.values import LATENT_CHANNELS, LATENT_SCALE, Image, Latent, ModelPart, ModelRecipe
from nodes.sizes import Count, Height, Width, size_presets


@node("EmptyLatent", category="latent", presets=size_presets())
def empty_latent(
    width: Width = 1024,
    height: Height = 1024,
    batch_size: Count = 1,
) -> Latent:
    """Start from nothing: blank latents for the sampler to fill.

    Args:
        width: Width of the picture in pixels, a multiple of 8.
        height: Height of the picture in pixels, a multiple of 8.
        batch_size: Pictures at once; item i uses the sampler's seed + i.
    """
    import numpy as np

    shape = (batch_size, LATENT_CHANNELS, height // LATENT_SCALE, width // LATENT_SCALE)
    return Latent(np.zeros(shape, np.float32), empty=True)


@node("VAEEncode", category="latent")
def vae_encode(
    model: Annotated[ModelRecipe, Uses(ModelPart.VAE)], image: Image, *, context: Context
) -> Latent:
    """Encode pictures to latents with the checkpoint's VAE, for image-to-image.

    Takes the mode of the VAE's posterior: the same picture always gives the same latents.

    Args:
        model: The model whose VAE to use.
        image: The pictures to encode.
    """
    return context.backend.encode_image(model, image, context)


@node("VAEDecode", category="latent")
def vae_decode(
    model: Annotated[ModelRecipe, Uses(ModelPart.VAE)], latent: Latent, *, context: Context
) -> Image:
    """Decode latents to pictures with the checkpoint's VAE.

    Args:
        model: The model whose VAE to use.
        latent: The latents to decode.
    """
    if latent.handover is not None:
        context.warn("these latents still hold noise: their sampler stopped before its last step")
    return context.backend.decode(model, latent, context)
