"""The denoising loop over a UNet and a diffusers scheduler."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any

import diffusers
import torch

from nodeflow.backends.checks import check_sampled
from nodeflow.backends.conditioning import Steering
from nodeflow.backends.guidance import Guider
from nodeflow.backends.inpainting import Kept, carried, finished
from nodeflow.backends.keeper import Keeper
from nodeflow.backends.protocol import Monitor, SampleRequest
from nodeflow.backends.seeds import seeds_of
from nodeflow.backends.span import Span, Start, gap, plan
from nodeflow.backends.torch.altering import Altering
from nodeflow.backends.torch.compiling import compiled_blocks
from nodeflow.backends.torch.course import Course
from nodeflow.backends.torch.device import placement
from nodeflow.backends.torch.handover import hand_over, take_over
from nodeflow.backends.torch.inpainting import beside, kept
from nodeflow.backends.torch.interrupt import interruptible
from nodeflow.backends.torch.noise import Dice, EqualNoise, set_brownian
from nodeflow.backends.torch.predicting import Predictor
from nodeflow.backends.torch.preview import Estimate, Previewer
from nodeflow.backends.torch.reuse import Rhythm, StepCache
from nodeflow.backends.torch.schedulers import step_arguments
from nodeflow.backends.torch.start import start_latents, start_noise
from nodeflow.backends.torch.state import Fingerprint, Memory, State, StateForm
from nodeflow.values import Latent, Solver

_FORMAT = 2
"""Of the kept state; raised when an older one can no longer be read, which is then ignored."""


@torch.inference_mode()
def sample(
    unet: Any,
    scheduler: Any,
    steering: Steering,
    guider: Guider,
    request: SampleRequest,
    *,
    monitor: Monitor,
    previewer: Previewer,
    altering: Altering | None = None,
    reuse_every: int = 1,
    compiled: bool = False,
) -> Latent:
    """Denoise a batch of latents.

    Args:
        unet: The UNet, used by this thread alone.
        scheduler: A diffusers scheduler, fresh and set to `request.total_steps`.
        steering: What the UNet is told at each step.
        guider: What its predictions become.
        request: Start, noise and span.
        monitor: Gets the progress after every whole step; may cancel before and inside each. Where it keeps
            state, a run goes on where an earlier one of the same request was cut off.
        previewer: Called only when a preview is looked at.
        altering: How the UNet computes otherwise during some steps; None: in none.
        reuse_every: Every how-manieth evaluation of the UNet computes its deep layers, 1 and up; 1: all.
        compiled: Whether the UNet's repeated blocks are compiled, if that is possible here.

    Raises:
        NodeFailed: If the request contradicts itself.
        Cancelled: If the monitor says so.
    """
    check_sampled(request.latent)
    seen_beside = beside(unet, request.latent)
    course = Course(scheduler)
    span = plan(request, course.timesteps)
    seeds = seeds_of(request)
    named = request.latent.seeds if span.how is Start.CONTINUE else seeds  # the seeds that made the picture
    if span.start >= span.end:
        monitor.warn(f"denoise {request.denoise:g} of {request.steps} steps leaves no step to run")
        return replace(request.latent, seeds=named)

    if (told := gap(request, course.timesteps, span)) is not None:
        monitor.warn(told)
    rhythm = Rhythm.over(span, course, reuse_every)
    set_brownian(scheduler, request, *placement(unet))
    memory = Memory(scheduler, guider)
    course, begun = _begin(unet, course, request, span, memory)
    fingerprint = _fingerprint(unet, request, span, reuse_every)
    keeper = Keeper(monitor.state, StateForm(memory, fingerprint, span, begun.generators), span)
    state = keeper.load() or begun
    compiling = compiled_blocks(unet, monitor) if compiled else nullcontext()
    with interruptible(unet, monitor), compiling, keeper:
        predictor = Predictor(unet, StepCache(unet, rhythm), seen_beside)
        keeping = kept(request.latent, lambda: start_noise(unet, request), course, span)
        altering = altering or Altering(unet, (), 0)
        run = _Run(course, steering, guider, predictor, span, altering, request.solver, keeping)
        latents = run.denoise(state, keeper, monitor, previewer)

    stopped = State(span.end, latents, state.generators)
    handover = hand_over(request, course, memory, stopped) if span.end < len(course.firsts) else None
    samples = latents.float().cpu().numpy()
    if handover is None:
        samples = finished(samples, request.latent)
    begun_at = keeping.begun if keeping else 0
    inpainting = carried(request.latent, unfinished=handover is not None, begun=begun_at)
    return Latent(samples, handover=handover, seeds=named, inpainting=inpainting)


def _begin(
    unet: Any, course: Course, request: SampleRequest, span: Span, memory: Memory
) -> tuple[Course, State]:
    """Where a run begins; its course knows whether the solver has a history."""
    dice = Dice.of(request, placement(unet)[0])
    state = State(span.start, start_latents(unet, course, request, span, dice), dice.generators)
    continued = take_over(request, course, memory, state, dice) if span.how is Start.CONTINUE else None
    return (course, state) if continued is None else (replace(course, fresh=False), continued)


@dataclass(frozen=True)
class _Run:
    """The loop itself, over what does not change during a run."""

    course: Course
    steering: Steering
    guider: Guider
    predictor: Predictor
    span: Span
    altering: Altering
    solver: Solver
    kept: Kept | None = None

    def denoise(
        self, state: State, keeper: Keeper[State], monitor: Monitor, previewer: Previewer
    ) -> torch.Tensor:
        """The latents at the end of the span."""
        scheduler, span = self.course.scheduler, self.span
        arguments = step_arguments(scheduler, state.generators, self.solver)
        latents = state.latents
        for step in range(state.step, span.end):
            monitor.raise_if_cancelled()
            sides = self.steering(step)
            evaluation = self.course.count(span.start, step)
            for number, t in enumerate(self.course.evaluations(step, span.start), evaluation):
                model_input = scheduler.scale_model_input(latents, t)
                predict = self.predictor.at(number, model_input, t, sides, self.altering.acting(step))
                with self.altering.during(step):
                    prediction = self.guider.guide(step, predict)
                with EqualNoise():
                    latents = scheduler.step(prediction, t, latents, **arguments, return_dict=False)[0]
                if self.kept is not None:
                    place = self.course.after(step, number - evaluation)
                    latents = self.kept.outside(latents, place, step + 1)
            is_full = self.predictor.cache.rhythm.is_full(self.course.count(span.start, step + 1))
            if step + 1 < span.end and is_full:
                # Only here nothing is needed of what the step cache holds.
                keeper.reached(State(step + 1, latents, state.generators))
            estimate = Estimate(scheduler, model_input, prediction, t, previewer)
            monitor.progress(step + 1 - span.start, span.end - span.start, estimate)
        return latents


def _fingerprint(unet: Any, request: SampleRequest, span: Span, reuse_every: int) -> Fingerprint:
    """What a state must have been made for; the file it lies in is already that of one request."""
    return {
        "format": _FORMAT,
        "libraries": [
            torch.__version__,
            diffusers.__version__,
        ],  # others may compute or name things otherwise
        "placement": [str(found) for found in placement(unet)],
        "shape": list(request.latent.samples.shape),
        "scheduler": request.scheduler.value,
        "steps": request.steps,
        "span": [span.start, span.end, span.how.name],
        "seed": request.seed,
        "schedule": repr(request.schedule),
        "noise": repr(request.noise),
        "guidance": request.guidance.method.value,
        "reuse_every": reuse_every,
    }
