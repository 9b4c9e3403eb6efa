"""What stays outside a mask at every step, with a solver's noise."""

from __future__ import annotations

from collections.abc import Callable

from nodeflow.backends.inpainting import Kept, begun_at, kept_by, original_of
from nodeflow.backends.onnx.solvers import Solver
from nodeflow.backends.span import Span
from nodeflow.values import Latent
from nodeflow.values.arrays import FloatArray


def kept(latent: Latent, start_noise: Callable[[], FloatArray], solver: Solver, span: Span) -> Kept | None:
    """What a run must keep; None: all of the latents may change.

    Args:
        latent: What the run begins with.
        start_noise: Draws the noise that a run with these seeds begins with.
        solver: The solver.
        span: The steps that run.
    """
    by = kept_by(latent)
    if by is None:
        return None
    noise, original = start_noise(), original_of(latent, by)

    def noised(step: int) -> FloatArray | None:
        return solver.noised(original, noise, step) if step < len(solver.timesteps) else None

    return Kept(by.mask[:, None], noised, len(solver.timesteps), by.differential, begun_at(by, span))
