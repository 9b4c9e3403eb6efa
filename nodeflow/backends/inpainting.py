"""What every backend does with a mask in its latents: what stays, what a UNet sees of it, what travels on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nodeflow.backends.checks import check_channels
from nodeflow.backends.span import Span, Start
from nodeflow.raster.blending import mix
from nodeflow.values import Inpainting, Latent
from nodeflow.values.arrays import FloatArray

_TOLERANCE = 1e-6
"""Below the rounding of a mask's values."""


@dataclass(frozen=True, eq=False)
class Kept:
    """Puts back what lies outside a mask, with the noise of the step at hand.

    As in diffusers' StableDiffusionXLInpaintPipeline; between 0 and 1 a mask mixes (arXiv:2206.02779). Masks
    and latents are what the backend calculates with, NumPy's arrays or torch's tensors of one precision.

    Attributes:
        mask: 0 (keep) … 1 (change), shape (1 or batch, 1, height / 8, width / 8).
        noised: What stays, with the noise that it has at a place in the schedule; None behind its end.
        steps: Whole steps of the whole schedule.
        differential: Whether a value of the mask says when a place begins to change (arXiv:2306.00950).
        begun: The step with which the picture began to change, counted from 0.
    """

    mask: Any
    noised: Callable[[int], Any]
    steps: int
    differential: bool = False
    begun: int = 0

    def outside(self, latents: Any, place: int, step: int) -> Any:
        """The latents, with what lies outside the mask as it would be there.

        Args:
            latents: What the solver made.
            place: Of the evaluation to come, in the schedule; behind the last one nothing is done, as
                `finished` puts back exactly what was there.
            step: The whole step that this leads to.
        """
        there = self.noised(place)
        if there is None:
            return latents
        share = self._share(step)
        return there * (1 - share) + latents * share

    def _share(self, step: int) -> Any:
        """How much of what the solver made counts, shaped as the mask, before a step is taken."""
        if not self.differential:
            return self.mask
        left = 1 - (step - self.begun) / (self.steps - self.begun)
        return 0 * self.mask + (self.mask > left - _TOLERANCE)  # in the mask's precision


def kept_by(latent: Latent) -> Inpainting | None:
    """The mask outside of which a run must keep what is there; None: all of the latents may change."""
    inpainting = latent.inpainting
    return inpainting if inpainting is not None and inpainting.keep else None


def begun_at(inpainting: Inpainting, span: Span) -> int:
    """The step with which the picture began to change, counted from 0: of this run or an earlier one."""
    return inpainting.begun if span.how is Start.CONTINUE else span.start


def beside(channels: int, latent: Latent) -> FloatArray | None:
    """What a UNet for inpainting sees beside the latents, shape (batch, 5, height / 8, width / 8).

    Args:
        channels: How many the UNet takes; one that is not for inpainting sees nothing.
        latent: What the run begins with.

    Raises:
        NodeFailed: If the latent does not carry what such a UNet needs, or no such UNet is known.
    """
    inpainting = latent.inpainting
    if not check_channels(channels, latent) or inpainting is None or inpainting.surroundings is None:
        return None
    # It was trained on masks that are 0 or 1.
    mask = (inpainting.mask[:, None] >= 0.5).astype(np.float32)
    mask = np.broadcast_to(mask, (len(inpainting.surroundings), *mask.shape[1:]))
    return np.concatenate([mask, inpainting.surroundings], axis=1)


def original_of(latent: Latent, inpainting: Inpainting) -> FloatArray:
    """What stays outside the mask, shape of the latent."""
    return latent.samples if inpainting.original is None else inpainting.original


def finished(samples: FloatArray, latent: Latent) -> FloatArray:
    """The finished samples; where the mask is 0, what was there before to the last bit.

    Args:
        samples: What a run that began with `latent` made.
        latent: What it began with.
    """
    inpainting = kept_by(latent)
    if inpainting is None:
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
