"""Which seeds a request's pictures have. Pure; what draws numbers from them is each backend's business."""

from __future__ import annotations

from nodeflow.backends.protocol import SampleRequest
from nodeflow.values import NoiseBatch

SEEDS = 2**64


def seeds_of(request: SampleRequest) -> tuple[int, ...]:
    """The seed of each item of a request's batch."""
    shared = request.noise.batch is NoiseBatch.WHOLE_BATCH or request.noise.variation_seed is not None
    step = 0 if shared else 1
    return tuple((request.seed + i * step) % SEEDS for i in range(len(request.latent)))


def drawn_seeds(request: SampleRequest) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The seeds that noise is drawn from, and those of the noise that is mixed in.

    One for each item, or a single one for the whole batch; of the second kind none where nothing varies.
    """
    seeds, first = seeds_of(request), request.noise.variation_seed
    others = tuple((first + i) % SEEDS for i in range(len(seeds))) if first is not None else ()
    if request.noise.batch is NoiseBatch.WHOLE_BATCH:
        return seeds[:1], others[:1]
    return seeds, others
