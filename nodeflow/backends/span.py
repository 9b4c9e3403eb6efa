"""Which whole steps of a schedule a request runs, and with which noise it starts. Pure; no tensors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from nodeflow.backends.protocol import SampleRequest
from nodeflow.errors import NodeFailed
from nodeflow.values import DenoiseSteps, Handover


class Start(Enum):
    """What a run does to its latents before the first step."""

    NOISE = auto()
    """Starts from pure noise."""
    ADD_NOISE = auto()
    """Adds the first step's share of noise to a clean picture."""
    CONTINUE = auto()
    """Goes on with the noise that another run left in."""


@dataclass(frozen=True)
class Span:
    """The steps to run: `start` up to but not including `end`, counted from 0 in whole steps."""

    start: int
    end: int
    how: Start

    def has_inside(self, step: int) -> bool:
        """Whether a run of these steps can stand before a step, begun and not at its end."""
        return self.start < step < self.end


def plan(request: SampleRequest, timesteps: Sequence[float]) -> Span:
    """Work out the steps that a request runs.

    Args:
        request: What was asked for.
        timesteps: The first timestep of each whole step, falling, in training time (0…1000).

    Returns:
        The span; empty (`start == end`) when so little `denoise` was asked for that no step runs.

    Raises:
        NodeFailed: If inputs contradict each other; names one of them.
    """
    steps = len(timesteps)
    check_steps(request.steps, steps, request.denoise, request.start_step, request.end_step)
    end = steps if request.end_step is None else request.end_step
    start, how = _start(request, timesteps)
    if start >= end and end < steps:
        raise _backwards(start, end)
    return Span(start, end, how)


_NEAR = 10
"""How far timesteps may lie apart without a warning, of the 1000 of training."""


def gap(request: SampleRequest, timesteps: Sequence[float], span: Span) -> str | None:
    """What to tell of latents whose noise is not that of the first step here; None: nothing.

    Args:
        request: What was asked for.
        timesteps: As in `plan`.
        span: What `plan` found.
    """
    handover = request.latent.handover
    if handover is None or span.start >= span.end:
        return None
    begins = timesteps[span.start]
    if abs(begins - handover.timestep) <= _NEAR:
        return None
    return (
        f"the latent was handed over with the noise of timestep {handover.timestep:.0f}, but the next step "
        f"here begins at {begins:.0f}: use the steps and the schedule of the sampler before"
    )


def check_steps(steps: int, total: int, denoise: float, start_step: int | None, end_step: int | None) -> None:
    """Raise NodeFailed, naming an input, if these contradict each other whatever the latents.

    Args:
        steps: As asked for.
        total: Steps of the whole schedule; more where all steps run over a part of the noise.
        denoise: Share of the schedule to run.
        start_step: First step to run; None: as `denoise` or the latents say.
        end_step: Step to stop before; None: none.
    """
    if not 0 <= denoise <= 1:
        raise NodeFailed(f"{denoise:g} is not between 0 and 1", input="denoise")
    if end_step is not None and total != steps:
        raise NodeFailed(
            "a run of all steps over part of the noise has nowhere to stop early",
            input="end_step",
            advice="Leave end_step unset, or let the schedule's denoise_steps be 'share'",
        )
    if end_step is not None and not 1 <= end_step <= total:
        raise NodeFailed(
            f"there is no step {end_step} to stop at", input="end_step", advice=f"Use 1 to {total}"
        )
    if start_step is None:
        return
    if denoise < 1:
        raise NodeFailed(
            "both start_step and denoise say where to start",
            input="start_step",
            advice="Leave start_step empty, or set denoise to 1",
        )
    if not 0 <= start_step < total:
        raise NodeFailed(f"there is no step {start_step}", input="start_step", advice=f"Use 0 to {total - 1}")
    if end_step is not None and start_step >= end_step:
        raise _backwards(start_step, end_step)


def _backwards(start: int, end: int) -> NodeFailed:
    return NodeFailed(
        f"it should stop before step {end}, but starts at step {start}",
        input="end_step",
        advice="Stop later or start earlier",
    )


def _start(request: SampleRequest, timesteps: Sequence[float]) -> tuple[int, Start]:
    latent, steps = request.latent, len(timesteps)
    if latent.handover is not None:
        return _continued(request, latent.handover, timesteps), Start.CONTINUE
    if latent.inpainting is not None and request.start_step is None and request.denoise == 1:
        # As diffusers' StableDiffusionXLInpaintPipeline: nothing of what is masked shines through.
        return 0, Start.NOISE
    if latent.empty:
        _refuse_partial_run_on_nothing(request)
        return 0, Start.NOISE
    if request.start_step is not None:
        return request.start_step, Start.ADD_NOISE
    if request.schedule.denoise_steps is DenoiseSteps.ALL and request.denoise > 0:
        return steps - request.steps, Start.ADD_NOISE
    # diffusers' StableDiffusionXLImg2ImgPipeline.get_timesteps rounds down in the same way.
    return steps - min(int(steps * request.denoise), steps), Start.ADD_NOISE


def _refuse_partial_run_on_nothing(request: SampleRequest) -> None:
    for name, partial in (("denoise", request.denoise < 1), ("start_step", bool(request.start_step))):
        if partial:
            raise NodeFailed(
                "an empty latent has nothing to keep, so all steps must run",
                input=name,
                advice="Set denoise to 1 and leave start_step empty, or connect an encoded picture",
            )


def _continued(request: SampleRequest, handover: Handover, timesteps: Sequence[float]) -> int:
    if request.scheduler is not handover.scheduler:
        raise NodeFailed(
            f"the latent was handed over by '{handover.scheduler}', "
            f"whose noise '{request.scheduler}' does not understand",
            input="scheduler",
            advice=f"Use '{handover.scheduler}' here too",
        )
    if request.denoise < 1:
        raise NodeFailed(
            "a handed-over latent goes on where it was left",
            input="denoise",
            advice="Set denoise to 1; where to stop and go on is set by the first sampler's end_step",
        )
    same = len(timesteps) == handover.steps and timesteps[handover.step] == handover.timestep
    later = (i for i, timestep in enumerate(timesteps) if timestep <= handover.timestep)
    start = handover.step if same else next(later, None)  # noise levels may differ within a timestep
    if start is None:
        raise NodeFailed(
            "no step is left to run on the handed-over latent",
            input="steps",
            advice="Use more steps here, or hand over earlier",
        )
    if request.start_step not in (None, start):
        raise NodeFailed(
            f"the latent was handed over at step {start}, so it cannot start at step {request.start_step}",
            input="start_step",
            advice="Leave start_step empty",
        )
    return start
