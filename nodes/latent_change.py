"""What nodes that change latents share: what is kept of seeds, masks and the noise left in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from nodeflow.errors import NodeFailed
from nodeflow.node import Context
from nodeflow.values import LATENT_SCALE, Latent
from nodeflow.values.arrays import FloatArray

Change = Callable[[FloatArray], FloatArray]
"""Turns planes into others: any shape whose last two axes are height and width."""


def change(latent: Latent, apply: Change, context: Context, what: str) -> Latent:
    """Change the samples of latents, and their masks in the same way; seeds stay.

    Args:
        latent: The latents.
        apply: What to do with samples and masks.
        context: Is told what gets lost.
        what: What was done, for that: "resized".
    """
    inpainting = latent.inpainting.changed(apply) if latent.inpainting else None
    changed = replace(latent, samples=apply(latent.samples), inpainting=inpainting)
    return without_handover(changed, context, what)


def without_handover(latent: Latent, context: Context, what: str) -> Latent:
    """Latents as a picture of their own: no sampler can go on with noise that was changed."""
    if latent.handover is not None:
        context.warn(
            f"noise that a sampler left in these latents was {what}: no sampler can go on with it, "
            "and it counts as part of the picture"
        )
    return replace(latent, handover=None)


def with_fresh_solver(latent: Latent) -> Latent:
    """Latents that a sampler can go on with, but whose solver begins without a history: it was of others."""
    if latent.handover is None:
        return latent
    return replace(latent, handover=replace(latent.handover, state=None))


def samples_of(pixels: int) -> int:
    """Latent samples along a side of so many pixels, which are a multiple of 8."""
    return pixels // LATENT_SCALE


def check_same_size(latent: Latent, wanted: Latent, name: str) -> None:
    """Refuse latents of another size.

    Raises:
        NodeFailed: Naming the input.
    """
    if latent.size != wanted.size:
        message = "it is for {1} x {0} pixels, the other for {3} x {2}".format(*latent.size, *wanted.size)
        raise NodeFailed(message, input=name, advice="Resize one of them")
