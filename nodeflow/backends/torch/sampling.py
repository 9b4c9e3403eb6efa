"""The denoising loop over a UNet and a diffusers scheduler, and the noise that it starts from."""

from __future__ import annotations

from typing import Any

import torch
from diffusers.utils.torch_utils import randn_tensor

from nodeflow.backends.protocol import Monitor, SampleRequest
from nodeflow.backends.torch.conditioning import Guidance
from nodeflow.backends.torch.device import placement
from nodeflow.backends.torch.interrupt import interruptible
from nodeflow.backends.torch.preview import Estimate, Previewer
from nodeflow.backends.torch.schedulers import step_arguments
from nodeflow.backends.torch.span import Span, Start, plan
from nodeflow.errors import NodeFailed
from nodeflow.values import LATENT_CHANNELS, Handover, Latent

_SEEDS = 2**64


@torch.inference_mode()
def sample(
    unet: Any,
    scheduler: Any,
    guidance: Guidance,
    request: SampleRequest,
    *,
    monitor: Monitor,
    previewer: Previewer,
) -> Latent:
    """Denoise a batch of latents.

    Args:
        unet: The UNet, used by this thread alone.
        scheduler: A diffusers scheduler, fresh and set to `request.steps`.
        guidance: What the UNet is told.
        request: Start, noise and span.
        monitor: Gets the progress after every whole step; may cancel before and inside each.
        previewer: Called only when a preview is looked at.

    Raises:
        NodeFailed: If the request contradicts itself.
        Cancelled: If the monitor says so.
    """
    _check_channels(unet, request.latent)
    order = scheduler.order  # evaluations of the UNet in a whole step; the last step may have fewer
    span = plan(request, scheduler.timesteps[::order].tolist())
    seeds = tuple((request.seed + i) % _SEEDS for i in range(len(request.latent)))
    named = request.latent.seeds if span.how is Start.CONTINUE else seeds  # the seeds that made the picture
    if span.start >= span.end:
        monitor.warn(f"denoise {request.denoise:g} of {request.steps} steps leaves no step to run")
        return Latent(request.latent.samples, seeds=named)

    generators = [torch.Generator("cpu").manual_seed(seed) for seed in seeds]
    latents = _start_latents(unet, scheduler, request, span, generators)
    arguments = step_arguments(scheduler, generators)
    with interruptible(unet, monitor):
        for step in range(span.start, span.end):
            monitor.raise_if_cancelled()
            for t in scheduler.timesteps[step * order : (step + 1) * order]:
                model_input = scheduler.scale_model_input(latents, t)
                prediction = _predict(unet, model_input, t, guidance)
                latents = scheduler.step(prediction, t, latents, **arguments, return_dict=False)[0]
            estimate = Estimate(scheduler, model_input, prediction, float(t), previewer)
            monitor.progress(step + 1 - span.start, span.end - span.start, estimate)

    handover = None
    if span.end < request.steps:
        handover = Handover(request.scheduler, float(scheduler.timesteps[span.end * order]))
    return Latent(latents.float().cpu().numpy(), handover=handover, seeds=named)


def _check_channels(unet: Any, latent: Latent) -> None:
    if unet.config.in_channels != LATENT_CHANNELS:
        raise NodeFailed(
            f"the model takes {unet.config.in_channels} channels, as those for inpainting do",
            input="model",
            advice="Choose a checkpoint that is not made for inpainting.",
        )
    if len(latent) == 0 or latent.samples.shape[1] != LATENT_CHANNELS:
        raise NodeFailed(
            f"SDXL's latents have {LATENT_CHANNELS} channels and at least one item, "
            f"not the shape {latent.samples.shape}",
            input="latent",
        )


def _start_latents(
    unet: Any, scheduler: Any, request: SampleRequest, span: Span, generators: list[torch.Generator]
) -> torch.Tensor:
    """The latents that the first step takes, on the UNet's device."""
    first = span.start * scheduler.order
    if hasattr(scheduler, "set_begin_index"):
        scheduler.set_begin_index(first)
    given = torch.from_numpy(request.latent.samples.copy()).to(*placement(unet))

    def noise() -> torch.Tensor:
        return randn_tensor(given.shape, generators, given.device, given.dtype)  # type: ignore[no-any-return]

    if span.how is Start.NOISE:
        return noise() * float(scheduler.init_noise_sigma)
    if span.how is Start.ADD_NOISE:
        timesteps = scheduler.timesteps[first : first + 1].repeat(len(generators))
        noised: torch.Tensor = scheduler.add_noise(given, noise(), timesteps)
        return noised
    # The run before drew this much from the same seed: the start, and once a step if its scheduler is
    # stochastic. Drawn again, the noise would repeat what the picture was made from; skipped, it goes on.
    for _ in range(1 + span.start):
        noise()
    return given


def _predict(unet: Any, model_input: torch.Tensor, t: torch.Tensor, guidance: Guidance) -> torch.Tensor:
    """One evaluation with classifier-free guidance (arXiv:2207.12598), shape of `model_input`."""
    doubled = model_input if guidance.scale is None else torch.cat([model_input] * 2)
    prediction: torch.Tensor = unet(
        doubled,
        t,
        encoder_hidden_states=guidance.hidden,
        added_cond_kwargs=guidance.added,
        return_dict=False,
    )[0]
    if guidance.scale is None:
        return prediction
    negative, positive = prediction.chunk(2)
    guided: torch.Tensor = negative + guidance.scale * (positive - negative)
    return guided
