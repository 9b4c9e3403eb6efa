"""Pictures equal those of plain diffusers pipelines, pixel for pixel, in float32 on the CPU."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import diffusers
import numpy as np
import pytest
import torch

from nodeflow.backends.torch import TorchBackend
from nodeflow.values import Conditioning, Image, Latent, ModelRecipe, Scheduler, SizeConditioning

pytestmark = pytest.mark.filterwarnings("ignore:__array_:DeprecationWarning")  # diffusers with numpy 2.4

PROMPT, NEGATIVE = "a red apple on a green background", "blurry"

# Written down a second time on purpose: what a user of diffusers would write for each solver.
ORACLES: dict[Scheduler, tuple[str, dict[str, Any]]] = {
    Scheduler.EULER: ("EulerDiscreteScheduler", {}),
    Scheduler.EULER_ANCESTRAL: ("EulerAncestralDiscreteScheduler", {}),
    Scheduler.DPMPP_2M: ("DPMSolverMultistepScheduler", {}),
    Scheduler.DPMPP_2M_SDE: ("DPMSolverMultistepScheduler", {"algorithm_type": "sde-dpmsolver++"}),
    Scheduler.DPMPP_3M_SDE: (
        "DPMSolverMultistepScheduler",
        {"algorithm_type": "sde-dpmsolver++", "solver_order": 3},
    ),
    Scheduler.DPMPP_2S: ("DPMSolverSinglestepScheduler", {}),
    Scheduler.UNIPC: ("UniPCMultistepScheduler", {}),
    Scheduler.DEIS: ("DEISMultistepScheduler", {}),
    Scheduler.HEUN: ("HeunDiscreteScheduler", {}),
    Scheduler.KDPM2: ("KDPM2DiscreteScheduler", {}),
    Scheduler.KDPM2_ANCESTRAL: ("KDPM2AncestralDiscreteScheduler", {}),
    Scheduler.LMS: ("LMSDiscreteScheduler", {}),
    Scheduler.DDIM: ("DDIMScheduler", {"clip_sample": False, "set_alpha_to_one": False}),
    Scheduler.DDPM: ("DDPMScheduler", {"clip_sample": False}),
    Scheduler.LCM: ("LCMScheduler", {"set_alpha_to_one": False}),
    Scheduler.TCD: ("TCDScheduler", {"set_alpha_to_one": False}),
    Scheduler.DPMPP_SDE: ("DPMSolverSDEScheduler", {"noise_sampler_seed": 7}),
    Scheduler.DPMPP_3M: ("DPMSolverMultistepScheduler", {"solver_order": 3}),
    Scheduler.SA_SOLVER: ("SASolverScheduler", {}),
    Scheduler.PNDM: ("PNDMScheduler", {"skip_prk_steps": True, "set_alpha_to_one": False}),
}


def test_every_scheduler_that_diffusers_says_fits_is_offered(pipeline: Any) -> None:
    fitting = {scheduler.__name__ for scheduler in pipeline.scheduler.compatibles}
    offered = {name for name, _ in ORACLES.values()}
    assert offered >= {"LCMScheduler", "TCDScheduler", "SASolverScheduler"}
    assert fitting - offered == {"EDMEulerScheduler"}, "which is for models that see their noise otherwise"
    assert set(ORACLES) == set(Scheduler)


def set_scheduler(pipeline: Any, scheduler: Scheduler) -> None:
    name, settings = ORACLES[scheduler]
    pipeline.scheduler = getattr(diffusers, name).from_config(pipeline.scheduler.config, **settings)


def generator(seed: int = 7) -> torch.Generator:
    return torch.Generator("cpu").manual_seed(seed)


@pytest.fixture
def oracle(pipeline: Any) -> Any:
    """Run diffusers' pipeline with the defaults of `request_for`; gives 8-bit pixels."""
    config = dict(pipeline.scheduler.config)

    def run(scheduler: Scheduler = Scheduler.EULER, **arguments: Any) -> Any:
        set_scheduler(pipeline, scheduler)
        settings = {
            "negative_prompt": NEGATIVE,
            "generator": generator(),
            "num_inference_steps": 6,
            "guidance_scale": 5.0,
            "height": 128,
            "width": 128,
        }
        pictures = pipeline(PROMPT, **{**settings, **arguments}).images
        return np.stack([np.asarray(picture) for picture in pictures])

    pipeline.set_progress_bar_config(disable=True)
    yield run
    pipeline.scheduler = diffusers.EulerDiscreteScheduler.from_config(config)


@pytest.mark.filterwarnings("ignore:Should have t[ab]:UserWarning")  # of torchsde, rounding its own ends
@pytest.mark.parametrize("scheduler", Scheduler)
def test_every_scheduler_gives_the_pipelines_picture(
    scheduler: Scheduler, picture: Callable[..., Any], oracle: Callable[..., Any]
) -> None:
    ours, theirs = picture(scheduler=scheduler), oracle(scheduler)
    np.testing.assert_array_equal(ours, theirs)
    assert ours.std() > 10  # it is a picture


def test_without_guidance(picture: Callable[..., Any], oracle: Callable[..., Any]) -> None:
    np.testing.assert_array_equal(picture(guidance_scale=1.0), oracle(guidance_scale=1.0))


def test_without_a_negative_prompt(picture: Callable[..., Any], oracle: Callable[..., Any]) -> None:
    np.testing.assert_array_equal(picture(negative=None), oracle(negative_prompt=None))


def test_an_empty_negative_prompt_is_encoded(
    picture: Callable[..., Any],
    oracle: Callable[..., Any],
    encode: Callable[..., Conditioning],
    pocket: ModelRecipe,
) -> None:
    np.testing.assert_array_equal(picture(negative=encode(pocket, "")), oracle(negative_prompt=""))


def test_clip_skip(
    picture: Callable[..., Any],
    oracle: Callable[..., Any],
    encode: Callable[..., Conditioning],
    pocket: ModelRecipe,
) -> None:
    ours = picture(positive=encode(pocket, PROMPT, clip_skip=1))
    np.testing.assert_array_equal(ours, oracle(clip_skip=1))
    assert (ours != picture()).any()


def test_a_second_prompt(
    picture: Callable[..., Any],
    oracle: Callable[..., Any],
    encode: Callable[..., Conditioning],
    pocket: ModelRecipe,
) -> None:
    ours = picture(positive=encode(pocket, PROMPT, "a panda"), negative=encode(pocket, NEGATIVE, "dark"))
    np.testing.assert_array_equal(ours, oracle(prompt_2="a panda", negative_prompt_2="dark"))
    assert (ours != picture()).any()


def test_a_picture_that_is_not_square(
    picture: Callable[..., Any], oracle: Callable[..., Any], empty: Callable[..., Latent]
) -> None:
    ours = picture(latent=empty(96, 160))
    assert ours.shape == (1, 96, 160, 3)
    np.testing.assert_array_equal(ours, oracle(height=96, width=160))


def test_sizes_and_crop_act_as_in_the_pipeline(
    picture: Callable[..., Any], oracle: Callable[..., Any], request_for: Callable[..., Any]
) -> None:
    size = SizeConditioning(original=(64, 72), crop=(16, 24), target=(96, 104))
    ours = picture(positive=replace(request_for().positive, size=size))
    theirs = oracle(original_size=(64, 72), crops_coords_top_left=(16, 24), target_size=(96, 104))
    np.testing.assert_array_equal(ours, theirs)
    assert (ours != picture()).any()


def test_a_negative_can_have_sizes_of_its_own(
    picture: Callable[..., Any], oracle: Callable[..., Any], request_for: Callable[..., Any]
) -> None:
    size = SizeConditioning(original=(64, 72), crop=(16, 24), target=(96, 104))
    ours = picture(negative=replace(request_for().negative, size=size))
    theirs = oracle(
        negative_original_size=(64, 72),
        negative_crops_coords_top_left=(16, 24),
        negative_target_size=(96, 104),
    )
    np.testing.assert_array_equal(ours, theirs)


def test_the_sizes_hold_for_both_halves_without_a_negative_prompt(
    picture: Callable[..., Any], oracle: Callable[..., Any], request_for: Callable[..., Any]
) -> None:
    positive = replace(request_for().positive, size=SizeConditioning(original=(64, 72)))
    theirs = oracle(original_size=(64, 72), negative_prompt=None)
    np.testing.assert_array_equal(picture(positive=positive, negative=None), theirs)


def test_a_batch_is_close_to_the_pipelines(
    picture: Callable[..., Any], oracle: Callable[..., Any], empty: Callable[..., Latent]
) -> None:
    ours = picture(latent=empty(batch=2)).astype(int)
    theirs = oracle(num_images_per_prompt=2, generator=[generator(7), generator(8)]).astype(int)
    # Decoded one by one here and together there: the last bits of a float differ, which may turn a rounding.
    assert np.abs(ours - theirs).max() <= 1
    assert (ours[0] != ours[1]).any()


@pytest.mark.parametrize("scheduler", [Scheduler.EULER, Scheduler.DDIM, Scheduler.TCD, Scheduler.DPMPP_2S])
def test_base_and_refiner_equal_the_two_pipelines(
    *,
    scheduler: Scheduler,
    sample: Callable[..., Latent],
    picture: Callable[..., Any],
    pipeline: Any,
    refiner_pipeline: Any,
    pocket_refiner: ModelRecipe,
    oracle: Callable[..., Any],
) -> None:
    set_scheduler(pipeline, scheduler)
    set_scheduler(refiner_pipeline, scheduler)
    refiner_pipeline.set_progress_bar_config(disable=True)
    shared = {"negative_prompt": NEGATIVE, "num_inference_steps": 10, "guidance_scale": 5.0}
    half_done = pipeline(
        PROMPT,
        generator=generator(),
        height=128,
        width=128,
        denoising_end=0.8,
        output_type="latent",
        **shared,
    ).images
    refined = refiner_pipeline(
        PROMPT, image=half_done, generator=generator(), denoising_start=0.8, **shared
    ).images[0]

    end = sum(pipeline.scheduler.timesteps.tolist()[i] >= 200 for i in range(10))  # 0.2 of 1000 is left
    handed_over = sample(scheduler=scheduler, steps=10, end_step=end)
    np.testing.assert_array_equal(handed_over.samples, half_done.numpy())
    ours = picture(pocket_refiner, latent=handed_over, scheduler=scheduler, steps=10)
    np.testing.assert_array_equal(ours[0], np.asarray(refined))


@pytest.mark.parametrize("strength", [0.75, *(pytest.param(s, marks=pytest.mark.full) for s in (0.3, 1.0))])
@pytest.mark.parametrize(
    "scheduler", [Scheduler.EULER, Scheduler.DPMPP_2M_SDE, Scheduler.HEUN, Scheduler.DDIM]
)
def test_denoise_equals_the_img2img_pipelines_strength(
    scheduler: Scheduler,
    strength: float,
    sample: Callable[..., Latent],
    picture: Callable[..., Any],
    img2img_pipeline: Any,
) -> None:
    clean = sample()
    set_scheduler(img2img_pipeline, scheduler)
    img2img_pipeline.set_progress_bar_config(disable=True)
    theirs = img2img_pipeline(
        PROMPT,
        image=torch.from_numpy(clean.samples.copy()),
        strength=strength,
        negative_prompt=NEGATIVE,
        generator=generator(3),
        num_inference_steps=7,
        guidance_scale=5.0,
    ).images[0]
    ours = picture(latent=Latent(clean.samples), scheduler=scheduler, denoise=strength, steps=7, seed=3)
    np.testing.assert_array_equal(ours[0], np.asarray(theirs))


def test_the_refiner_reads_its_own_and_the_bases_prompts_alike(
    encode: Callable[..., Conditioning], pocket: ModelRecipe, pocket_refiner: ModelRecipe
) -> None:
    base, refiner = encode(pocket, PROMPT), encode(pocket_refiner, "unused", PROMPT)
    assert refiner.encoder_1 is None
    np.testing.assert_array_equal(base.encoder_2, refiner.encoder_2)
    np.testing.assert_array_equal(base.pooled, refiner.pooled)


def test_the_refiners_aesthetic_scores_act(
    picture: Callable[..., Any],
    refiner_pipeline: Any,
    sample: Callable[..., Latent],
    pocket_refiner: ModelRecipe,
) -> None:
    clean = Latent(sample().samples)
    set_scheduler(refiner_pipeline, Scheduler.EULER)
    refiner_pipeline.set_progress_bar_config(disable=True)
    theirs = refiner_pipeline(
        PROMPT,
        image=torch.from_numpy(clean.samples.copy()),
        strength=0.5,
        negative_prompt=NEGATIVE,
        generator=generator(),
        num_inference_steps=8,
        guidance_scale=5.0,
        aesthetic_score=9.0,
        negative_aesthetic_score=1.0,
    ).images[0]
    ours = picture(pocket_refiner, latent=clean, denoise=0.5, steps=8, aesthetic_scores=(9.0, 1.0))
    np.testing.assert_array_equal(ours[0], np.asarray(theirs))


def test_pictures_round_trip_through_the_vae_as_in_diffusers(
    backend: TorchBackend, pocket: ModelRecipe, pipeline: Any, monitor: Any
) -> None:
    pixels = np.random.default_rng(0).random((2, 64, 96, 3), dtype=np.float32)
    latent = backend.encode_image(pocket, Image(pixels), monitor)
    vae = pipeline.vae
    with torch.no_grad():
        for item, encoded in zip(pixels, latent.samples, strict=True):
            tensor = pipeline.image_processor.preprocess(item[None])
            mode = vae.encode(tensor).latent_dist.mode() * vae.config.scaling_factor
            np.testing.assert_array_equal(encoded[None], mode.numpy())
            decoded = vae.decode(mode.contiguous() / vae.config.scaling_factor).sample
            pixels_back = pipeline.image_processor.postprocess(decoded, output_type="np")
            ours = backend.decode(pocket, Latent(encoded[None]), monitor)
            np.testing.assert_array_equal(ours.pixels, pixels_back)
