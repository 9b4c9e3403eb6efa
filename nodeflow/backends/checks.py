"""What is refused before and after a backend computes, whichever it is."""

from __future__ import annotations

from nodeflow.errors import NodeFailed
from nodeflow.values import LATENT_CHANNELS, LATENT_SCALE, Image, Latent
from nodeflow.values.arrays import FloatArray

INPAINTING_CHANNELS = 2 * LATENT_CHANNELS + 1
"""Of a UNet that was made for inpainting: noisy latents, mask, and latents of the masked picture."""


def check_sampled(latent: Latent) -> None:
    """Raise NodeFailed, naming the input `latent`, if a sampler cannot denoise these latents."""
    if len(latent) == 0 or latent.samples.shape[1] != LATENT_CHANNELS:
        raise NodeFailed(
            f"SDXL's latents have {LATENT_CHANNELS} channels and at least one item, "
            f"not the shape {latent.samples.shape}",
            input="latent",
        )


def check_decoded(latent: Latent) -> None:
    """Raise NodeFailed, naming the input `latent`, if a VAE cannot decode these latents."""
    if latent.samples.shape[1] != LATENT_CHANNELS or not len(latent):
        raise NodeFailed(f"these are not SDXL latents: shape {latent.samples.shape}", input="latent")


def check_encoded(image: Image) -> None:
    """Raise NodeFailed, naming the input `image`, if a VAE cannot encode these pictures.

    Sides that are not multiples of 8 are refused: cropping or stretching is visible, so it is the user's
    decision.
    """
    height, width = image.size
    if height % LATENT_SCALE or width % LATENT_SCALE or not len(image):
        near = tuple(max(side // LATENT_SCALE, 1) * LATENT_SCALE for side in (width, height))
        raise NodeFailed(
            f"the sides of a picture of {width} x {height} pixels are not multiples of {LATENT_SCALE}",
            input="image",
            advice=f"Resize or crop it, for example to {near[0]} x {near[1]}",
        )


def check_channels(channels: int, latent: Latent) -> bool:
    """Whether a UNet sees a mask and what is around it beside the latents: it was made for inpainting.

    Args:
        channels: How many it takes.
        latent: What is denoised.

    Raises:
        NodeFailed: If the latent does not carry what such a UNet needs, or no such UNet is known.
    """
    if channels == LATENT_CHANNELS:
        return False
    if channels != INPAINTING_CHANNELS:
        raise NodeFailed(
            f"the model takes {channels} channels; SDXL's take {LATENT_CHANNELS}, "
            f"or {INPAINTING_CHANNELS} for inpainting",
            input="model",
            advice="Choose another checkpoint",
        )
    if latent.inpainting is None or latent.inpainting.surroundings is None:
        raise NodeFailed(
            "the model was made for inpainting, and the latents do not tell it what is around the mask",
            input="model",
            advice="Encode the picture with VAEEncodeForInpainting and its for_inpaint_model, "
            "or choose a checkpoint that is not made for inpainting",
        )
    return True


def check_numbers(what: str, *arrays: FloatArray | None) -> None:
    """Refuse what a damaged model makes, rather than show it as a black picture.

    Args:
        what: What made them.
        *arrays: What it made.

    Raises:
        NodeFailed: If any value is not a finite number; names the input `model`.
    """
    import numpy as np  # here, since the window's process computes nothing and loads no numpy

    if any(array is not None and not np.isfinite(array).all() for array in arrays):
        raise NodeFailed(
            f"{what} made values that are no numbers",
            input="model",
            advice="Choose another, or leave out LoRAs and embeddings: one of them is damaged, "
            "or computes in too few bits",
        )
