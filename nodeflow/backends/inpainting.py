"""What every backend does with a mask in its latents: what stays, and what travels on."""

from __future__ import annotations

from dataclasses import replace

from nodeflow.raster.blending import mix
from nodeflow.values import Inpainting, Latent
from nodeflow.values.arrays import FloatArray


def original_of(latent: Latent, inpainting: Inpainting) -> FloatArray:
    """What stays outside the mask, shape of the latent."""
    return latent.samples if inpainting.original is None else inpainting.original


def finished(samples: FloatArray, latent: Latent) -> FloatArray:
    """The finished samples; where the mask is 0, what was there before to the last bit.

    Args:
        samples: What a run that began with `latent` made.
        latent: What it began with.
    """
    inpainting = latent.inpainting
    if inpainting is None or not inpainting.keep:
        return samples
    mask = inpainting.mask[:, None]
    share = (mask > 0).astype(mask.dtype) if inpainting.differential else mask
    return mix(original_of(latent, inpainting), samples, share)


def carried(latent: Latent, *, unfinished: bool, begun: int = 0) -> Inpainting | None:
    """What the latents that a run gives carry on: while noise is left in them, the original too.

    Args:
        latent: What the run began with.
        unfinished: Whether it stopped early.
        begun: The step with which the picture began to change.
    """
    inpainting = latent.inpainting
    if inpainting is None:
        return None
    original = original_of(latent, inpainting) if unfinished else None
    return replace(inpainting, original=original, begun=begun if unfinished else 0)
