"""Inpainting: as diffusers' pipeline does it, with ordinary models and with those made for it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import pytest
import torch

from nodeflow.backends.torch import TorchBackend
from nodeflow.errors import NodeFailed
from nodeflow.values import Conditioning, Image, Inpainting, Latent, ModelRecipe, Scheduler
from tests.backends.conftest import CHECKPOINTS
from tests.backends.formats import widened

pytestmark = pytest.mark.filterwarnings("ignore:__array_:DeprecationWarning")  # diffusers with numpy 2.4

PROMPT, NEGATIVE = "a red apple on a green background", "blurry"
MASK = np.zeros((1, 16, 16), np.float32)
MASK[0, 4:12, 6:14] = 1
OUTSIDE = MASK[0] == 0
SOLVERS = [Scheduler.EULER, Scheduler.EULER_ANCESTRAL, Scheduler.DPMPP_2M, Scheduler.HEUN, Scheduler.DDIM]


@pytest.fixture(scope="module")
def clean(sample: Callable[..., Latent]) -> Latent:
    """A picture of something else, as latents."""
    return Latent(sample(seed=1, steps=8).samples)


@pytest.fixture(scope="module")
def inpaint_pipeline(pipeline: Any) -> Any:
    made = diffusers.StableDiffusionXLInpaintPipeline(**pipeline.components)
    made.set_progress_bar_config(disable=True)
    return made


@pytest.fixture(scope="module")
def for_inpainting(pipeline: Any, pocket: ModelRecipe, tmp_path_factory: Any) -> ModelRecipe:
    """The bundled base with a 9-channel UNet, whose new weights are random."""
    folder = tmp_path_factory.mktemp("models") / "for_inpainting"
    shutil.copytree(pocket.path, folder, copy_function=os.symlink, ignore=shutil.ignore_patterns("unet"))
    widened(pipeline.unet).save_pretrained(folder / "unet")
    return ModelRecipe("for_inpainting", folder)


def oracle(pipeline: Any, scheduler: Scheduler, clean: Latent, strength: float, **more: Any) -> Any:
    from tests.backends.test_fidelity import set_scheduler

    set_scheduler(pipeline, scheduler)
    found = pipeline(
        PROMPT,
        image=torch.from_numpy(clean.samples.copy()),
        mask_image=torch.from_numpy(MASK.repeat(8, axis=1).repeat(8, axis=2))[None],
        strength=strength,
        negative_prompt=NEGATIVE,
        generator=torch.Generator("cpu").manual_seed(7),
        num_inference_steps=6,
        guidance_scale=5.0,
        height=128,
        width=128,
        output_type="latent",
        **more,
    ).images
    return found.numpy()


@pytest.mark.parametrize("strength", [0.7, 1.0])
@pytest.mark.parametrize("scheduler", SOLVERS)
def test_a_mask_acts_as_in_the_pipeline(
    *,
    scheduler: Scheduler,
    strength: float,
    clean: Latent,
    sample: Callable[..., Latent],
    inpaint_pipeline: Any,
) -> None:
    theirs = oracle(inpaint_pipeline, scheduler, clean, strength)
    latent = Latent(clean.samples, inpainting=Inpainting(MASK))
    ours = sample(latent=latent, scheduler=scheduler, denoise=strength).samples
    np.testing.assert_allclose(ours, theirs, atol=2e-4)
    np.testing.assert_array_equal(ours[0, :, OUTSIDE], clean.samples[0, :, OUTSIDE])
    assert np.abs(ours - clean.samples)[0, :, ~OUTSIDE].max() > 0.1


@pytest.mark.parametrize("strength", [0.7, 1.0])
def test_a_model_for_inpainting_sees_what_the_pipelines_does(
    *,
    strength: float,
    clean: Latent,
    sample: Callable[..., Latent],
    pipeline: Any,
    for_inpainting: ModelRecipe,
) -> None:
    surroundings = clean.samples * (1 - MASK)
    components = {**pipeline.components, "unet": widened(pipeline.unet)}
    wide = diffusers.StableDiffusionXLInpaintPipeline(**components)
    wide.set_progress_bar_config(disable=True)
    told = {"masked_image_latents": torch.from_numpy(surroundings.copy())}
    theirs = oracle(wide, Scheduler.EULER, clean, strength, **told)
    free = Inpainting(MASK, surroundings=surroundings, keep=False)
    ours = sample(for_inpainting, latent=Latent(clean.samples, inpainting=free), denoise=strength)
    np.testing.assert_allclose(ours.samples, theirs, atol=2e-4)
    keeping = Inpainting(MASK, surroundings=surroundings)
    kept = sample(for_inpainting, latent=Latent(clean.samples, inpainting=keeping), denoise=strength).samples
    np.testing.assert_array_equal(kept[0, :, OUTSIDE], clean.samples[0, :, OUTSIDE])
    other = Inpainting(MASK, surroundings=-surroundings, keep=False)
    changed = sample(for_inpainting, latent=Latent(clean.samples, inpainting=other), denoise=strength)
    assert np.abs(changed.samples - ours.samples).max() > 0.01


def test_the_bundled_model_for_inpainting_paints_on_from_what_lies_around(
    clean: Latent, sample: Callable[..., Latent], encode: Callable[..., Conditioning], pocket: ModelRecipe
) -> None:
    bundled = ModelRecipe("pocket-inpaint", CHECKPOINTS / "pocket-inpaint")
    blue = sample(positive=encode(pocket, "a dog on a blue background"), steps=8)
    seen = [clean.samples, blue.samples]
    painted = []
    for samples in seen:
        told = Inpainting(MASK, surroundings=samples * (1 - MASK), keep=False)
        painted.append(sample(bundled, latent=Latent(samples, inpainting=told), steps=8).samples)
    away = [[np.abs(made - around)[0, :, OUTSIDE].mean() for around in seen] for made in painted]
    assert away[0][0] < away[0][1] / 2
    assert away[1][1] < away[1][0] / 2


def test_a_model_for_inpainting_says_what_it_lacks(
    clean: Latent, sample: Callable[..., Latent], for_inpainting: ModelRecipe
) -> None:
    for latent in (clean, Latent(clean.samples, inpainting=Inpainting(MASK))):
        with pytest.raises(NodeFailed, match=r"do not tell it what is around the mask.*VAEEncodeFor"):
            sample(for_inpainting, latent=latent)


def test_a_full_mask_is_no_mask(clean: Latent, sample: Callable[..., Latent]) -> None:
    everything = Latent(clean.samples, inpainting=Inpainting(np.ones_like(MASK)))
    for scheduler in (Scheduler.EULER, Scheduler.DPMPP_2M_SDE):
        plain = sample(latent=clean, denoise=0.7, scheduler=scheduler)
        whole = sample(latent=everything, denoise=0.7, scheduler=scheduler)
        np.testing.assert_array_equal(whole.samples, plain.samples)


def test_an_empty_mask_changes_nothing(clean: Latent, sample: Callable[..., Latent]) -> None:
    nothing = Latent(clean.samples, inpainting=Inpainting(np.zeros_like(MASK)))
    np.testing.assert_array_equal(sample(latent=nothing).samples, clean.samples)


def test_a_soft_mask_changes_more_where_it_is_whiter(clean: Latent, sample: Callable[..., Latent]) -> None:
    ramp = np.broadcast_to(np.linspace(0, 1, 16, dtype=np.float32), (1, 16, 16))
    changed = sample(latent=Latent(clean.samples, inpainting=Inpainting(ramp)), denoise=0.8).samples
    by_column = np.abs(changed - clean.samples).mean(axis=(0, 1, 2))
    assert by_column[0] == 0
    assert by_column[1:6].mean() < by_column[6:11].mean() < by_column[11:].mean()


def test_each_picture_of_a_batch_equals_its_single_run(clean: Latent, sample: Callable[..., Latent]) -> None:
    masks = np.concatenate([MASK, 1 - MASK])
    both = np.concatenate([clean.samples, clean.samples * 0.5])
    batch = sample(latent=Latent(both, inpainting=Inpainting(masks)), denoise=0.7, seed=4).samples
    for index in range(2):
        alone = Latent(both[index : index + 1], inpainting=Inpainting(masks[index : index + 1]))
        single = sample(latent=alone, denoise=0.7, seed=4 + index).samples
        np.testing.assert_allclose(batch[index], single[0], atol=1e-4)


def test_a_run_in_two_parts_equals_one(clean: Latent, sample: Callable[..., Latent]) -> None:
    latent = Latent(clean.samples, inpainting=Inpainting(MASK))
    whole = sample(latent=latent).samples
    first = sample(latent=latent, end_step=4)
    assert first.handover is not None
    np.testing.assert_allclose(sample(latent=first).samples, whole, atol=1e-5)


def test_a_cancelled_run_goes_on_to_the_same_picture(
    clean: Latent, sample: Callable[..., Latent], make_monitor: Callable[..., Any]
) -> None:
    from nodeflow.errors import Cancelled

    latent = Latent(clean.samples, inpainting=Inpainting(MASK))
    whole = sample(latent=latent, scheduler=Scheduler.DPMPP_2M).samples
    counting = make_monitor()
    sample(latent=latent, scheduler=Scheduler.DPMPP_2M, monitor=counting)
    broken = make_monitor(keeps_state=True, cancel_at=counting.asked * 2 // 3)
    with pytest.raises(Cancelled):
        sample(latent=latent, scheduler=Scheduler.DPMPP_2M, monitor=broken)
    on = make_monitor(keeps_state=True, kept=broken.kept)
    np.testing.assert_array_equal(
        sample(latent=latent, scheduler=Scheduler.DPMPP_2M, monitor=on).samples, whole
    )
    assert on.resumptions


def test_the_mask_is_filled_with_what_the_prompt_says(
    backend: TorchBackend,
    pocket: ModelRecipe,
    encode: Callable[..., Any],
    sample: Callable[..., Latent],
    monitor: Any,
) -> None:
    grey = Image(np.full((1, 128, 128, 3), 0.9, np.float32))
    mask = np.zeros((1, 16, 16), np.float32)
    mask[0, 3:13, 3:13] = 1
    latent = Latent(backend.encode_image(pocket, grey, monitor).samples, inpainting=Inpainting(mask))

    def inside(prompt: str) -> Any:
        done = sample(latent=latent, positive=encode(pocket, prompt), steps=12)
        pixels = backend.decode(pocket, done, monitor).pixels[0]
        border = np.abs(pixels - grey.pixels[0])
        assert np.concatenate([border[:16], border[-16:]]).mean() < 0.05
        return pixels[32:96, 32:96].mean(axis=(0, 1))

    red, green = inside("a red apple"), inside("a green apple")
    assert red[0] - red[1] > 0.15
    assert green[1] - green[0] > 0.0
    assert red[0] - red[1] > green[0] - green[1] + 0.2


def test_a_single_file_with_nine_channels_loads(tmp_path: Path, monitor: Any) -> None:
    from tests.backends.original import original_layout, small_components, write

    parts = small_components("base")
    model = write(original_layout(parts), parts, "base", tmp_path / "narrow.safetensors")
    parts["unet"] = widened(parts["unet"])
    wide = write(original_layout(parts), parts, "base", tmp_path / "wide.safetensors")
    # Beside the file lie the JSON files of a model that is not for inpainting, as with published ones.
    shutil.rmtree(tmp_path / "wide" / "unet")
    shutil.copytree(tmp_path / "narrow" / "unet", tmp_path / "wide" / "unet")
    from nodeflow.hardware import Part

    backend = TorchBackend("cpu")
    for recipe, channels in ((model, 4), (wide, 9)):
        with backend.lease(recipe, Part.UNET) as lease:
            unet = lease[Part.UNET].module
            assert (unet.config.in_channels, unet.conv_in.weight.shape[1]) == (channels, channels)
