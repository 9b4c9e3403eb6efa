"""Pictures of unfinished latents by a linear map, which costs nearly nothing and needs no decoding."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np

from nodeflow.values import LATENT_SCALE, Image, Latent
from nodeflow.values.arrays import FloatArray

_LEVELS = (0.0, 0.5, 1.0)
_PATCH = 4 * LATENT_SCALE
"""Side of a colour patch in pixels; wide enough for its middle to be free of its neighbours' influence."""


def fit_linear_preview(encode: Callable[[Image], Latent]) -> FloatArray:
    """Fit latent → RGB by least squares on flat colour patches.

    Args:
        encode: Encodes pictures with the VAE.

    Returns:
        A float32 matrix, shape (5, 3): a row for each latent channel, then the offset.
    """
    colours = np.array(list(product(_LEVELS, repeat=3)), dtype=np.float32)
    patches = np.broadcast_to(colours[:, None, None, :], (len(colours), _PATCH, _PATCH, 3))
    latents = encode(Image(patches)).samples
    middle = latents.shape[2] // 2
    inputs = np.concatenate([latents[:, :, middle, middle], np.ones((len(colours), 1), np.float32)], axis=1)
    matrix, *_ = np.linalg.lstsq(inputs, colours, rcond=None)
    found: FloatArray = matrix.astype(np.float32)
    return found


def linear_preview(matrix: FloatArray, latents: FloatArray) -> Image:
    """Map latents to pictures of an eighth of the size.

    Args:
        matrix: From `fit_linear_preview`.
        latents: Denoised latents, shape (batch, 4, height / 8, width / 8).
    """
    channels = latents.transpose(0, 2, 3, 1)
    return Image(np.clip(channels @ matrix[:-1] + matrix[-1], 0, 1))
