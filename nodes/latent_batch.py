"""Nodes that put latents together to batches, and take them apart."""

from __future__ import annotations

from dataclasses import replace

from nodeflow.errors import NodeFailed
from nodeflow.node import node
from nodeflow.values import Inpainting, Latent
from nodeflow.values.arrays import FloatArray
from nodes.latent_change import check_same_size, with_fresh_solver
from nodes.picture_batch import Place, checked_selection, joined_seeds
from nodes.sizes import Count


@node("BatchLatents", category="latent")
def batch_latents(latents: list[Latent]) -> Latent:
    """Put latents of one size into one batch, in the order of the links.

    Args:
        latents: The latents; link several. All must be empty or none, and noise left at the same step in
            all or in none.
    """
    import numpy as np

    if not latents:
        raise NodeFailed("nothing is linked to it", input="latents", advice="Link at least one output to it")
    first = latents[0]
    for other in latents[1:]:
        check_same_size(other, first, "latents")
        if other.empty != first.empty:
            advice = "Batch latents of one kind"
            raise NodeFailed("some are empty and some are not", input="latents", advice=advice)
        if other.handover != first.handover:
            advice = "Let their samplers finish, or stop at the same step"
            raise NodeFailed("noise is left in them from different steps", input="latents", advice=advice)
    return replace(
        with_fresh_solver(first),
        samples=np.concatenate([latent.samples for latent in latents]),
        seeds=joined_seeds([(len(latent), latent.seeds) for latent in latents]),
        inpainting=_joined_masks(latents),
    )


@node("SelectLatents", category="latent")
def select_latents(latent: Latent, first: Place = 1, count: Count = 1) -> Latent:
    """Take latents out of a batch.

    Args:
        latent: The batch.
        first: The first one to take, counted from 1.
        count: How many.
    """
    chosen = checked_selection(len(latent), first, count)
    inpainting = latent.inpainting
    if inpainting is not None:
        inpainting = inpainting.changed(lambda array: array if len(array) == 1 else array[chosen])
    latent = with_fresh_solver(latent)
    return replace(latent, samples=latent.samples[chosen], seeds=latent.seeds[chosen], inpainting=inpainting)


@node("RepeatLatent", category="latent")
def repeat_latent(latent: Latent, times: Count = 2) -> Latent:
    """Repeat a whole batch, to make several pictures of each: item i gets the sampler's seed + i.

    Args:
        latent: The latents.
        times: How often they are in the result.
    """
    import numpy as np

    def repeated(array: FloatArray) -> FloatArray:
        return np.tile(array, (times,) + (1,) * (array.ndim - 1))

    inpainting = latent.inpainting.changed(repeated) if latent.inpainting else None
    return replace(
        with_fresh_solver(latent),
        samples=repeated(latent.samples),
        seeds=latent.seeds * times,
        inpainting=inpainting,
    )


def _joined_masks(latents: list[Latent]) -> Inpainting | None:
    """The masks of all; where one has none, all of it may change."""
    import numpy as np

    if all(latent.inpainting is None for latent in latents):
        return None
    parts = [latent.inpainting or Inpainting(np.ones((1, *latent.samples.shape[2:]))) for latent in latents]
    if len({(part.keep, part.surroundings is None) for part in parts}) > 1:
        advice = "Mask all of them in the same way"
        raise NodeFailed("their masks are for different kinds of model", input="latents", advice=advice)
    sizes = [(len(latent), *latent.samples.shape[2:]) for latent in latents]
    masks = [np.broadcast_to(part.mask, size) for part, size in zip(parts, sizes, strict=True)]
    originals = [
        latent.samples if part.original is None else part.original
        for latent, part in zip(latents, parts, strict=True)
    ]
    known = [part.surroundings for part in parts if part.surroundings is not None]
    return Inpainting(
        np.concatenate(masks),
        None if all(part.original is None for part in parts) else np.concatenate(originals),
        np.concatenate(known) if known else None,
        parts[0].keep,
    )
