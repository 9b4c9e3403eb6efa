"""What a model says of itself, and parts of it that lie elsewhere."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from nodeflow.backends.torch.converting import write_model
from nodeflow.backends.torch.layouts import to_original
from nodeflow.backends.torch.part_weights import part_weights, weight_files
from nodeflow.backends.torch.source import locate
from nodeflow.errors import MissingFile, NodeFailed
from nodeflow.hardware import Dtype, Part
from nodeflow.values import (
    Conditioning,
    Layout,
    LoraPatch,
    MergePatch,
    ModelRecipe,
    Prediction,
    PredictionPatch,
    Scheduler,
)

pytestmark = pytest.mark.filterwarnings("ignore:__array_:DeprecationWarning")  # diffusers with numpy 2.4

PROMPT = "a red apple on a green background"
VELOCITY = {
    "prediction_type": "v_prediction",
    "rescale_betas_zero_snr": True,
    "timestep_spacing": "trailing",
}


@pytest.fixture(scope="module")
def single(pocket: ModelRecipe, tmp_path_factory: pytest.TempPathFactory) -> ModelRecipe:
    """The bundled model as a single file."""
    file = tmp_path_factory.mktemp("single") / "single.safetensors"
    write_model(pocket, file, Layout.SAFETENSORS)
    return ModelRecipe("single", file)


@pytest.fixture
def marked(single: ModelRecipe, tmp_path: Path) -> Callable[..., ModelRecipe]:
    """The single file with marks of some kind."""

    def make(*marks: str, **metadata: str) -> ModelRecipe:
        file = tmp_path / "marked.safetensors"
        shutil.copytree(single.path.with_suffix(""), file.with_suffix(""))
        weights = {**load_file(single.path), **{mark: torch.zeros(0) for mark in marks}}
        save_file(weights, file, {f"modelspec.{key}": value for key, value in metadata.items()})
        return ModelRecipe("marked", file)

    return make


def velocity_picture(pipeline: Any) -> Any:
    """What diffusers' own pipeline makes of the bundled model as if it predicted velocity."""
    usual = pipeline.scheduler
    pipeline.set_progress_bar_config(disable=True)
    try:
        pipeline.scheduler = diffusers.EulerDiscreteScheduler.from_config(usual.config, **VELOCITY)
        generator = torch.Generator("cpu").manual_seed(7)
        options = {"num_inference_steps": 4, "guidance_scale": 5.0, "height": 128, "width": 128}
        found = pipeline(PROMPT, negative_prompt="blurry", generator=generator, **options).images[0]
    finally:
        pipeline.scheduler = usual
    return np.asarray(found)


def test_marks_of_velocity_and_zero_snr_give_the_pipelines_picture(
    marked: Callable[..., ModelRecipe], pipeline: Any, picture: Callable[..., Any], pocket: ModelRecipe
) -> None:
    theirs = velocity_picture(pipeline)
    np.testing.assert_array_equal(picture(marked("v_pred", "ztsnr"), steps=4)[0], theirs)
    patch = PredictionPatch(Prediction.V_PREDICTION, zero_snr=True)
    np.testing.assert_array_equal(picture(pocket.with_patch(patch), steps=4)[0], theirs)
    assert (picture(steps=4)[0] != theirs).any()


@pytest.mark.parametrize(
    ("marks", "metadata", "expected"),
    [
        (("v_pred",), {}, {"prediction_type": "v_prediction", "timestep_spacing": "leading"}),
        ((), {"prediction_type": "v"}, {"prediction_type": "v_prediction"}),
        ((), {"prediction_type": "epsilon"}, {"prediction_type": "epsilon"}),
        (("v_pred", "ztsnr"), {}, VELOCITY),
    ],
)
def test_marks_are_read(
    marks: tuple[str, ...],
    metadata: dict[str, str],
    expected: dict[str, Any],
    marked: Callable[..., ModelRecipe],
) -> None:
    assert locate(marked(*marks, **metadata).path).scheduler.items() >= expected.items()


def test_marks_survive_both_layouts(marked: Callable[..., ModelRecipe], tmp_path: Path) -> None:
    write_model(marked("v_pred", "ztsnr"), tmp_path / "folder", Layout.DIFFUSERS)
    assert locate(tmp_path / "folder").scheduler.items() >= VELOCITY.items()
    again = tmp_path / "again.safetensors"
    write_model(ModelRecipe("folder", tmp_path / "folder"), again, Layout.SAFETENSORS)
    assert {"v_pred", "ztsnr"} <= load_file(again).keys()


def test_noise_of_another_kind_is_refused(marked: Callable[..., ModelRecipe]) -> None:
    with pytest.raises(NodeFailed, match=r"another kind of noise \(edm_mean\)"):
        locate(marked("edm_mean", "edm_std").path)


@pytest.mark.parametrize("layout", ["folder", "single file"])
def test_a_unet_that_is_told_the_guidance_scale_gives_the_pipelines_picture(
    layout: str, pocket: ModelRecipe, pipeline: Any, picture: Callable[..., Any], tmp_path: Path
) -> None:
    """A consistency model: its weights show it, and the prompt is predicted alone."""
    folder = tmp_path / "lcm"
    shutil.copytree(pocket.path, folder)
    config = diffusers.UNet2DConditionModel.load_config(folder / "unet")
    torch.manual_seed(0)
    unet = diffusers.UNet2DConditionModel.from_config(config, time_cond_proj_dim=33)
    usual = load_file(folder / "unet" / "diffusion_pytorch_model.safetensors")
    unet.load_state_dict({name: tensor.float() for name, tensor in usual.items()}, strict=False)
    unet.save_pretrained(folder / "unet")
    model = ModelRecipe("lcm", folder)
    if layout == "single file":
        model = ModelRecipe("lcm", tmp_path / "lcm.safetensors")
        source = ModelRecipe("source", folder.rename(tmp_path / "source"))
        write_model(source, model.path, Layout.SAFETENSORS)
    components = {**pipeline.components, "unet": unet.eval()}
    components["scheduler"] = diffusers.LCMScheduler.from_config(pipeline.scheduler.config)
    theirs = diffusers.StableDiffusionXLPipeline(**components)
    theirs.set_progress_bar_config(disable=True)
    generator = torch.Generator("cpu").manual_seed(7)
    options = {"num_inference_steps": 2, "guidance_scale": 8.0, "height": 128, "width": 128}
    expected = np.asarray(theirs(PROMPT, generator=generator, **options).images[0])
    ours = picture(model, steps=2, guidance_scale=8.0, scheduler=Scheduler.LCM, negative=None)[0]
    np.testing.assert_array_equal(ours, expected)


def alone(pocket: ModelRecipe, part: Part, layout: str, folder: Path) -> Path:
    """One part of the bundled model by itself, described beside it."""
    place = locate(pocket.path).place(part)
    if layout == "folder":
        return Path(shutil.copytree(place, folder / "alone"))
    (folder / "alone").mkdir()
    shutil.copy(place / "config.json", folder / "alone")
    weights = part_weights(place, part)
    if layout == "original":
        weights = {
            name.split("model.", 1)[1] if part is not Part.UNET else name: weight
            for name, weight in to_original(part, weights).items()
        }
    file = folder / "alone.safetensors"
    save_file({name: weight.value().contiguous() for name, weight in weights.items()}, file)
    return file


@pytest.mark.parametrize("layout", ["folder", "diffusers", "original"])
@pytest.mark.parametrize("part", [Part.TEXT_ENCODER, Part.TEXT_ENCODER_2, Part.UNET])
def test_a_part_by_itself_is_what_it_was_in_its_model(
    *,
    layout: str,
    part: Part,
    pocket: ModelRecipe,
    pocket_refiner: ModelRecipe,
    encode: Callable[..., Conditioning],
    sample: Callable[..., Any],
    tmp_path: Path,
) -> None:
    place = alone(pocket, part, layout, tmp_path)
    model = pocket.with_part(part.value, place)
    if part is Part.UNET:
        np.testing.assert_array_equal(sample(model, steps=1).samples, sample(steps=1).samples)
        return
    ours, theirs = encode(model, PROMPT), encode(pocket, PROMPT)
    assert ours.encoder_1 is not None
    assert theirs.encoder_1 is not None
    np.testing.assert_array_equal(ours.encoder_1, theirs.encoder_1)
    np.testing.assert_array_equal(ours.encoder_2, theirs.encoder_2)
    np.testing.assert_array_equal(ours.pooled, theirs.pooled)


def test_another_encoder_changes_what_is_encoded(
    pocket: ModelRecipe, encode: Callable[..., Conditioning], tmp_path: Path
) -> None:
    place = alone(pocket, Part.TEXT_ENCODER, "folder", tmp_path)
    file = place / "model.safetensors"
    save_file({name: tensor * 1.1 for name, tensor in load_file(file).items()}, file)
    ours, theirs = encode(pocket.with_part("text_encoder", place), PROMPT), encode(pocket, PROMPT)
    assert ours.encoder_1 is not None
    assert theirs.encoder_1 is not None
    assert abs(ours.encoder_1 - theirs.encoder_1).max() > 0
    np.testing.assert_array_equal(ours.encoder_2, theirs.encoder_2)


def test_a_missing_part_is_named(pocket: ModelRecipe, tmp_path: Path) -> None:
    from nodeflow.backends.torch.source import locate_model

    with pytest.raises(MissingFile, match="there is no text encoder 2 at"):
        locate_model(pocket.with_part("text_encoder_2", tmp_path / "nowhere.safetensors"))


def test_a_merge_samples_as_the_file_that_it_becomes(
    *,
    pocket: ModelRecipe,
    lora: Callable[..., LoraPatch],
    sample: Callable[..., Any],
    encode: Callable[..., Conditioning],
    tmp_path: Path,
) -> None:
    write_model(pocket.with_patch(lora("flat")), tmp_path / "other", Layout.DIFFUSERS)
    merge = pocket.with_patch(MergePatch("other", tmp_path / "other", 0.7, blocks=(("mid", 0.0),)))
    merge = merge.with_patch(lora("high-contrast", 0.5))
    write_model(merge, tmp_path / "merged", Layout.DIFFUSERS, dtype=Dtype.FP32)
    ours, theirs = (
        sample(model, steps=2).samples for model in (merge, ModelRecipe("m", tmp_path / "merged"))
    )
    np.testing.assert_allclose(ours, theirs, atol=2e-4)
    assert abs(ours - sample(steps=2).samples).max() > 0.05
    np.testing.assert_array_equal(encode(merge, PROMPT).encoder_2, encode(pocket, PROMPT).encoder_2)


def test_of_several_variants_the_fullest_is_read_and_never_a_pickle(tmp_path: Path) -> None:
    def having(*names: str) -> list[str]:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        for name in names:
            (folder / name).touch()
        return [file.name for file in weight_files(folder)]

    whole, half = "diffusion_pytorch_model.safetensors", "diffusion_pytorch_model.fp16.safetensors"
    assert having(whole, half, "diffusion_pytorch_model.bin") == [whole]
    assert having(half, "diffusion_pytorch_model.bin", "diffusion_pytorch_model.non_ema.safetensors") == [
        half
    ]
    with pytest.raises(MissingFile, match="holds pickles, which are not opened"):
        having("model.bin", "pytorch_model.bin", "readme.safetensors")
    with pytest.raises(MissingFile, match="holds no weights"):
        having("readme.safetensors")
    shards = [f"model-0000{n}-of-00002.safetensors" for n in (1, 2)]
    assert having(*shards) == shards
    halves = [f"model.fp16-0000{n}-of-00002.safetensors" for n in (1, 2)]
    assert having(*halves, *shards) == shards
    assert having(*halves) == halves
    late = [f"model-0000{n}-of-00002.fp16.safetensors" for n in (1, 2)]
    assert having(*late) == late
