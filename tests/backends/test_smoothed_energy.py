"""Smoothed energy guidance: queries blurred over the grid that a layer has, whatever the picture's shape."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import Any

import diffusers
import numpy as np
import pytest
import torch
from diffusers import guiders
from diffusers.hooks import smoothed_energy_guidance_utils as theirs
from scipy import ndimage, special

from nodeflow.backends.guidance import NEGATIVE, POSITIVE
from nodeflow.backends.torch.guiders import make_guider
from nodeflow.backends.torch.layers import Blur, Layers
from nodeflow.values import DeepShrinkPatch, Guidance, GuidanceMethod, Latent, ModelRecipe
from nodeflow.values.guidance import INFINITE_BLUR

Sample = Callable[..., Latent]
HEADS = 2


def smoothed(blur: float = INFINITE_BLUR, **fields: Any) -> Guidance:
    return Guidance(GuidanceMethod.SEG, blur=blur, **fields)


@pytest.fixture(scope="module")
def unet() -> Any:
    """Small, with attention at two resolutions, in double precision."""
    torch.manual_seed(0)
    made = diffusers.UNet2DConditionModel(
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        block_out_channels=(8, 16),
        layers_per_block=1,
        norm_num_groups=4,
        attention_head_dim=HEADS,
        cross_attention_dim=16,
    )
    return made.eval().double()


def blurred(queries: Any, grid: tuple[int, int], sigma: float) -> Any:
    """Queries, shape (batch, places, channels), blurred by scipy."""
    if sigma >= INFINITE_BLUR:
        return queries.mean(axis=1, keepdims=True).repeat(queries.shape[1], axis=1)
    reaches = [0, *(min(ceil(6 * sigma) // 2, side // 2) for side in grid), 0]
    on_grid = queries.reshape(len(queries), *grid, -1)
    found = ndimage.gaussian_filter(on_grid, (0, sigma, sigma, 0), mode="mirror", radius=reaches)
    return found.reshape(queries.shape)


@torch.inference_mode()
@pytest.mark.parametrize("sigma", [INFINITE_BLUR, 0.6, 1.5, 30.0])
@pytest.mark.parametrize("size", [(8, 8), (6, 14), (7, 9)])
@pytest.mark.parametrize("name", ["mid", "down.1"])
def test_attention_is_the_formula(name: str, size: tuple[int, int], sigma: float, unet: Any) -> None:
    seen: dict[str, Any] = {}
    block = (unet.mid_block if name == "mid" else unet.down_blocks[1]).attentions[0]
    attention = block.transformer_blocks[0].attn1
    hooks = [
        block.register_forward_hook(lambda _, given, __: seen.update(grid=given[0].shape[-2:])),
        attention.register_forward_hook(lambda _, given, out: seen.update(given=given[0], out=out)),
    ]
    latents, hidden = torch.randn(2, 4, *size).double(), torch.randn(2, 5, 16).double()
    with Layers(unet, name).blurred(sigma):
        changed = unet(latents, 500.0, hidden).sample
    for hook in hooks:
        hook.remove()
    assert not torch.allclose(unet(latents, 500.0, hidden).sample, changed, atol=1e-6)

    def split(states: Any) -> Any:
        return states.reshape(*states.shape[:2], HEADS, -1).swapaxes(1, 2)

    queries = split(blurred(attention.to_q(seen["given"]).numpy(), seen["grid"], sigma))
    keys, values = (split(layer(seen["given"]).numpy()) for layer in (attention.to_k, attention.to_v))
    shares = special.softmax(queries @ keys.swapaxes(2, 3) / np.sqrt(keys.shape[-1]), axis=-1)
    mixed = torch.from_numpy((shares @ values).swapaxes(1, 2).reshape(seen["given"].shape))
    torch.testing.assert_close(seen["out"], attention.to_out[0](mixed), atol=1e-6, rtol=0)


@pytest.mark.parametrize("sigma", [INFINITE_BLUR, 0.3, 1.0, 1.7, 9.0])
def test_on_a_square_queries_are_blurred_as_in_diffusers(sigma: float) -> None:
    queries = torch.randn(2, 36, 5, generator=torch.Generator().manual_seed(0))
    size = ceil(6 * sigma) + 1 - ceil(6 * sigma) % 2
    # Its test for an infinite sigma is inverted: above a threshold it blurs, up to it it takes the mean.
    threshold = INFINITE_BLUR if sigma >= INFINITE_BLUR else 0.0
    expected = theirs._gaussian_blur_2d(queries.clone(), size, sigma, threshold)
    blur = Blur(sigma)
    blur.see(None, (torch.empty(2, 5, 6, 6),))
    torch.testing.assert_close(blur(queries), expected, atol=2e-6, rtol=0)


def test_the_guider_is_that_of_diffusers(request_for: Callable[..., Any], unet: Any) -> None:
    changed, negative, positive = torch.randn(3, 1, 4, 8, 8)
    config = theirs.SmoothedEnergyGuidanceConfig([0], "mid_block.attentions.0.transformer_blocks")
    oracle = guiders.SmoothedEnergyGuidance(5.0, 2.5, seg_guidance_config=config)
    oracle.set_state(step=2, num_inference_steps=6, timestep=None)
    expected = oracle.forward(positive, negative, changed).pred
    asked: list[str] = []

    def predict(*sides: str, variant: str = "") -> tuple[torch.Tensor, ...]:
        asked.extend(sides)
        named = {NEGATIVE: negative, POSITIVE: positive}
        return tuple(changed if variant else named[side] for side in sides)

    guider = make_guider(request_for(guidance=smoothed(layers_scale=2.5)), unet)
    assert torch.equal(guider.guide(2, predict), expected)
    assert asked == [NEGATIVE, POSITIVE, POSITIVE]
    asked.clear()
    unblurred = make_guider(request_for(guidance=smoothed(0.0)), unet).guide(2, predict)
    assert torch.equal(unblurred, negative + 5.0 * (positive - negative))
    assert asked == [NEGATIVE, POSITIVE]


@pytest.mark.parametrize("size", [(64, 64), (72, 136)])
@pytest.mark.parametrize("layers", ["mid", "mid up.0 down.1"])
def test_pictures_change_and_the_model_is_afterwards_as_it_was(
    layers: str, size: tuple[int, int], sample: Sample, empty: Callable[..., Latent]
) -> None:
    fields: dict[str, Any] = {"steps": 2, "seed": 8}
    plain = sample(latent=empty(*size), **fields).samples
    alone = sample(latent=empty(*size), guidance=smoothed(layers=layers), **fields).samples
    little = sample(latent=empty(*size), guidance=smoothed(0.5, layers=layers), **fields).samples
    batch = sample(latent=empty(*size, 2), steps=2, seed=7, guidance=smoothed(layers=layers)).samples
    assert np.abs(alone - plain).max() > 0.01
    assert 1e-4 < np.abs(little - plain).max() < np.abs(alone - plain).max()
    np.testing.assert_allclose(batch[1], alone[0], atol=1e-4)
    np.testing.assert_array_equal(sample(latent=empty(*size), **fields).samples, plain)


def test_a_shrunk_unet_is_blurred_over_its_smaller_grid(
    pocket: ModelRecipe, sample: Sample, empty: Callable[..., Latent]
) -> None:
    shrunk = pocket.with_patch(DeepShrinkPatch(level=1, factor=0.5, start=0.0, stop=1.0))
    fields: dict[str, Any] = {"latent": empty(72, 136), "steps": 2}
    plain, guided = (sample(shrunk, guidance=g, **fields).samples for g in (Guidance(), smoothed(1.0)))
    assert np.isfinite(guided).all()
    assert np.abs(guided - plain).max() > 1e-3
