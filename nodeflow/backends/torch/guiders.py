"""Which guider a request asks for, and those that diffusers has."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

import torch
from diffusers.guiders import (
    AdaptiveProjectedGuidance,
    AdaptiveProjectedMixGuidance,
    ClassifierFreeZeroStarGuidance,
    TangentialClassifierFreeGuidance,
)
from diffusers.guiders.adaptive_projected_guidance import MomentumBuffer
from diffusers.guiders.guider_utils import rescale_noise_cfg

from nodeflow.backends.guidance import (
    NEGATIVE,
    POSITIVE,
    Guider,
    Predict,
    Prediction,
    Rescaled,
    acting_scales,
    plain,
)
from nodeflow.backends.protocol import SampleRequest
from nodeflow.backends.scaled_guidance import scaled
from nodeflow.backends.smoothing import coarse
from nodeflow.backends.torch.layers import Auto, AwayFromChanged, Layers
from nodeflow.values import Guidance, GuidanceMethod

_AVERAGE = "average"


class Diffusers:
    """A guider of diffusers that takes both predictions of a step and nothing else.

    Args:
        guider: One of diffusers' guiders.
        scales: The guidance scale of each step of the whole schedule; up to 1, the positive alone counts.
        alone: Steps at the beginning that diffusers' guider decides whatever the scale.
    """

    def __init__(self, guider: Any, scales: Sequence[float], alone: int = 0) -> None:
        self._guider, self._scales, self._alone = guider, scales, alone
        momentum = getattr(guider, "adaptive_projected_guidance_momentum", None)
        if momentum is not None:
            guider.momentum_buffer = MomentumBuffer(momentum)

    @property
    def sides(self) -> Sequence[str]:
        """Both, unless no step is guided."""
        return (NEGATIVE, POSITIVE) if any(scale > 1 for scale in self._scales) else (POSITIVE,)

    def guide(self, step: int, predict: Predict) -> Prediction:
        """What diffusers' guider makes of the two."""
        scale = self._scales[step]
        if scale <= 1 and step >= self._alone:
            (alone,) = predict(POSITIVE)
            return alone
        negative, positive = predict(NEGATIVE, POSITIVE) if scale > 1 else (None, *predict(POSITIVE))
        self._guider.guidance_scale = scale
        self._guider.set_state(step=step, num_inference_steps=len(self._scales), timestep=None)
        guided: torch.Tensor = self._guider.forward(pred_cond=positive, pred_uncond=negative).pred
        return guided

    def remembered(self) -> Mapping[str, torch.Tensor]:
        """The average of earlier steps' guidance, where it counts."""
        average = getattr(getattr(self._guider, "momentum_buffer", None), "running_average", 0)
        return {_AVERAGE: average} if isinstance(average, torch.Tensor) else {}

    def recall(self, remembered: Mapping[str, torch.Tensor]) -> None:
        """Go on from such an average."""
        buffer = getattr(self._guider, "momentum_buffer", None)
        if buffer is not None and _AVERAGE in remembered:
            buffer.running_average = remembered[_AVERAGE]


def make_guider(request: SampleRequest, unet: Any) -> Guider:
    """The guider that a request asks for.

    Args:
        request: Scales and guidance.
        unet: The UNet, whose layers some methods change for a while.

    Raises:
        NodeFailed: If the request contradicts itself.
    """
    guidance = request.guidance
    base = plain(request)
    guider = scaled(request, _coarse, _length) or _by_method(request, base, unet)
    return Rescaled(guider, guidance.rescale, rescale_noise_cfg) if guidance.rescale > 0 else guider


def _by_method(request: SampleRequest, base: Guider, unet: Any) -> Guider:
    guidance, method, scales = request.guidance, request.guidance.method, acting_scales(request)
    if method is GuidanceMethod.CFG:
        return base
    if not method.changes_layers:
        alone = guidance.zero_steps if method is GuidanceMethod.CFG_ZERO_STAR else 0
        return Diffusers(_of_diffusers(guidance), scales, alone)
    layers, last = Layers(unet, guidance.layers), int(guidance.layers_stop * len(scales))
    if method is GuidanceMethod.AUTO:
        return Auto(scales, layers, last)
    ways: dict[GuidanceMethod, Callable[[], AbstractContextManager[None]]] = {
        GuidanceMethod.PAG: layers.without_looking_around,
        GuidanceMethod.SLG: layers.left_out,
        GuidanceMethod.SEG: partial(layers.blurred, guidance.blur),
    }
    if method is GuidanceMethod.SEG and guidance.blur == 0:  # which changes nothing
        last = 0
    return AwayFromChanged(base, ways[method], guidance.layers_scale, last)


def _of_diffusers(guidance: Guidance) -> Any:
    """Diffusers' guider for a method that changes no layers."""
    match guidance.method:
        case GuidanceMethod.CFG_ZERO_STAR:
            return ClassifierFreeZeroStarGuidance(zero_init_steps=guidance.zero_steps)
        case GuidanceMethod.TCFG:
            return TangentialClassifierFreeGuidance()
        case GuidanceMethod.APG:
            return AdaptiveProjectedGuidance(**_projected(guidance))
    return AdaptiveProjectedMixGuidance(
        **_projected(guidance),
        adaptive_projected_guidance_scale=guidance.apg_scale,
        adaptive_projected_guidance_start_step=guidance.cfg_steps - 1,  # the last one that is plain
    )


def _projected(guidance: Guidance) -> dict[str, Any]:
    """What both kinds of adaptive projected guidance are told."""
    return {
        "adaptive_projected_guidance_momentum": guidance.momentum or None,
        "adaptive_projected_guidance_rescale": guidance.norm_threshold,
        "eta": guidance.eta,
    }


def _coarse(prediction: torch.Tensor) -> torch.Tensor:
    """The part of a prediction that is of low frequency."""
    rows, columns = (torch.from_numpy(coarse(side)).to(prediction.device) for side in prediction.shape[-2:])
    return (rows @ prediction.float() @ columns.T).to(prediction.dtype)


def _length(prediction: torch.Tensor) -> torch.Tensor:
    """How long each picture's prediction is."""
    found: torch.Tensor = torch.linalg.vector_norm(prediction, dim=(1, 2, 3), keepdim=True)
    return found
