"""Between pixels and latents through an exported VAE, one picture at a time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nodeflow.backends.checks import check_decoded, check_encoded
from nodeflow.backends.protocol import Monitor
from nodeflow.models.exported import ExportedVae
from nodeflow.values import Image, Latent
from nodeflow.values.arrays import FloatArray

Half = Callable[[FloatArray], FloatArray]
"""Evaluates the VAE's encoder or its decoder on one picture, shape (1, channels, height, width)."""


def encode(encoder: Half, vae: ExportedVae, image: Image, monitor: Monitor) -> Latent:
    """Encode pictures to the mode of the VAE's posterior, scaled to near unit variance.

    Args:
        encoder: The VAE's encoder; gives the mode.
        vae: What its latents are.
        image: Pictures whose sides are multiples of 8.
        monitor: May cancel.

    Raises:
        NodeFailed: If a side is not a multiple of 8.
    """
    check_encoded(image)
    encoded = []
    mean, std = _statistics(vae)
    for pixels in image.pixels:
        monitor.raise_if_cancelled()
        planes = np.ascontiguousarray(pixels.transpose(2, 0, 1)[None] * np.float32(2) - np.float32(1))
        encoded.append((encoder(planes) - mean) * np.float32(vae.factor) / std)
    return Latent(np.concatenate(encoded))


def decode(decoder: Half, vae: ExportedVae, latent: Latent, monitor: Monitor) -> Image:
    """Decode latents to pictures, 0…1, in float32.

    Args:
        decoder: The VAE's decoder.
        vae: What its latents are.
        latent: Latents of any origin; noise left in them shows.
        monitor: May cancel.

    Raises:
        NodeFailed: If these are not latents of this VAE.
    """
    check_decoded(latent)
    decoded = []
    mean, std = _statistics(vae)
    for samples in latent.samples:
        monitor.raise_if_cancelled()
        pixels = decoder(samples[None] * std / np.float32(vae.factor) + mean)
        decoded.append(np.clip(pixels.transpose(0, 2, 3, 1) * np.float32(0.5) + np.float32(0.5), 0, 1))
    return Image(np.concatenate(decoded), seeds=latent.seeds)


def _statistics(vae: ExportedVae) -> tuple[FloatArray, FloatArray]:
    """Mean and standard deviation per channel, for the few VAEs that state them; else 0 and 1."""
    usual = [0.0] * vae.channels, [1.0] * vae.channels
    given = (vae.mean, vae.std) if vae.mean is not None and vae.std is not None else usual
    mean, std = (np.array(values, np.float32).reshape(1, -1, 1, 1) for values in given)
    return mean, std
