"""The built-in nodes, called as functions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as PILImage

import nodes
from nodeflow.backends.fake import FakeBackend
from nodeflow.errors import Cancelled, NodeFailed, NodeflowError
from nodeflow.models import Architecture, ModelEntry, ModelKind
from nodeflow.node import Context
from nodeflow.prompts import Syntax, Weighting
from nodeflow.values import Conditioning, Curve, Image, Latent, LoraPatch, ModelRecipe, Prompt

MODEL = ModelRecipe("test", Path("test"))


def entry(name: str, kind: ModelKind, architecture: Architecture = Architecture.SDXL) -> ModelEntry:
    return ModelEntry(name, kind, Path(name), 1, architecture, bundled=False)


def prompt(context: Context, **options: int) -> Conditioning:
    return nodes.text_encode(MODEL, Prompt("a cat"), **options, context=context)  # type: ignore[arg-type]


def test_module_offers_all_nodes() -> None:
    assert {node.spec.type for node in vars(nodes).values() if hasattr(node, "spec")} == {
        "CheckpointLoader", "LoRALoader", "TextEncode", "EmptyLatent", "Sampler", "Refiner",
        "VAEEncode", "VAEDecode", "VAELoader", "LoadImage", "SaveImage", "PreviewImage",
        "LoadMask", "SolidColor", "ChooseImage",
        "ResizeLatent", "CropLatent", "PadLatent", "FlipLatent", "RotateLatent",
        "BatchLatents", "SelectLatents", "RepeatLatent", "BlendLatents", "CompositeLatents", "AddNoise",
        "ResizeImage", "CropImage", "PadImage", "FlipImage", "RotateImage",
        "AdjustImage", "InvertImage", "MatchColors", "BlurImage", "SharpenImage", "BlendImages",
        "CompositeImages", "BatchImages", "SelectImages", "RepeatImage", "ImageGrid", "CompareImages",
        "SolidMask", "RectangleMask", "MaskFromImage", "MaskFromThreshold", "MaskFromColor", "MaskToImage",
        "GrowMask", "FeatherMask", "InvertMask", "CombineMasks", "ResizeMask", "CropMask",
        "Text", "CompareTexts", "JoinText", "ReplaceText", "TextTemplate", "RandomLine", "ToText",
        "Integer", "Number", "Boolean", "Seed", "RandomNumber", "Calculate", "Compare", "If",
        "ImageSize", "MaskSize", "LatentSize",
        "Schedule", "Noise", "Guidance", "Solver",
        "SetLatentMask", "VAEEncodeForInpainting", "PasteMasked", "FillMasked",
        "PadForOutpainting", "CropToMask",
        "ConditioningCombine", "ConditioningConcat", "ConditioningAverage", "ConditioningZeroOut",
        "ConditioningSetArea", "ConditioningSetMask", "ConditioningSetTimestepRange",
        "FreeU", "DeepShrink", "DifferentialDiffusion",
        "TextEncoderLoader", "UNetLoader", "SetPrediction", "MergeCheckpoints", "SaveModel",
    }  # fmt: skip


def test_every_input_and_node_is_documented() -> None:
    specs = [node.spec for node in vars(nodes).values() if hasattr(node, "spec")]
    assert all(spec.summary for spec in specs)
    assert [f"{s.type}.{i.name}" for s in specs for i in s.inputs if not i.description] == []
    several = [s for s in specs if len(s.outputs) > 1]
    assert [f"{s.type}.{o.name}" for s in several for o in s.outputs if not o.description] == []


def test_checkpoint_becomes_a_recipe() -> None:
    assert nodes.checkpoint_loader(entry("base", ModelKind.CHECKPOINT)) == ModelRecipe("base", Path("base"))


def test_loras_stack_in_order() -> None:
    once = nodes.lora_loader(MODEL, entry("a", ModelKind.LORA))
    twice = nodes.lora_loader(once, entry("b", ModelKind.LORA), 0.5, -1.0)
    assert twice.patches == (LoraPatch("a", Path("a")), LoraPatch("b", Path("b"), 0.5, -1.0))
    assert MODEL.patches == ()


@pytest.mark.parametrize("other", ["SD 1", "SD 2", "SD 3", "Flux"])
def test_model_for_another_architecture_is_refused(other: str) -> None:
    (architecture,) = (one for one in Architecture if one.label == other)
    with pytest.raises(NodeFailed, match=f"lora: 'a' was made for {other}, not for SDXL") as caught:
        nodes.lora_loader(MODEL, entry("a", ModelKind.LORA, architecture))
    assert caught.value.input == "lora"


def test_a_checkpoint_of_no_known_architecture_is_refused() -> None:
    with pytest.raises(NodeFailed, match="checkpoint: 'a' is not an SDXL checkpoint"):
        nodes.checkpoint_loader(entry("a", ModelKind.CHECKPOINT, Architecture.UNKNOWN))


def test_empty_latent_is_an_eighth_of_the_picture() -> None:
    latent = nodes.empty_latent(1152, 896, 2)
    assert (latent.samples.shape, latent.empty, latent.size) == ((2, 4, 112, 144), True, (896, 1152))


def test_size_conditioning_is_height_first(context: Context) -> None:
    size = prompt(context, original_width=640, original_height=480, crop_left=3, crop_top=4).size
    assert (size.original, size.crop, size.target) == ((480, 640), (4, 3), None)


@pytest.mark.parametrize(
    ("given", "missing"), [("target_width", "target_height"), ("original_height", "original_width")]
)
def test_half_a_size_names_the_missing_half(context: Context, given: str, missing: str) -> None:
    with pytest.raises(NodeFailed, match=f"^{missing}: is needed with {given}"):
        prompt(context, **{given: 5})


def test_a_prompt_says_what_does_not_act_as_it_looks_once() -> None:
    said: list[str] = []

    class Recording(Context):
        def warn(self, message: str) -> None:
            said.append(message)

    context = Recording(backend=FakeBackend)
    nodes.text_encode(MODEL, Prompt("a (cat"), Prompt("a (dog"), context=context)
    nodes.text_encode(MODEL, Prompt("a (cat), dog"), syntax=Syntax.COMFYUI, context=context)
    assert said == ["'(' is never closed and weighs all that follows"]
    said.clear()
    nodes.text_encode(MODEL, Prompt(" ".join(f"<lora:{n}:1>" for n in range(12))), context=context)
    assert said[10:] == ["and 2 more such marks; `nodeflow prompt` shows them all"]


def test_unset_options_of_a_prompt_are_its_defaults(context: Context) -> None:
    def encoded(**options: Any) -> bytes:
        found = nodes.text_encode(MODEL, Prompt("(a:1.2)"), context=context, **options)
        return bytes(found.pooled.tobytes())

    assert encoded() == encoded(syntax=Syntax.A1111, weighting=Weighting.FROM_EMPTY)
    assert len({encoded(), encoded(syntax=Syntax.COMFYUI), encoded(weighting=Weighting.KEEP_MEAN)}) == 3


def sample(context: Context, latent: Latent, **options: object) -> Latent:
    return nodes.sampler(MODEL, prompt(context), latent, context=context, **options)  # type: ignore[arg-type]


def test_base_and_refiner_share_the_schedule(context: Context) -> None:
    latent = nodes.empty_latent(64, 64)
    whole = sample(context, latent, steps=10, seed=4)
    base = sample(context, latent, steps=10, seed=4, end_step=7)
    assert base.handover is not None
    refined = nodes.refiner(MODEL, prompt(context), base, steps=10, seed=4, context=context)
    assert refined.handover is None
    np.testing.assert_allclose(refined.samples, whole.samples, atol=1e-5)


def test_refiner_without_noise_left_says_what_to_do(context: Context) -> None:
    latent = sample(context, nodes.empty_latent(64, 64))
    with pytest.raises(NodeFailed, match=r"latent: no noise is left in these latents. Set end_step"):
        nodes.refiner(MODEL, prompt(context), latent, context=context)
    assert nodes.refiner(MODEL, prompt(context), latent, start_step=20, context=context).handover is None


def test_latents_that_are_left_noisy_are_decoded_with_a_word(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(context, "warn", told.append)
    nodes.vae_decode(MODEL, sample(context, nodes.empty_latent(64, 64)), context=context)
    assert told == []
    nodes.vae_decode(MODEL, sample(context, nodes.empty_latent(64, 64), end_step=9), context=context)
    assert ["still hold noise" in message for message in told] == [True]


def test_picture_survives_the_way_to_latents_and_back(context: Context) -> None:
    image = Image(np.full((1, 16, 24, 3), (0.25, 0.5, 0.75), np.float32))
    back = nodes.vae_decode(MODEL, nodes.vae_encode(MODEL, image, context=context), context=context)
    np.testing.assert_allclose(back.pixels, image.pixels, atol=1e-6)


def test_loaded_picture_has_its_transparency_as_mask(tmp_path: Path) -> None:
    picture = PILImage.new("RGBA", (4, 2), (255, 0, 0, 255))
    picture.putpixel((3, 1), (255, 0, 0, 0))
    picture.save(tmp_path / "a.png")
    image, mask = nodes.load_image(tmp_path / "a.png")
    np.testing.assert_array_equal(image.pixels[0, 0, 0], [1, 0, 0])
    assert (mask.values[0, 1, 3], mask.values.sum()) == (1, 1)


def test_saved_picture_is_what_came_and_is_reported(tmp_path: Path) -> None:
    saved: list[Path] = []

    class Recording(Context):
        def saved(self, path: Path) -> None:
            saved.append(path)

    image = Image(np.full((2, 8, 8, 3), 0.5, np.float32), seeds=(7, 8))
    from nodeflow.pictures import Delivery

    context = Recording("save", delivery=Delivery(tmp_path))
    assert nodes.save_image(image, "{node}_{seed}", context=context) is image
    assert [path.name for path in saved] == ["save_7.png", "save_8.png"]
    with PILImage.open(saved[0]) as picture:
        assert picture.getpixel((0, 0)) == (128, 128, 128)


def test_saving_many_pictures_stops_behind_the_one_at_hand(tmp_path: Path) -> None:
    saved: list[Path] = []

    class Impatient(Context):
        def saved(self, path: Path) -> None:
            saved.append(path)

        def raise_if_cancelled(self) -> None:
            if len(saved) == 2:
                raise Cancelled

    from nodeflow.pictures import Delivery

    context = Impatient("save", delivery=Delivery(tmp_path))
    with pytest.raises(Cancelled):
        nodes.save_image(Image(np.zeros((5, 8, 8, 3), np.float32)), "{index}", context=context)
    assert sorted(tmp_path.iterdir()) == saved


def test_bad_file_name_is_a_fault_of_that_input(context: Context) -> None:
    with pytest.raises(NodeflowError) as caught:
        nodes.save_image(Image(np.zeros((1, 8, 8, 3), np.float32)), "{nonsense}", context=context)
    assert caught.value.input == "filename"


def test_preview_passes_the_picture_on() -> None:
    image = Image(np.zeros((1, 8, 8, 3), np.float32))
    assert nodes.preview_image(image) is image


@pytest.mark.parametrize("denoiser", [nodes.sampler, nodes.refiner])
def test_a_guidance_curve_takes_the_place_of_the_scale(context: Context, denoiser: Any) -> None:
    latent = Latent(np.zeros((1, 4, 2, 2), np.float32))
    start = {"start_step": 0} if denoiser is nodes.refiner else {}

    def samples(**options: Any) -> bytes:
        found = denoiser(MODEL, prompt(context), latent, context=context, steps=4, **start, **options)
        return bytes(found.samples.tobytes())

    level = samples(guidance_scale=9.0, guidance_curve=Curve.constant(5.0))
    assert level == samples(guidance_scale=5.0)
    assert level != samples(guidance_scale=5.0, guidance_curve=Curve(((0, 5), (1, 4))))


def mask_file(folder: Path, size: tuple[int, int]) -> Path:
    """A mask, white in its left half; width and height in pixels."""
    values = np.zeros(size[::-1], np.uint8)
    values[:, : size[0] // 2] = 255
    PILImage.fromarray(values).save(folder / "mask.png")
    return folder / "mask.png"


def test_a_mask_is_scaled_to_the_picture(tmp_path: Path) -> None:
    image = Image(np.zeros((2, 16, 64, 3), np.float32))
    for size in ((64, 16), (32, 8), (128, 64)):
        values = nodes.load_mask(mask_file(tmp_path, size), image).values
        assert values.shape == (1, 16, 64)
        assert values[..., :30].min() == 1
        assert values[..., 34:].max() == 0
    assert nodes.load_mask(mask_file(tmp_path, (8, 24))).values.shape == (1, 24, 8)


def test_without_a_file_nothing_is_masked() -> None:
    values = nodes.load_mask(None, Image(np.ones((2, 16, 64, 3), np.float32))).values
    assert values.shape == (1, 16, 64)
    assert not values.any()
    with pytest.raises(
        NodeFailed, match=r"file: there is no mask\. Choose a file, or link a picture to image"
    ):
        nodes.load_mask()


def test_a_solid_colour_fills_the_picture() -> None:
    pixels = nodes.solid_color("#Ff8000", 128, 64, 2).pixels
    assert pixels.shape == (2, 64, 128, 3)
    assert (pixels == np.array([1, 128 / 255, 0], np.float32)).all()
