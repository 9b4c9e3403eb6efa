"""Nodes that denoise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from nodeflow.backends import SampleRequest
from nodeflow.backends.foresight import foresee_sampling
from nodeflow.errors import NodeFailed
from nodeflow.models.distilled import advice
from nodeflow.node import AddedLater, Context, CurveRange, Range, Seed, Uses, node
from nodeflow.values import (
    Conditioning,
    Curve,
    Guidance,
    Latent,
    ModelPart,
    ModelRecipe,
    Noise,
    Schedule,
    Scheduler,
    Solver,
)
from nodeflow.values.guidance import USED_BY

Steps = Annotated[int, Range(1, 1000, slider=(1, 60))]
StepIndex = Annotated[int, Range(0, 1000, slider=(0, 60))]
GuidanceScale = Annotated[float, Range(0.0, 100.0, step=0.1, slider=(1.0, 15.0))]
GuidanceCurve = Annotated[Curve, CurveRange(0.0, 100.0, slider=(1.0, 15.0)), AddedLater()]
AestheticScore = Annotated[float, Range(0.0, 10.0, step=0.1)]
OptionalSchedule = Annotated[Schedule | None, AddedLater()]
OptionalNoise = Annotated[Noise | None, AddedLater()]
OptionalGuidance = Annotated[Guidance | None, AddedLater()]
OptionalSolver = Annotated[Solver | None, AddedLater()]
UNetModel = Annotated[ModelRecipe, Uses(ModelPart.UNET)]


@node("Sampler", category="sampling")
def sampler(
    model: UNetModel,
    positive: Conditioning,
    latent: Latent,
    negative: Conditioning | None = None,
    *,
    seed: Annotated[int, Seed()] = 0,
    steps: Steps = 25,
    guidance_scale: GuidanceScale = 5.0,
    scheduler: Scheduler = Scheduler.EULER,
    denoise: Annotated[float, Range(0.0, 1.0, step=0.01)] = 1.0,
    guidance_curve: GuidanceCurve | None = None,
    start_step: StepIndex | None = None,
    end_step: StepIndex | None = None,
    schedule: OptionalSchedule = None,
    noise: OptionalNoise = None,
    guidance: OptionalGuidance = None,
    solver: OptionalSolver = None,
    context: Context,
) -> Latent:
    """Denoise latents towards a prompt.

    Args:
        model: The model whose UNet predicts the noise.
        positive: What to move towards.
        latent: Where to start: empty, an encoded picture, or latents another sampler left noisy.
        negative: What to move away from; none: zeros, which SDXL was trained to read as no prompt.
        seed: Chooses the noise; picture i of a batch uses seed + i.
        steps: Steps of the whole schedule.
        guidance_scale: How strictly to follow the prompt (classifier-free guidance); up to 1 is not at all.
        scheduler: The solver.
        denoise: How much of an encoded picture to redo: 0 keeps it, 1 replaces it.
        guidance_curve: The guidance scale over the run, in place of `guidance_scale`: position 0 is the first
            step of the whole schedule, 1 the last. Steps up to 1 take half the time.
        start_step: First step to run; none: as `denoise` says, or where another sampler stopped.
        end_step: Step to stop before, leaving noise for a refiner; none: run to the end.
        schedule: Where the steps lie; none: as the checkpoint says.
        noise: Where the noise comes from; none: from the seed, on the CPU, for each picture.
        guidance: What is made of the predictions for the prompts; none: classifier-free guidance.
        solver: How the scheduler solves, where it leaves a choice; none: as diffusers has it.
    """
    request = SampleRequest(
        latent=latent,
        positive=positive,
        negative=negative,
        seed=seed,
        steps=steps,
        guidance_scale=guidance_scale,
        guidance_curve=guidance_curve,
        scheduler=scheduler,
        denoise=denoise,
        start_step=start_step,
        end_step=end_step,
        schedule=schedule or Schedule(),
        noise=noise or Noise(),
        guidance=guidance or Guidance(),
        solver=solver or Solver(),
    )
    for message in advice(model, scheduler, request.total_steps, max(request.guidance_scales())):
        context.warn(message)
    _tell_unused(request.guidance, context)
    _tell_silent(request, context)
    return context.backend.sample(model, request, context)


def _tell_unused(guidance: Guidance, context: Context) -> None:
    """Say which options of guidance change nothing."""
    for name in guidance.unused():
        users = USED_BY[name]
        needed = f"the method {' or '.join(users)}" if guidance.method not in users else "a negative_scale"
        context.warn(f"the guidance's {name} changes nothing: it counts only with {needed}")


def _tell_silent(request: SampleRequest, context: Context) -> None:
    """Say which prompts no step of the schedule hears, as those in too short a part of the run."""
    steps = request.total_steps
    for name, given in (("positive", request.positive), ("negative", request.negative)):
        prompts = given.prompts if given is not None else ()
        silent = sum(not any(prompt.acts_at(step, steps) for step in range(steps)) for prompt in prompts)
        if silent:
            which = (
                f"of its {len(prompts)} prompts, {silent} get{'s' if silent == 1 else ''}"
                if len(prompts) > 1
                else "its prompt gets"
            )
            context.warn(f"{name}: {which} none of the {steps} steps")
        elif prompts and not any(prompt.strength for prompt in prompts):
            context.warn(f"{name}: all strengths are 0, which is as if there were no prompt")


@sampler.foresees
def _(known: Mapping[str, Any]) -> None:
    foresee_sampling(known)


@node("Refiner", category="sampling")
def refiner(
    model: UNetModel,
    positive: Conditioning,
    latent: Latent,
    negative: Conditioning | None = None,
    *,
    seed: Annotated[int, Seed()] = 0,
    steps: Steps = 25,
    guidance_scale: GuidanceScale = 5.0,
    scheduler: Scheduler = Scheduler.EULER,
    start_step: StepIndex | None = None,
    guidance_curve: GuidanceCurve | None = None,
    aesthetic_score: AestheticScore = 6.0,
    negative_aesthetic_score: AestheticScore = 2.5,
    schedule: OptionalSchedule = None,
    noise: OptionalNoise = None,
    guidance: OptionalGuidance = None,
    solver: OptionalSolver = None,
    context: Context,
) -> Latent:
    """Finish pictures with a refiner model, from where the base's sampler stopped.

    Set the base sampler's `end_step` (20 of 25, say) and the refiner takes over there. The scores' defaults
    are those of SDXL's refiner (model card of stable-diffusion-xl-refiner-1.0).

    Args:
        model: A refiner checkpoint.
        positive: What to move towards; only the second encoder's part is used.
        latent: Latents that a sampler left noisy, or clean ones together with `start_step`.
        negative: What to move away from; none: zeros.
        seed: Chooses the noise that ancestral schedulers add.
        steps: Steps of the whole schedule, as in the base's sampler.
        guidance_scale: How strictly to follow the prompt.
        scheduler: The solver; the same as the base's.
        start_step: First step to run; none: where the base stopped.
        guidance_curve: The guidance scale over the whole schedule, in place of `guidance_scale`; the base's
            curve goes on here.
        aesthetic_score: How beautiful the result should be, 0…10, as people rated the training pictures.
        negative_aesthetic_score: The score to move away from.
        schedule: Where the steps lie; the same as the base's.
        noise: Where the noise comes from; the same as the base's.
        guidance: What is made of the predictions for the prompts; none: classifier-free guidance.
        solver: How the scheduler solves, where it leaves a choice; none: as diffusers has it.
    """
    if latent.handover is None and start_step is None:
        advice = "Set end_step of the base's sampler, or start_step here"
        raise NodeFailed("no noise is left in these latents", input="latent", advice=advice)
    request = SampleRequest(
        latent=latent,
        positive=positive,
        negative=negative,
        seed=seed,
        steps=steps,
        guidance_scale=guidance_scale,
        guidance_curve=guidance_curve,
        scheduler=scheduler,
        start_step=start_step,
        aesthetic_scores=(aesthetic_score, negative_aesthetic_score),
        schedule=schedule or Schedule(),
        noise=noise or Noise(),
        guidance=guidance or Guidance(),
        solver=solver or Solver(),
    )
    _tell_unused(request.guidance, context)
    _tell_silent(request, context)
    return context.backend.sample(model, request, context)


@refiner.foresees
def _(known: Mapping[str, Any]) -> None:
    foresee_sampling({"denoise": 1.0, "end_step": None, **known})
