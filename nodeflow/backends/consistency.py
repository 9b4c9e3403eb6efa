"""UNets distilled to consistency models (arXiv:2310.04378), which are told the guidance scale.

They were trained on guided predictions, so there is nothing left to guide: the prompt is predicted alone.
"""

from __future__ import annotations

from dataclasses import replace

from nodeflow.backends.protocol import SampleRequest


def told_scale(request: SampleRequest) -> float:
    """What such a UNet is told: the guidance scale; of a curve, that of the first step."""
    return request.guidance_scales()[0]


def without_guidance(request: SampleRequest) -> SampleRequest:
    """The request for a UNet that is told its guidance scale."""
    guidance = replace(request.guidance, high_scale=1.0)
    return replace(request, guidance_scale=1.0, guidance_curve=None, guidance=guidance)
