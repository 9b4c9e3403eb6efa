"""The nodes that mix and write models, and choose their parts."""

from __future__ import annotations

from pathlib import Path

import pytest

import nodes
from nodeflow.backends.fake import FakeBackend
from nodeflow.errors import NodeFailed
from nodeflow.hardware import Dtype
from nodeflow.models import Architecture, ModelEntry, ModelKind, mark_of
from nodeflow.node import Context
from nodeflow.pictures import Delivery
from nodeflow.values import Layout, MergePatch, ModelPart, ModelRecipe, Patch, Prediction, PredictionPatch
from nodeflow.values.blocks import read_blocks
from nodes.model_merge import Existing

MODEL = ModelRecipe("test", Path("test"))


def entry(name: str, kind: ModelKind, architecture: Architecture = Architecture.SDXL) -> ModelEntry:
    return ModelEntry(name, kind, Path(name), 1, architecture, bundled=False)


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("", ()),
        ("mid: 1", (("mid", 1.0),)),
        ("in0-2: 0.25, OUT 8 = -0.5", (("in0", 0.25), ("in1", 0.25), ("in2", 0.25), ("out8", -0.5))),
        ("in: 1\nin3: 0", (*((f"in{n}", float(n != 3)) for n in (0, 1, 10, 11, 2, 3, 4, 5, 6, 7, 8, 9)),)),
    ],
)
def test_weights_of_blocks_are_read(text: str, blocks: tuple[tuple[str, float], ...]) -> None:
    assert read_blocks(text) == blocks


@pytest.mark.parametrize(
    "text", ["in0", "up3: 1", "mid2: 1", "in3-1: 1", "in12: 1", "in0: one", "mid: 1 out1: 2"]
)
def test_what_names_no_blocks_is_one_clear_line(text: str) -> None:
    with pytest.raises(NodeFailed) as caught:
        nodes.merge_checkpoints(MODEL, entry("other", ModelKind.CHECKPOINT), blocks=text)
    assert caught.value.input == "blocks"
    assert caught.value.advice


def test_a_merge_is_a_patch_of_the_parts_that_it_moves() -> None:
    other, third = entry("other", ModelKind.CHECKPOINT), entry("third", ModelKind.CHECKPOINT)
    model = nodes.merge_checkpoints(MODEL, other, weight=0.3, text_encoder_weight=0, minus=third)
    assert model.patches == (MergePatch("other", Path("other"), 0.3, 0, 0, Path("third")),)
    assert [part for part in ModelPart if model.patches_for(part)] == [ModelPart.UNET]


def test_parts_are_replaced() -> None:
    model = nodes.text_encoder_loader(MODEL, text_encoder_2=entry("big", ModelKind.TEXT_ENCODER))
    model = nodes.unet_loader(model, entry("fast", ModelKind.UNET))
    assert model.parts_for(ModelPart.TEXT_ENCODERS) == {"text_encoder_2": Path("big")}
    assert model.parts_for(ModelPart.UNET) == {"unet": Path("fast")}
    assert model.parts_for(ModelPart.VAE) == {}
    with pytest.raises(NodeFailed, match="made for SD 1"):
        nodes.unet_loader(MODEL, entry("old", ModelKind.UNET, Architecture.SD1))


def test_what_is_predicted_is_said() -> None:
    (patch,) = nodes.set_prediction(MODEL, Prediction.V_PREDICTION, zero_snr=True).patches
    assert patch == PredictionPatch(Prediction.V_PREDICTION, zero_snr=True)


@pytest.fixture
def saving(tmp_path: Path) -> Context:
    backend = FakeBackend()
    return Context("node", lambda: backend, Delivery(tmp_path, "mix"))


@pytest.fixture
def model(tmp_path: Path) -> ModelRecipe:
    file = tmp_path / "model.safetensors"
    file.write_bytes(b"weights")
    return ModelRecipe("model", file)


class Unknown(Patch):
    """One of another package's."""

    def affects(self, part: ModelPart) -> bool:
        return part is ModelPart.UNET


def written(context: Context) -> int:
    backend = context.backend
    assert isinstance(backend, FakeBackend)
    return backend.calls.count("write_model")


def other(model: ModelRecipe) -> ModelRecipe:
    return model.with_patch(PredictionPatch(Prediction.V_PREDICTION))


@pytest.mark.parametrize("layout", Layout)
def test_a_model_is_saved_under_a_name_of_its_own(
    layout: Layout, model: ModelRecipe, saving: Context, tmp_path: Path
) -> None:
    place = tmp_path / "models" / ("mix.safetensors" if layout is Layout.SAFETENSORS else "mix")
    for _ in range(2):  # the second time there is nothing to do
        nodes.save_model(model, layout=layout, context=saving)
        assert place.exists()
        assert written(saving) == 1
    for changed, dtype in ((other(model), None), (model, Dtype.FP16)):
        with pytest.raises(NodeFailed, match="exists already") as caught:
            nodes.save_model(changed, layout=layout, dtype=dtype, context=saving)
        assert caught.value.input == "filename"
        assert "set existing to number" in str(caught.value.advice)
    model.path.write_bytes(b"other weights")
    with pytest.raises(NodeFailed, match="exists already"):
        nodes.save_model(model, layout=layout, context=saving)
    assert written(saving) == 1


def test_a_number_makes_names_of_their_own(model: ModelRecipe, saving: Context, tmp_path: Path) -> None:
    for _ in range(2):
        for recipe in (model, other(model)):
            nodes.save_model(recipe, existing=Existing.NUMBER, context=saving)
    names = sorted(path.name for path in (tmp_path / "models").iterdir())
    assert names == ["mix.safetensors", "mix_2.safetensors"]
    assert written(saving) == 2


def test_files_may_be_replaced_and_folders_not(model: ModelRecipe, saving: Context, tmp_path: Path) -> None:
    file = tmp_path / "mine.safetensors"
    file.write_bytes(b"somebody's own")
    for recipe in (model, other(model), other(model)):
        nodes.save_model(recipe, "mine", existing=Existing.REPLACE, context=saving)
        assert mark_of(file)
    assert written(saving) == 2
    (tmp_path / "folder").mkdir()
    with pytest.raises(NodeFailed, match="exists already") as caught:
        nodes.save_model(model, "folder", Layout.DIFFUSERS, existing=Existing.REPLACE, context=saving)
    assert "replace" not in str(caught.value.advice)


def test_a_model_of_which_something_cannot_be_compared_is_written_anew(
    model: ModelRecipe, saving: Context
) -> None:
    unknown = model.with_patch(Unknown())
    nodes.save_model(unknown, context=saving)
    with pytest.raises(NodeFailed, match="exists already"):
        nodes.save_model(unknown, context=saving)
    nodes.save_model(unknown, existing=Existing.REPLACE, context=saving)
    assert written(saving) == 2


def test_a_model_is_saved_inside_the_output_folder_alone(saving: Context) -> None:
    with pytest.raises(NodeFailed) as caught:
        nodes.save_model(MODEL, "../escaped", context=saving)
    assert caught.value.input == "filename"
