"""The node that says what a sampler makes of the predictions for its prompts."""

from __future__ import annotations

from typing import Annotated

from nodeflow.errors import NodeFailed
from nodeflow.node import CurveRange, Hints, OnlyFor, Range, node
from nodeflow.node.spec import NodeKind
from nodeflow.values import Conditioning, Curve, Guidance, GuidanceMethod
from nodeflow.values.guidance import INFINITE_BLUR, USED_BY, named_layers

_FOR = {option: OnlyFor("method", methods) for option, methods in USED_BY.items()}

Method = Annotated[
    GuidanceMethod,
    Hints(
        cfg="classifier-free guidance",
        cfg_zero_star="the negative scaled to fit",
        apg="against oversaturation at high scales",
        tcfg="of the negative, only what both share",
        pag="clearer structure, half as long again",
        slg="as pag, leaving layers out",
        auto="away from the model without some layers",
        apg_mix="plain at first, then apg",
        seg="as pag, blurring what layers look for",
        fdg="a scale of its own for fine detail",
        mambo_g="less where it would be large",
    ),
]
Share = Annotated[float, Range(0.0, 1.0, step=0.01)]
Unconditional = Annotated[Conditioning | None, _FOR["unconditional"]]
NegativeScale = Annotated[
    float | None, Range(0.0, 100.0, step=0.1, slider=(0.0, 15.0)), _FOR["negative_scale"]
]
NegativeCurve = Annotated[Curve | None, CurveRange(0.0, 100.0, slider=(0.0, 15.0)), _FOR["negative_scale"]]
LayersScale = Annotated[float, Range(0.0, 20.0, step=0.1, slider=(0.0, 6.0)), _FOR["layers_scale"]]
Momentum = Annotated[float, Range(-1.0, 1.0, step=0.05), _FOR["momentum"]]
NormThreshold = Annotated[float, Range(0.0, 1000.0, slider=(0.0, 50.0)), _FOR["norm_threshold"]]
ZeroSteps = Annotated[int, Range(0, 1000, slider=(0, 5)), _FOR["zero_steps"]]
ApgScale = Annotated[float, Range(0.0, 100.0, step=0.1, slider=(1.0, 20.0)), _FOR["apg_scale"]]
CfgSteps = Annotated[int, Range(0, 1000, slider=(0, 20)), _FOR["cfg_steps"]]
Blur = Annotated[float, Range(0.0, INFINITE_BLUR, step=0.1, slider=(0.0, 20.0)), _FOR["blur"]]
HighScale = Annotated[float, Range(1.0, 100.0, step=0.1, slider=(1.0, 20.0)), _FOR["high_scale"]]
Alpha = Annotated[float, Range(0.0, 100.0, step=0.1, slider=(0.0, 20.0)), _FOR["alpha"]]


@node("Guidance", category="sampling", kind=NodeKind.LIGHT)
def guidance(
    method: Method = GuidanceMethod.CFG,
    unconditional: Unconditional = None,
    *,
    negative_scale: NegativeScale = None,
    negative_curve: NegativeCurve = None,
    rescale: Share = 0.0,
    start: Share = 0.0,
    stop: Share = 1.0,
    layers: Annotated[str, _FOR["layers"]] = "mid",
    layers_scale: LayersScale = 3.0,
    layers_stop: Annotated[Share, _FOR["layers_stop"]] = 1.0,
    eta: Annotated[Share, _FOR["eta"]] = 0.0,
    momentum: Momentum = 0.0,
    norm_threshold: NormThreshold = 15.0,
    zero_steps: ZeroSteps = 0,
    apg_scale: ApgScale = 10.0,
    cfg_steps: CfgSteps = 6,
    blur: Blur = INFINITE_BLUR,
    high_scale: HighScale = 10.0,
    alpha: Alpha = 8.0,
) -> Guidance:
    """Choose how a sampler is led towards its prompt and away from the negative one.

    How strictly to follow the prompt stays the sampler's own `guidance_scale` or curve. Sources: `cfg`
    arXiv:2207.12598, `cfg_zero_star` arXiv:2503.18886, `apg` and `apg_mix` arXiv:2410.02416, `tcfg`
    arXiv:2503.18137, `pag` arXiv:2403.17377, `auto` arXiv:2406.02507, `seg` arXiv:2408.00760, `fdg`
    arXiv:2506.19713, `mambo_g` arXiv:2508.03442. Away from changed layers (`pag`, `slg`, `seg`), the model is
    evaluated once more at each step.

    Args:
        method: What is made of the predictions.
        unconditional: Where both scales are counted from, if the negative has one of its own; none: no
            prompt.
        negative_scale: How strongly to suppress the negative prompt, apart from the guidance scale: the
            sampler follows u + guidance_scale (c - u) - negative_scale (n - u), of the unconditional u, the
            prompt c and the negative n; none: the guidance scale less 1, which is plain guidance.
        negative_curve: The negative scale over the run, in place of `negative_scale`.
        rescale: Brings pictures that high scales overexposed back, 0 to 1; 0.7 is usual (arXiv:2305.08891).
        start: Share of the steps before which prompts do not guide.
        stop: Share of the steps after which they do not; those take half the time, or two thirds of it where
            layers are still changed.
        layers: Which layers are changed, of the blocks `mid`, `down.1`, `up.0` and so on; with the numbers of
            their transformer blocks if not all: `mid:0 down.2:0,3`.
        layers_scale: How strongly to move away from what the changed layers say.
        layers_stop: Share of the steps after which no layers are changed.
        eta: How much of the guidance along the prediction itself stays; 1 is cfg.
        momentum: How much earlier steps' guidance counts; negative pushes away from it.
        norm_threshold: The longest that guidance may be; 0: any length.
        zero_steps: Steps at the beginning that predict nothing.
        apg_scale: The guidance scale of its later part.
        cfg_steps: Steps at the beginning that are plain cfg, with the sampler's guidance scale.
        blur: How far the changed layers blur what each place looks for, as the sigma of a Gaussian in places
            of their grids (in SDXL, that of `mid` is a quarter of the latents' width); 0: not at all; 1000:
            infinitely, so that all places look for the same.
        high_scale: The guidance scale of fine detail; the sampler's is that of the rest, and may be 1. For
            SDXL, the authors advise 10 and 5.
        alpha: How much guidance is lessened where it is large; 0 is cfg.
    """
    if stop < start:
        raise NodeFailed(f"guidance would stop before it starts, at {start:g}", input="stop")
    suppression = negative_curve
    if suppression is None and negative_scale is not None:
        suppression = Curve.constant(negative_scale)
    able = USED_BY["negative_scale"]
    if suppression is not None and method not in able:
        raise NodeFailed(
            f"'{method}' has no negative scale of its own",
            input="negative_scale" if negative_curve is None else "negative_curve",
            advice=f"Clear it, or choose one of: {', '.join(able)}",
        )
    if method.changes_layers:
        try:
            named_layers(layers)
        except ValueError as error:
            raise NodeFailed(str(error), input="layers") from None
    return Guidance(
        method=method,
        negative_scale=suppression,
        unconditional=unconditional,
        rescale=rescale,
        start=start,
        stop=stop,
        layers=layers,
        layers_scale=layers_scale,
        layers_stop=layers_stop,
        eta=eta,
        momentum=momentum,
        norm_threshold=norm_threshold,
        zero_steps=zero_steps,
        apg_scale=apg_scale,
        cfg_steps=cfg_steps,
        blur=blur,
        high_scale=high_scale,
        alpha=alpha,
    )
