"""FreeU is diffusers' own; deep shrink is a UNet whose depths work on fewer samples."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn.functional import interpolate

from nodeflow.backends.torch import TorchBackend
from nodeflow.backends.torch.shrink import shrunk
from nodeflow.errors import NodeFailed
from nodeflow.hardware import Arrangement, Part, Quality, Wishes, detect
from nodeflow.values import DeepShrinkPatch, FreeUPatch, Latent, ModelRecipe

Sample = Callable[..., Latent]
FREE_U = FreeUPatch(1.3, 1.4, 0.9, 0.2)


def early(level: int = 1, factor: float = 2.0, stop: float = 0.5) -> DeepShrinkPatch:
    return DeepShrinkPatch(level, factor, 0.0, stop)


@pytest.fixture(scope="module")
def unet(backend: TorchBackend, pocket: ModelRecipe) -> Any:
    with backend.lease(pocket, Part.UNET) as lease:
        return lease[Part.UNET].module


def test_free_u_equals_the_pipeline(picture: Callable[..., Any], pocket: ModelRecipe, pipeline: Any) -> None:
    pipeline.set_progress_bar_config(disable=True)
    pipeline.enable_freeu(s1=0.9, s2=0.2, b1=1.3, b2=1.4)
    theirs = pipeline(
        "a red apple on a green background",
        negative_prompt="blurry",
        generator=torch.Generator().manual_seed(7),
        num_inference_steps=6,
        guidance_scale=5.0,
        height=128,
        width=128,
    ).images[0]
    pipeline.disable_freeu()
    ours = picture(model=pocket.with_patch(FREE_U))
    np.testing.assert_array_equal(ours[0], np.asarray(theirs))
    assert (ours != picture()).any()


@pytest.mark.parametrize("patch", [FREE_U, early()])
def test_the_model_is_afterwards_as_it_was(patch: Any, sample: Sample, pocket: ModelRecipe) -> None:
    before = sample(steps=2)
    changed = sample(model=pocket.with_patch(patch), steps=2)
    assert np.abs(changed.samples - before.samples).max() > 0.01
    np.testing.assert_array_equal(sample(steps=2).samples, before.samples)


@pytest.mark.parametrize("patch", [FREE_U, early()])
def test_step_caching_goes_with_it(
    patch: Any, backend: TorchBackend, request_for: Any, pocket: ModelRecipe, monitor: Any
) -> None:
    quick = backend.arranged(Arrangement(detect(), Wishes(quality=Quality.FAST, device="cpu")))
    request = request_for(steps=10)

    def error(model: ModelRecipe) -> float:
        exact, near = (there.sample(model, request, monitor).samples for there in (backend, quick))
        return float(np.abs(exact - near).mean() / np.abs(exact).mean())

    assert error(pocket.with_patch(patch)) < 2 * error(pocket)


def test_later_steps_are_not_shrunk(sample: Sample, pocket: ModelRecipe) -> None:
    first = sample(model=pocket.with_patch(early()), end_step=3)  # 3 of 6
    rest = sample(latent=first)
    whole = sample(model=pocket.with_patch(early()))
    np.testing.assert_array_equal(rest.samples, whole.samples)
    nothing = sample(model=pocket.with_patch(early(stop=0.0)))
    np.testing.assert_array_equal(nothing.samples, sample().samples)


@contextmanager
def written_out(unet: Any, level: int, factor: float) -> Iterator[None]:
    """The same as `shrunk`, by replacing forwards: block by block, layer by layer."""
    replaced: list[Any] = []

    def resized(hidden: torch.Tensor, size: Any) -> torch.Tensor:
        return interpolate(hidden, size=tuple(size), mode="bicubic")

    def going_down(forward: Any, hidden_states: torch.Tensor, **options: Any) -> Any:
        size = [round(side / factor) for side in hidden_states.shape[-2:]]
        return forward(hidden_states=resized(hidden_states, size), **options)

    def going_up(block: Any, hidden_states: torch.Tensor, **options: Any) -> torch.Tensor:
        features = list(options["res_hidden_states_tuple"])
        for number, resnet in enumerate(block.resnets):
            skipped = features.pop()
            hidden_states = resized(hidden_states, skipped.shape[-2:])
            hidden_states = resnet(torch.cat([hidden_states, skipped], dim=1), options["temb"])
            if getattr(block, "attentions", None):
                told = options["encoder_hidden_states"]
                hidden_states = block.attentions[number](hidden_states, told, return_dict=False)[0]
        for upsampler in block.upsamplers or ():
            hidden_states = upsampler(hidden_states, options.get("upsample_size"))
        return hidden_states

    def replace(block: Any, forward: Any) -> None:
        block.forward = forward
        replaced.append(block)

    down = unet.down_blocks[level]
    replace(down, lambda original=down.forward, **options: going_down(original, **options))
    for up in unet.up_blocks:
        replace(up, lambda block=up, **options: going_up(block, **options))
    yield
    for block in replaced:
        del block.forward


@pytest.mark.parametrize(("level", "factor"), [(1, 2.0), (1, 1.5), (1, 3.0)])
@pytest.mark.parametrize("size", [(16, 16), (24, 16)])
@torch.inference_mode()
def test_a_shrunk_unet_is_what_its_definition_says(
    level: int, factor: float, size: tuple[int, int], unet: Any
) -> None:
    random = torch.Generator().manual_seed(0)
    latents = torch.randn(1, 4, *size, generator=random)
    told = torch.randn(1, 7, unet.config.cross_attention_dim, generator=random)
    pooled_width = unet.config.projection_class_embeddings_input_dim - 6 * unet.config.addition_time_embed_dim
    pooled = torch.randn(1, pooled_width, generator=random)
    added = {"text_embeds": pooled, "time_ids": torch.full((1, 6), 128.0)}

    def evaluate() -> torch.Tensor:
        found: torch.Tensor = unet(latents, 500, told, added_cond_kwargs=added, return_dict=False)[0]
        return found

    plain = evaluate()
    with shrunk(unet, early(level, factor)):
        ours = evaluate()
    with written_out(unet, level, factor):
        theirs = evaluate()
    assert ours.shape == plain.shape
    torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-5)
    assert (ours - plain).abs().max() > 0.01
    with shrunk(unet, early(level, 1.0)):
        assert torch.equal(evaluate(), plain)
    assert torch.equal(evaluate(), plain)


def test_a_level_that_is_not_there_is_said(sample: Sample, pocket: ModelRecipe) -> None:
    with pytest.raises(NodeFailed, match="level 9 is below this model") as caught:
        sample(model=pocket.with_patch(early(9)))
    assert caught.value.input == "model"
