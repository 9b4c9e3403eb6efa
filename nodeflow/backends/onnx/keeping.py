"""Inpainting: what stays outside a mask at every step, and what a 9-channel UNet sees beside the latents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nodeflow.backends.checks import check_channels
from nodeflow.backends.inpainting import original_of
from nodeflow.backends.onnx.solvers import Solver
from nodeflow.backends.span import Span, Start
from nodeflow.values import Latent
from nodeflow.values.arrays import FloatArray

_TOLERANCE = 1e-6
"""Below the rounding of a mask's values."""


@dataclass(frozen=True, eq=False)
class Kept:
    """Puts back what lies outside a mask, with the noise of the step at hand.

    As in diffusers' StableDiffusionXLInpaintPipeline; between 0 and 1 a mask mixes (arXiv:2206.02779).

    Attributes:
        mask: 0 (keep) … 1 (change), shape (1 or batch, 1, height / 8, width / 8).
        original: What stays, shaped as the latents.
        noise: The noise that the run began with, of the same shape.
        solver: Says how much of it a step has.
        differential: Whether a value of the mask says when a place begins to change (arXiv:2306.00950).
        begun: The step with which the picture began to change, counted from 0.
    """

    mask: FloatArray
    original: FloatArray
    noise: FloatArray
    solver: Solver
    differential: bool = False
    begun: int = 0

    def outside(self, latents: FloatArray, step: int) -> FloatArray:
        """The latents that a step takes, with what lies outside the mask as it would be there.

        Args:
            latents: What the solver made.
            step: The step to come; behind the last one nothing is done, as `finished` puts back exactly what
                was there.
        """
        if step >= len(self.solver.timesteps):
            return latents
        there = self.solver.noised(self.original, self.noise, step)
        mixed: FloatArray = there + self._share(step) * (latents - there)
        return mixed

    def _share(self, step: int) -> FloatArray:
        if not self.differential:
            return self.mask
        left = 1 - (step - self.begun) / (len(self.solver.timesteps) - self.begun)
        return (self.mask > left - _TOLERANCE).astype(np.float32)


def kept(latent: Latent, start_noise: Callable[[], FloatArray], solver: Solver, span: Span) -> Kept | None:
    """What a run must keep; None: all of the latents may change.

    Args:
        latent: What the run begins with.
        start_noise: Draws the noise that a run with these seeds begins with.
        solver: The solver.
        span: The steps that run.
    """
    inpainting = latent.inpainting
    if inpainting is None or not inpainting.keep:
        return None
    begun = inpainting.begun if span.how is Start.CONTINUE else span.start
    original = original_of(latent, inpainting)
    return Kept(inpainting.mask[:, None], original, start_noise(), solver, inpainting.differential, begun)


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
