"""Between pixels and latents, one picture at a time so that a batch needs no more memory than one."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from diffusers.image_processor import VaeImageProcessor

from nodeflow.backends.checks import check_decoded, check_encoded
from nodeflow.backends.protocol import Monitor
from nodeflow.backends.torch.device import placement
from nodeflow.backends.torch.interrupt import interruptible
from nodeflow.values import LATENT_SCALE, Image, Latent

_PIXELS = VaeImageProcessor(vae_scale_factor=LATENT_SCALE)


@torch.inference_mode()
def encode(vae: Any, image: Image, monitor: Monitor) -> Latent:
    """Encode pictures to the mode of the VAE's posterior, scaled to near unit variance.

    Args:
        vae: The VAE, used by this thread alone.
        image: Pictures whose sides are multiples of 8.
        monitor: May cancel.

    Raises:
        NodeFailed: If a side is not a multiple of 8.
    """
    check_encoded(image)
    device, dtype = placement(vae)
    encoded = []
    with interruptible(vae, monitor):
        for pixels in np.split(image.pixels, len(image)):
            monitor.raise_if_cancelled()
            # A view with the channels moved, as in diffusers: the memory layout decides the last bits.
            tensor = torch.from_numpy(pixels.copy()).movedim(-1, 1).to(device, dtype)
            mode = vae.encode(_PIXELS.normalize(tensor)).latent_dist.mode()
            encoded.append(_scaled(vae, mode.float()).cpu())
    return Latent(torch.cat(encoded).numpy())


@torch.inference_mode()
def decode(vae: Any, latent: Latent, monitor: Monitor) -> Image:
    """Decode latents to pictures, 0…1, in float32; rounding them to 8 bits gives diffusers' own picture.

    Args:
        vae: The VAE, used by this thread alone.
        latent: Latents of any origin; noise left in them shows.
        monitor: May cancel.

    Raises:
        NodeFailed: If these are not latents of this VAE.
    """
    check_decoded(latent)
    device, dtype = placement(vae)
    decoded = []
    with interruptible(vae, monitor):
        for samples in latent.samples:
            monitor.raise_if_cancelled()
            tensor = _unscaled(vae, torch.from_numpy(samples.copy())[None].to(device))
            pixels = vae.decode(tensor.to(dtype), return_dict=False)[0]
            decoded.append(_PIXELS.postprocess(pixels, output_type="np"))
    return Image(np.concatenate(decoded), seeds=latent.seeds)


def _statistics(vae: Any, like: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor] | None:
    """Mean and standard deviation per channel, for the few VAEs whose config states them."""
    mean, std = vae.config.get("latents_mean"), vae.config.get("latents_std")
    if mean is None or std is None:
        return None
    return like.new_tensor(mean).view(1, -1, 1, 1), like.new_tensor(std).view(1, -1, 1, 1)


def _scaled(vae: Any, latents: torch.Tensor) -> torch.Tensor:
    factor: float = vae.config.scaling_factor
    if statistics := _statistics(vae, latents):
        mean, std = statistics
        return (latents - mean) * factor / std
    return factor * latents


def _unscaled(vae: Any, latents: torch.Tensor) -> torch.Tensor:
    factor: float = vae.config.scaling_factor
    if statistics := _statistics(vae, latents):
        mean, std = statistics
        return latents * std / factor + mean
    return latents / factor
