"""The denoising loop over an exported UNet and a solver in NumPy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from nodeflow.backends.checks import check_sampled
from nodeflow.backends.clean import clean_latents
from nodeflow.backends.conditioning import Steering
from nodeflow.backends.guidance import Guider, Rescaled, plain
from nodeflow.backends.inpainting import Kept, beside, carried, finished
from nodeflow.backends.keeper import Keeper
from nodeflow.backends.onnx.keeping import kept
from nodeflow.backends.onnx.noise import Dice
from nodeflow.backends.onnx.predicting import Predictor, Unet
from nodeflow.backends.onnx.solvers import Solver
from nodeflow.backends.onnx.state import State, StateForm, belonging, packed, unpacked
from nodeflow.backends.onnx.training import Training
from nodeflow.backends.protocol import Monitor, SampleRequest
from nodeflow.backends.scaled_guidance import scaled
from nodeflow.backends.seeds import seeds_of
from nodeflow.backends.smoothing import coarse
from nodeflow.backends.span import Span, Start, gap, plan
from nodeflow.values import Handover, Image, Latent
from nodeflow.values.arrays import FloatArray

Previewer = Callable[[FloatArray], Image]
"""Turns denoised latents, shape (batch, 4, height / 8, width / 8), into a small picture."""


def sample(
    unet: Unet,
    solver: Solver,
    request: SampleRequest,
    *,
    training: Training,
    steering: Steering,
    guider: Guider,
    monitor: Monitor,
    previewer: Previewer,
) -> Latent:
    """Denoise a batch of latents.

    Args:
        unet: The UNet.
        solver: Fresh, and set to `request.total_steps`.
        request: Start, noise and span.
        training: The noise that the UNet was trained with.
        steering: What it is told at each step.
        guider: What its predictions become.
        monitor: Gets the progress after every step; may cancel before each. Where it keeps state, a run goes
            on where an earlier one of the same request was cut off.
        previewer: Called only when a preview is looked at.

    Raises:
        NodeFailed: If the request contradicts itself.
        Cancelled: If the monitor says so.
    """
    check_sampled(request.latent)
    seen_beside = beside(unet.channels, request.latent)
    span = plan(request, solver.timesteps)
    seeds = seeds_of(request)
    named = request.latent.seeds if span.how is Start.CONTINUE else seeds  # the seeds that made the picture
    if span.start >= span.end:
        monitor.warn(f"denoise {request.denoise:g} of {request.steps} steps leaves no step to run")
        return replace(request.latent, seeds=named)
    if (told := gap(request, solver.timesteps, span)) is not None:
        monitor.warn(told)
    begun = _begin(solver, request, span)
    keeper = Keeper(monitor.state, StateForm(solver, request, span, begun), span)
    with keeper:
        keeping = kept(request.latent, lambda: Dice.of(request).start(), solver, span)
        state = keeper.load() or begun
        run = _Run(solver, training, steering, guider, Predictor(unet, seen_beside), span, keeping)
        state = run.denoise(
            state, replace(Dice.of(request), generators=state.generators), keeper, monitor, previewer
        )

    handover = _hand_over(request, solver, state) if span.end < len(solver.timesteps) else None
    samples = state.latents if handover is not None else finished(state.latents, request.latent)
    begun_at = keeping.begun if keeping else 0
    inpainting = carried(request.latent, unfinished=handover is not None, begun=begun_at)
    return Latent(samples, handover=handover, seeds=named, inpainting=inpainting)


def make_guider(request: SampleRequest) -> Guider:
    """The guider that a request asks for, of those that `limits` allows."""
    share = request.guidance.rescale
    base = plain(request)
    guider = scaled(request, _coarse, _length) or base
    return Rescaled(guider, share, _rescaled) if share > 0 else guider


def _coarse(prediction: FloatArray) -> FloatArray:
    """The part of a prediction that is of low frequency."""
    rows, columns = coarse(prediction.shape[-2]), coarse(prediction.shape[-1])
    return np.asarray(rows @ prediction @ columns.T, np.float32)


def _length(prediction: FloatArray) -> FloatArray:
    """How long each picture's prediction is."""
    found: FloatArray = np.sqrt(np.square(prediction).sum(axis=(1, 2, 3), keepdims=True))
    return found


def _begin(solver: Solver, request: SampleRequest, span: Span) -> State:
    """What the first step takes: noise, a noised picture, or what another run left."""
    dice, given = Dice.of(request), request.latent.samples
    if span.how is Start.NOISE:
        return State(span.start, dice.start() * np.float32(solver.initial), dice.generators)
    if span.how is Start.ADD_NOISE:
        return State(span.start, solver.noised(given, dice.start(), span.start), dice.generators)
    # The run before drew this much from the same seed: the start, and once a step if its solver is
    # stochastic. Drawn again, the noise would repeat what the picture was made from; skipped, it goes on.
    for _ in range(1 + span.start):
        dice.draw()
    fresh, handover = State(span.start, given, dice.generators), request.latent.handover
    if handover is None or handover.state is None:
        return fresh
    belongs = belonging(request, solver, given)
    found = unpacked(handover.state.tobytes(), request, belongs, fresh)
    if found is None:
        return fresh
    state, remembered = found
    solver.recall(remembered)
    return replace(state, step=span.start)


def _hand_over(request: SampleRequest, solver: Solver, state: State) -> Handover:
    timesteps = solver.timesteps
    belongs = belonging(request, solver, state.latents)
    bytes_ = np.frombuffer(packed(state, solver, request, belongs), np.uint8)
    return Handover(request.scheduler, timesteps[state.step], state.step, len(timesteps), bytes_)


def _rescaled(guided: FloatArray, positive: FloatArray, share: float) -> FloatArray:
    """Guidance with more of the spread of the positive's prediction (arXiv:2305.08891, eq. 14 to 16)."""
    spreads = [array.std(axis=(1, 2, 3), ddof=1, keepdims=True) for array in (positive, guided)]
    rescaled = guided * (spreads[0] / spreads[1])
    found: FloatArray = np.float32(share) * rescaled + np.float32(1 - share) * guided
    return found


@dataclass(frozen=True)
class _Run:
    """The loop itself, over what does not change during a run."""

    solver: Solver
    training: Training
    steering: Steering
    guider: Guider
    predictor: Predictor
    span: Span
    kept: Kept | None

    def denoise(
        self, state: State, dice: Dice, keeper: Keeper[State], monitor: Monitor, previewer: Previewer
    ) -> State:
        """Where the run stands at the end of the span."""
        solver, span, latents = self.solver, self.span, state.latents
        for step in range(state.step, span.end):
            monitor.raise_if_cancelled()
            timestep, model_input = solver.timesteps[step], solver.scaled(latents, step)
            predict = self.predictor.at(model_input, timestep, self.steering(step))
            prediction = self.guider.guide(step, predict)
            latents = solver.step(step, prediction, latents, dice.draw)
            if self.kept is not None:
                latents = self.kept.outside(latents, step + 1, step + 1)
            state = State(step + 1, latents, dice.generators)
            if step + 1 < span.end:
                keeper.reached(state)
            estimate = Estimate(self.training, model_input, prediction, timestep, previewer)
            monitor.progress(step + 1 - span.start, span.end - span.start, estimate)
        return state


@dataclass(frozen=True, eq=False)
class Estimate:
    """A preview that costs nothing until it is called: the clean picture that a prediction points to.

    Attributes:
        training: The noise that the UNet was trained with.
        model_input: What the UNet saw.
        prediction: What it predicted from that.
        timestep: When, in training time (0…1000).
        previewer: Makes the picture.
    """

    training: Training
    model_input: FloatArray
    prediction: FloatArray
    timestep: float
    previewer: Previewer

    def __call__(self) -> Image:
        """Compute the picture."""
        alpha = self.training.alphas[min(round(self.timestep), self.training.count - 1)]
        clean = clean_latents(self.model_input, self.prediction, alpha, self.training.prediction)
        return self.previewer(clean)
