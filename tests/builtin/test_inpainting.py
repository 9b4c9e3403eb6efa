"""Nodes for inpainting and outpainting, with the fake backend."""

from __future__ import annotations

import numpy as np
import pytest

import nodes
from nodeflow.backends.fake import FakeBackend
from nodeflow.errors import NodeFailed
from nodeflow.node import Context
from nodeflow.raster.filling import Filling
from nodeflow.raster.shape import Border
from nodeflow.values import Image, Inpainting, Latent, Mask, Prompt
from tests.builtin.test_nodes import MODEL

GENERATOR = np.random.default_rng(3)
IMAGE = Image(GENERATOR.random((1, 64, 96, 3), np.float32), seeds=(5,))
BOX = nodes.rectangle_mask(96, 64, left=32, top=16, box_width=32, box_height=24)
LATENT = Latent(GENERATOR.standard_normal((1, 4, 8, 12), np.float32))
INSIDE = np.zeros((8, 12), bool)
INSIDE[2:5, 4:8] = True


def masked(latent: Latent) -> Inpainting:
    assert latent.inpainting is not None
    return latent.inpainting


def test_a_mask_gets_the_size_of_the_latents() -> None:
    mask = masked(nodes.set_latent_mask(LATENT, BOX)).mask
    np.testing.assert_array_equal(mask[0], INSIDE)
    half = nodes.rectangle_mask(96, 64, left=36, top=16, box_width=28, box_height=24)
    assert masked(nodes.set_latent_mask(LATENT, half)).mask[0, 3, 4] == 0.5
    small = nodes.resize_mask(BOX, 6, 4)
    assert masked(nodes.set_latent_mask(LATENT, small)).mask.shape == (1, 8, 12)
    grown = masked(nodes.set_latent_mask(LATENT, BOX, 8)).mask
    # A round brush: the corners of the larger box are not quite filled.
    assert ((grown[0] == 1).sum(), (grown[0] > 0).sum()) == (26, 30)


@pytest.mark.parametrize("seed", [0, 1])
def test_a_sampler_changes_only_what_is_masked(context: Context, seed: int) -> None:
    latent = nodes.set_latent_mask(LATENT, BOX)
    prompt = nodes.text_encode(MODEL, Prompt("a cat"), context=context)
    result = nodes.sampler(MODEL, prompt, latent, seed=seed, steps=4, context=context)
    np.testing.assert_array_equal(result.samples[0, :, ~INSIDE], LATENT.samples[0, :, ~INSIDE])
    assert (result.samples[0, :, INSIDE] != LATENT.samples[0, :, INSIDE]).all()
    again = nodes.sampler(MODEL, prompt, result, seed=9, steps=4, context=context)
    np.testing.assert_array_equal(again.samples[0, :, ~INSIDE], LATENT.samples[0, :, ~INSIDE])


def test_the_original_travels_while_noise_is_left(context: Context) -> None:
    latent = nodes.set_latent_mask(LATENT, BOX)
    prompt = nodes.text_encode(MODEL, Prompt("a cat"), context=context)
    base = nodes.sampler(MODEL, prompt, latent, steps=10, end_step=7, context=context)
    np.testing.assert_array_equal(masked(base).original, LATENT.samples)
    refined = nodes.refiner(MODEL, prompt, base, steps=10, context=context)
    np.testing.assert_array_equal(refined.samples[0, :, ~INSIDE], LATENT.samples[0, :, ~INSIDE])
    assert masked(refined).original is None


def test_nothing_can_be_kept_of_an_empty_latent() -> None:
    with pytest.raises(NodeFailed, match=r"^latent: an empty latent has nothing to keep outside the mask"):
        nodes.set_latent_mask(nodes.empty_latent(96, 64), BOX)
    with pytest.raises(NodeFailed, match=r"^mask: a batch of 2 does not go with one of 3"):
        nodes.set_latent_mask(nodes.repeat_latent(LATENT, 3), Mask(np.ones((2, 64, 96), np.float32)))


def test_encoding_keeps_the_original_under_a_filling(context: Context) -> None:
    plain = nodes.vae_encode(MODEL, IMAGE, context=context)
    filled = nodes.vae_encode_for_inpainting(MODEL, IMAGE, BOX, grow=0, filling=Filling.GREY, context=context)
    np.testing.assert_array_equal(masked(filled).original, plain.samples)
    np.testing.assert_array_equal(filled.samples[0, :3, INSIDE], 0)
    same = nodes.vae_encode_for_inpainting(MODEL, IMAGE, BOX, grow=0, context=context)
    np.testing.assert_array_equal(same.samples, plain.samples)
    assert (masked(same).original, masked(same).surroundings) == (None, None)


def test_encoding_for_a_model_for_inpainting_hides_what_is_masked(context: Context) -> None:
    told = masked(
        nodes.vae_encode_for_inpainting(MODEL, IMAGE, BOX, grow=0, for_inpaint_model=True, context=context)
    )
    plain = nodes.vae_encode(MODEL, IMAGE, context=context).samples
    assert told.surroundings is not None
    np.testing.assert_array_equal(told.surroundings[0, :3, INSIDE], 0)
    np.testing.assert_array_equal(told.surroundings[0, :, ~INSIDE], plain[0, :, ~INSIDE])


def test_one_encoding_is_enough_where_nothing_is_filled() -> None:
    backend = FakeBackend()
    context = Context("node", lambda: backend)
    nodes.vae_encode_for_inpainting(MODEL, IMAGE, BOX, context=context)
    assert backend.calls == ["encode_image"]
    with pytest.raises(NodeFailed, match=r"^keep_outside: nothing would know of the mask"):
        nodes.vae_encode_for_inpainting(MODEL, IMAGE, BOX, keep_outside=False, context=context)


@pytest.mark.parametrize("feather", [0.0, 4.0])
def test_pasting_back_leaves_unmasked_pixels_as_they_were(feather: float) -> None:
    new = Image(GENERATOR.random((2, 64, 96, 3), np.float32), seeds=(8, 9))
    pasted = nodes.paste_masked(IMAGE, new, BOX, feather)
    outside = BOX.values[0] == 0
    for pixels in pasted.pixels:
        np.testing.assert_array_equal(pixels[outside], IMAGE.pixels[0][outside])
    assert pasted.seeds == (8, 9)
    exactly_new = (pasted.pixels == new.pixels).all(axis=-1)[:, ~outside]
    assert exactly_new.all() == (feather == 0)
    with pytest.raises(NodeFailed, match=r"^inpainted: it has 48 x 32 pixels, the other 96 x 64"):
        nodes.paste_masked(IMAGE, nodes.resize_image(IMAGE, factor=0.5), BOX)


@pytest.mark.parametrize("border", Border)
def test_padding_masks_what_is_new_and_fades_into_the_picture(border: Border) -> None:
    padded, mask = nodes.pad_for_outpainting(IMAGE, right=32, top=8, feather=10, border=border)
    assert padded.size == mask.size == (72, 128)
    np.testing.assert_array_equal(padded.pixels[:, 8:, :96], IMAGE.pixels)
    values = mask.values[0]
    assert (values[:8] == 1).all()
    assert (values[:, 96:] == 1).all()
    assert (values[8 + 10 :, : 96 - 10] == 0).all()
    ramp = values[40, 96 - 10 : 97]
    assert (np.diff(ramp) > 0).all()
    hard = nodes.pad_for_outpainting(IMAGE, left=8, feather=0).mask.values[0]
    np.testing.assert_array_equal(hard, np.arange(104)[None].repeat(64, axis=0) < 8)
    with pytest.raises(NodeFailed, match=r"^right: nothing would be added"):
        nodes.pad_for_outpainting(IMAGE)


def test_a_part_can_be_cut_out_and_put_back() -> None:
    part = nodes.crop_to_mask(IMAGE, BOX, 9)
    assert (part.left, part.top, part.width, part.height) == (23, 7, 56, 48)
    np.testing.assert_array_equal(part.image.pixels, IMAGE.pixels[:, 7:55, 23:79])
    np.testing.assert_array_equal(part.mask.values, BOX.values[:, 7:55, 23:79])
    new = Image(np.zeros((1, 48, 56, 3), np.float32))
    back = nodes.composite_images(IMAGE, new, part.mask, left=part.left, top=part.top)
    np.testing.assert_array_equal(back.pixels[0][BOX.values[0] == 1], 0)
    np.testing.assert_array_equal(back.pixels[0][BOX.values[0] == 0], IMAGE.pixels[0][BOX.values[0] == 0])
    whole = nodes.crop_to_mask(IMAGE, BOX, 1000)
    assert (whole.left, whole.top, whole.image.size) == (0, 0, (64, 96))
    with pytest.raises(NodeFailed, match=r"^mask: nothing is masked\. Paint a mask"):
        nodes.crop_to_mask(IMAGE, nodes.solid_mask(0.0, 96, 64))


def test_filling_removes_what_is_masked() -> None:
    filled = nodes.fill_masked(IMAGE, BOX, Filling.SURROUNDINGS).pixels
    outside = BOX.values[0] == 0
    np.testing.assert_array_equal(filled[0][outside], IMAGE.pixels[0][outside])
    assert filled[0][~outside].std() < IMAGE.pixels[0][~outside].std() / 2


def test_differential_diffusion_needs_a_mask() -> None:
    latent = Latent(np.zeros((1, 4, 8, 8), np.float32))
    with pytest.raises(NodeFailed, match="no mask") as caught:
        nodes.differential_diffusion(latent)
    assert caught.value.input == "latent"
    masked = nodes.set_latent_mask(latent, Mask(np.ones((1, 64, 64), np.float32)))
    made = nodes.differential_diffusion(masked)
    assert made.inpainting is not None
    assert made.inpainting.differential
