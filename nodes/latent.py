"""Nodes that make latents and move between latents and pixels."""

from __future__ import annotations

from typing import Annotated

from nodeflow.node import Context, Measure, Range, Uses, node
from nodeflow.values import LATENT_CHANNELS, LATENT_SCALE, Image, Latent, ModelPart, ModelRecipe

_SIDE = Range(64, 8192, step=8, slider=(64, 2048))
_COUNT = Range(1, 64, slider=(1, 8))

SDXL_SIZES = ((1024, 1024), (1152, 896), (1216, 832), (1344, 768), (1536, 640))
"""Widths and heights of SDXL's most used training buckets, landscape (arXiv:2307.01952, appendix I)."""


def _presets() -> dict[str, dict[str, int]]:
    landscape = {f"SDXL {w}x{h}": {"width": w, "height": h} for w, h in SDXL_SIZES}
    portrait = {f"SDXL {h}x{w}": {"width": h, "height": w} for w, h in SDXL_SIZES[1:]}
    return {"pocket 128x128": {"width": 128, "height": 128}, **landscape, **portrait}


@node("EmptyLatent", category="latent", presets=_presets())
def empty_latent(
    width: Annotated[int, _SIDE, Measure.WIDTH] = 1024,
    height: Annotated[int, _SIDE, Measure.HEIGHT] = 1024,
    batch_size: Annotated[int, _COUNT, Measure.COUNT] = 1,
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
    return context.backend.decode(model, latent, context)
