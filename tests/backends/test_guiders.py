"""Guiders: those of diffusers as diffusers has them, the others as their formulas say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import diffusers
import numpy as np
import pytest
import torch
from diffusers import guiders
from diffusers.hooks import LayerSkipConfig

from nodeflow.backends.guidance import NEGATIVE, POSITIVE, UNCONDITIONAL
from nodeflow.backends.torch import TorchBackend
from nodeflow.backends.torch.guiders import make_guider
from nodeflow.errors import NodeFailed
from nodeflow.hardware import Part
from nodeflow.values import Conditioning, Curve, Guidance, GuidanceMethod, Latent, ModelRecipe, Scheduler

Sample = Callable[..., Latent]
STEPS = 6
RANDOM = torch.Generator().manual_seed(0)
NOISE = {side: torch.randn(2, 4, 8, 8, generator=RANDOM) for side in (NEGATIVE, POSITIVE, UNCONDITIONAL)}
CHANGED = torch.randn(2, 4, 8, 8, generator=RANDOM)


class Predictions:
    """Gives the noise of each side, and notes what was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []

    def __call__(self, *sides: str, variant: str = "") -> tuple[torch.Tensor, ...]:
        self.asked.append(sides)
        return tuple(CHANGED if variant else NOISE[side] for side in sides)


@pytest.fixture(scope="module")
def unet(backend: TorchBackend, pocket: ModelRecipe) -> Any:
    with backend.lease(pocket, Part.UNET) as lease:
        return lease[Part.UNET].module


@pytest.fixture
def guide(request_for: Callable[..., Any], unet: Any) -> Callable[..., tuple[torch.Tensor, Any]]:
    """What a guider makes of the noises at a step, and what it asked for."""

    def run(step: int = 2, scale: float = 5.0, curve: Curve | None = None, **fields: Any) -> Any:
        request = request_for(guidance=Guidance(**fields), guidance_scale=scale, guidance_curve=curve)
        predictions = Predictions()
        return make_guider(request, unet).guide(step, predictions), predictions.asked

    return run


def exact(scale: float, negative_scale: float) -> Any:
    n, c, u = (NOISE[side].double() for side in (NEGATIVE, POSITIVE, UNCONDITIONAL))
    return (u + scale * (c - u) - negative_scale * (n - u)).float()


@pytest.mark.parametrize("scale", [0.0, 0.5, 1.0, 3.0, 7.5])
@pytest.mark.parametrize("negative", [0.0, 0.5, 2.0, 6.5, 9.0])
def test_an_own_negative_scale_is_the_formula(scale: float, negative: float, guide: Any) -> None:
    guided, asked = guide(scale=scale, negative_scale=Curve.constant(negative))
    torch.testing.assert_close(guided, exact(scale, negative), atol=2e-5, rtol=1e-5)
    shares = {POSITIVE: scale, NEGATIVE: negative, UNCONDITIONAL: 1 - scale + negative}
    assert set(asked[0]) == {side for side, share in shares.items() if share}


@pytest.mark.parametrize("scale", [1.0, 1.5, 5.1, 12.0])
def test_a_negative_scale_of_one_less_is_plain_guidance(scale: float, guide: Any) -> None:
    guided, asked = guide(scale=scale, negative_scale=Curve.constant(scale - 1))
    plain, plainly = guide(scale=scale)
    assert torch.equal(guided, plain)
    assert asked == plainly  # not one evaluation more


def test_both_scales_follow_curves(guide: Any) -> None:
    scales, negatives = Curve(((0, 9), (1, 3))), Curve(((0, 0), (1, 6)))
    for step in range(STEPS):
        guided, _ = guide(step, curve=scales, negative_scale=negatives)
        place = step / (STEPS - 1)
        torch.testing.assert_close(guided, exact(9 - 6 * place, 6 * place), atol=2e-5, rtol=1e-5)


@pytest.mark.parametrize(("start", "stop"), [(0.0, 0.5), (0.4, 1.0), (0.3, 0.7), (0.5, 0.5)])
@pytest.mark.parametrize("negative", [None, Curve.constant(8.0)])
def test_guidance_stops_where_it_is_told(start: float, stop: float, negative: Any, guide: Any) -> None:
    for step in range(STEPS):
        guided, asked = guide(step, start=start, stop=stop, negative_scale=negative)
        acts = int(start * STEPS) <= step < int(stop * STEPS)
        assert torch.equal(guided, guide(negative_scale=negative)[0] if acts else NOISE[POSITIVE])
        assert acts or asked == [(POSITIVE,)]


def library(guider: Any, step: int = 2) -> torch.Tensor:
    guider.set_state(step=step, num_inference_steps=STEPS, timestep=None)
    found: torch.Tensor = guider.forward(pred_cond=NOISE[POSITIVE], pred_uncond=NOISE[NEGATIVE]).pred
    return found


@pytest.mark.parametrize("rescale", [0.0, 0.7])
@pytest.mark.parametrize("step", [0, 2, 4])
@pytest.mark.parametrize("method", ["cfg", "cfg_zero_star", "apg", "apg_mix", "tcfg", "fdg"])
def test_guiders_are_those_of_diffusers(method: str, step: int, rescale: float, guide: Any) -> None:
    usual: dict[str, Any] = {"guidance_scale": 5.0, "guidance_rescale": rescale, "stop": 0.5}
    oracle = {
        "cfg": lambda: guiders.ClassifierFreeGuidance(**usual),
        "cfg_zero_star": lambda: guiders.ClassifierFreeZeroStarGuidance(**usual, zero_init_steps=1),
        "apg": lambda: guiders.AdaptiveProjectedGuidance(
            **usual, eta=0.25, adaptive_projected_guidance_rescale=2.0
        ),
        "apg_mix": lambda: guiders.AdaptiveProjectedMixGuidance(
            **usual,
            eta=0.25,
            adaptive_projected_guidance_scale=8.0,
            adaptive_projected_guidance_momentum=None,
            adaptive_projected_guidance_rescale=2.0,
            adaptive_projected_guidance_start_step=1,
        ),
        "tcfg": lambda: guiders.TangentialClassifierFreeGuidance(**usual),
        "fdg": lambda: guiders.FrequencyDecoupledGuidance([9.0, 5.0], guidance_rescale=rescale, stop=0.5),
    }[method]()
    options = {"eta": 0.25, "norm_threshold": 2.0, "zero_steps": 1, "apg_scale": 8.0, "cfg_steps": 2}
    options["high_scale"] = 9.0
    guided, _ = guide(step, method=GuidanceMethod(method), rescale=rescale, stop=0.5, **options)
    if method == "cfg_zero_star" and step == 0 and rescale:  # diffusers divides by the spread of nothing
        assert not guided.any()
        return
    rounds = rescale or method == "fdg"  # they take the pyramid apart and build it again
    torch.testing.assert_close(guided, library(oracle, step), rtol=0, atol=1e-5 if rounds else 0)


@pytest.mark.parametrize("method", [GuidanceMethod.PAG, GuidanceMethod.SLG])
def test_guidance_away_from_changed_layers_is_that_of_diffusers(method: GuidanceMethod, guide: Any) -> None:
    config = LayerSkipConfig([0], "mid_block.attentions.0.transformer_blocks")
    oracle: Any
    if method is GuidanceMethod.PAG:
        oracle = guiders.PerturbedAttentionGuidance(
            5.0, 2.5, perturbed_guidance_stop=1.0, perturbed_guidance_config=config
        )
    else:
        oracle = guiders.SkipLayerGuidance(5.0, 2.5, skip_layer_guidance_stop=1.0, skip_layer_config=config)
    oracle.set_state(step=2, num_inference_steps=STEPS, timestep=None)
    theirs = oracle.forward(
        pred_cond=NOISE[POSITIVE], pred_uncond=NOISE[NEGATIVE], pred_cond_skip=CHANGED
    ).pred
    guided, asked = guide(method=method, layers_scale=2.5)
    assert torch.equal(guided, theirs)
    assert asked == [(NEGATIVE, POSITIVE), (POSITIVE,)]
    # Without guidance by the prompt: the papers' formula. That of diffusers counts from the changed layers.
    alone, _ = guide(method=method, scale=1.0, layers_scale=2.5)
    torch.testing.assert_close(alone, NOISE[POSITIVE] + 2.5 * (NOISE[POSITIVE] - CHANGED))
    stopped, asked = guide(4, method=method, layers_stop=0.5)
    assert torch.equal(stopped, guide()[0])
    assert asked == [(NEGATIVE, POSITIVE)]


@pytest.mark.parametrize("method", [GuidanceMethod.PAG, GuidanceMethod.SLG, GuidanceMethod.SEG])
@pytest.mark.parametrize(("scale", "negative"), [(5.0, 1.0), (3.0, 2.0), (0.0, 2.0), (1.0, 0.0)])
def test_a_negative_scale_goes_together_with_changed_layers(
    method: GuidanceMethod, scale: float, negative: float, guide: Any
) -> None:
    fields: dict[str, Any] = {"scale": scale, "negative_scale": Curve.constant(negative), "layers_scale": 2.5}
    guided, asked = guide(method=method, **fields)
    expected = exact(scale, negative) + 2.5 * (NOISE[POSITIVE] - CHANGED)
    torch.testing.assert_close(guided, expected, atol=2e-5, rtol=1e-5)
    assert sum(POSITIVE in sides for sides in asked) == 2  # as it is, and changed


def test_auto_guidance_takes_the_negative_from_the_worse_model(guide: Any) -> None:
    guided, asked = guide(method=GuidanceMethod.AUTO)
    assert torch.equal(guided, CHANGED + 5.0 * (NOISE[POSITIVE] - CHANGED))
    assert asked == [(POSITIVE,), (NEGATIVE,)]


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ("", "names no layers; write such as"),
        ("middle", "'middle' names no layers; write such as"),
        ("mid,up.0", "'mid,up.0' names no layers"),
        ("mid up", "'up' names no layers"),
        ("mid:9", r"name 'mid:9', but mid has one block, 0\. This model has down.1, .*mid"),
        ("up.7", r"its layers name 'up.7'\. This model has down.1, .*mid"),
    ],
)
def test_layers_that_are_not_there_are_named(layers: str, message: str, guide: Any) -> None:
    with pytest.raises(NodeFailed, match=message) as caught:
        guide(method=GuidanceMethod.PAG, layers=layers)
    assert caught.value.input == "guidance"


def test_a_negative_scale_needs_a_negative(sample: Sample) -> None:
    with pytest.raises(NodeFailed, match="nothing to suppress") as caught:
        sample(negative=None, guidance=Guidance(negative_scale=Curve.constant(3)))
    assert caught.value.input == "negative"


def test_perturbed_attention_equals_the_pipeline(
    picture: Callable[..., Any], pipeline: Any, empty: Callable[..., Latent]
) -> None:
    theirs = diffusers.StableDiffusionXLPAGPipeline(**pipeline.components, pag_applied_layers=["mid"])
    before = dict(theirs.unet.attn_processors)
    theirs.set_progress_bar_config(disable=True)
    expected = theirs(
        "a red apple on a green background",
        negative_prompt="blurry",
        generator=torch.Generator().manual_seed(7),
        num_inference_steps=3,
        guidance_scale=5.0,
        pag_scale=3.0,
        height=64,
        width=64,
    ).images[0]
    theirs.unet.set_attn_processor(before)
    ours = picture(latent=empty(64, 64), steps=3, guidance=Guidance(GuidanceMethod.PAG))
    # Evaluated together there, and apart here: the last bits of a float differ, which may turn a rounding.
    assert np.abs(ours[0].astype(int) - np.asarray(expected).astype(int)).max() <= 1
    assert np.abs(ours.astype(int) - picture(latent=empty(64, 64), steps=3).astype(int)).max() > 10


def test_rescaling_equals_the_pipeline(picture: Callable[..., Any], pipeline: Any) -> None:
    pipeline.set_progress_bar_config(disable=True)
    expected = pipeline(
        "a red apple on a green background",
        negative_prompt="blurry",
        generator=torch.Generator().manual_seed(7),
        num_inference_steps=3,
        guidance_scale=9.0,
        guidance_rescale=0.7,
        height=128,  # smaller, a matrix product's last bits depend on where in memory its weights lie
        width=128,
    ).images[0]
    ours = picture(steps=3, guidance_scale=9.0, guidance=Guidance(rescale=0.7))
    np.testing.assert_array_equal(ours[0], np.asarray(expected))


@pytest.mark.parametrize("method", [GuidanceMethod.PAG, GuidanceMethod.SLG, GuidanceMethod.AUTO])
def test_the_model_is_afterwards_as_it_was(
    method: GuidanceMethod, sample: Sample, empty: Callable[..., Latent]
) -> None:
    latent = empty(64, 64)
    before = sample(latent=latent, steps=2)
    changed = sample(latent=latent, steps=2, guidance=Guidance(method, layers="mid up.0"))
    assert np.abs(changed.samples - before.samples).max() > 0.01
    np.testing.assert_array_equal(sample(latent=latent, steps=2).samples, before.samples)


@pytest.mark.parametrize("method", [GuidanceMethod.APG, GuidanceMethod.APG_MIX])
def test_guidance_that_remembers_is_cut_exactly(
    method: GuidanceMethod, sample: Sample, empty: Callable[..., Latent]
) -> None:
    remembering = Guidance(method, momentum=-0.5, norm_threshold=5.0, cfg_steps=2)
    fields: dict[str, Any] = {"guidance": remembering, "scheduler": Scheduler.DPMPP_2M}
    whole = sample(latent=empty(64, 64), **fields)
    first = sample(latent=empty(64, 64), end_step=3, **fields)
    np.testing.assert_array_equal(sample(latent=first, **fields).samples, whole.samples)
    assert first.handover is not None


def test_a_negative_prompt_lowers_what_it_names_the_more_the_larger_its_scale(
    *,
    backend: TorchBackend,
    pocket: ModelRecipe,
    encode: Callable[..., Conditioning],
    sample: Sample,
    empty: Callable[..., Latent],
    monitor: Any,
) -> None:
    def redness(negative: str, scale: float) -> float:
        latent = sample(
            latent=empty(batch=4),
            positive=encode(pocket, "an apple on a green background"),
            negative=encode(pocket, negative),
            steps=12,
            guidance=Guidance(negative_scale=Curve.constant(scale)),
        )
        red, green, blue = np.moveaxis(backend.decode(pocket, latent, monitor).pixels, -1, 0)
        return float((red - (green + blue) / 2).clip(0).mean())

    without, little, much = (redness("red", scale) for scale in (0.0, 2.0, 5.0))
    assert without > little > much
