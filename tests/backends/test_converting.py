"""Models written in another layout, precision or with something merged in, and read again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from nodeflow.backends import PromptRequest, SampleRequest
from nodeflow.backends.torch import TorchBackend
from nodeflow.backends.torch.converting import write_model, write_tensors
from nodeflow.backends.torch.part_weights import part_weights
from nodeflow.backends.torch.source import locate
from nodeflow.errors import MissingFile, NodeFailed
from nodeflow.hardware import Dtype, Part
from nodeflow.models import mark_of
from nodeflow.values import (
    Latent,
    Layout,
    LoraPatch,
    MergePatch,
    ModelRecipe,
    Prediction,
    PredictionPatch,
    Scheduler,
)
from tests.backends.original import original_layout, small_components, write

pytestmark = pytest.mark.filterwarnings("ignore:__array_:DeprecationWarning")  # diffusers with numpy 2.4

Tensors = dict[str, torch.Tensor]
PARTS = [part for part in Part if part.has_weights]


def tensors_of(path: Path) -> Tensors:
    """All weights of a model, by part and diffusers' names."""
    found: Tensors = {}
    for part, place in locate(path).places.items():
        if part.has_weights:
            found |= {f"{part}/{name}": weight.value() for name, weight in part_weights(place, part).items()}
    return found


def assert_same(ours: Tensors, theirs: Tensors) -> None:
    assert ours.keys() == theirs.keys()
    for name, tensor in ours.items():
        assert tensor.dtype is theirs[name].dtype
        assert torch.equal(tensor, theirs[name]), name


@pytest.fixture(scope="module", params=["pocket", "pocket-refiner", "inpaint"])
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> ModelRecipe:
    """The bundled models, and one for inpainting made from the first."""
    folder = Path(__file__).parents[2] / "nodeflow" / "bundled" / "models" / "checkpoints"
    if request.param != "inpaint":
        return ModelRecipe(request.param, folder / request.param)
    copy = tmp_path_factory.mktemp("models") / "inpaint"
    shutil.copytree(folder / "pocket", copy)
    file = copy / "unet" / "diffusion_pytorch_model.safetensors"
    weights = load_file(file)
    weights["conv_in.weight"] = weights["conv_in.weight"].repeat(1, 3, 1, 1)[:, :9].contiguous()
    save_file(weights, file)
    config = json.loads((copy / "unet" / "config.json").read_text())
    (copy / "unet" / "config.json").write_text(json.dumps({**config, "in_channels": 9}))
    return ModelRecipe("inpaint", copy)


def test_a_round_trip_through_all_layouts_gives_the_same_tensors(model: ModelRecipe, tmp_path: Path) -> None:
    before = tensors_of(model.path)
    single, folder, again = tmp_path / "a.safetensors", tmp_path / "b", tmp_path / "c.safetensors"
    write_model(model, single, Layout.SAFETENSORS)
    assert_same(tensors_of(single), before)
    write_model(ModelRecipe("a", single), folder, Layout.DIFFUSERS)
    assert_same(tensors_of(folder), before)
    write_model(ModelRecipe("b", folder), again, Layout.SAFETENSORS)
    assert load_file(again).keys() == load_file(single).keys()
    assert_same(tensors_of(again), before)
    assert locate(folder).scheduler == locate(model.path).scheduler == locate(single).scheduler
    assert locate(folder).is_refiner is locate(single).is_refiner is locate(model.path).is_refiner


@pytest.mark.parametrize("layout", Layout)
def test_what_a_model_was_said_to_predict_is_written_too(
    layout: Layout, pocket: ModelRecipe, tmp_path: Path
) -> None:
    target = tmp_path / ("x.safetensors" if layout is Layout.SAFETENSORS else "x")
    said = PredictionPatch(Prediction.V_PREDICTION, zero_snr=True)
    write_model(pocket.with_patch(said), target, layout)
    found = locate(target).scheduler
    assert (found["prediction_type"], found["rescale_betas_zero_snr"]) == ("v_prediction", True)
    assert found["timestep_spacing"] == "trailing"


@pytest.mark.parametrize("layout", Layout)
def test_a_mark_is_found_again_and_not_passed_on(layout: Layout, pocket: ModelRecipe, tmp_path: Path) -> None:
    marked, plain = tmp_path / "marked.safetensors", tmp_path / "plain.safetensors"
    target = marked if layout is Layout.SAFETENSORS else tmp_path / "marked"
    write_model(pocket, target, layout, mark="mine")
    assert mark_of(target) == "mine"
    write_model(ModelRecipe("marked", target), plain, Layout.SAFETENSORS)
    assert mark_of(plain) == ""


def test_a_file_is_replaced_where_its_description_fits(pocket: ModelRecipe, tmp_path: Path) -> None:
    """A model of another size than SDXL's has a folder beside its file."""
    target = tmp_path / "small.safetensors"
    for mark in ("first", "second"):
        write_model(pocket, target, Layout.SAFETENSORS, mark=mark)
    assert mark_of(target) == "second"
    (tmp_path / "small" / "notes.txt").write_text("mine", "utf-8")
    with pytest.raises(MissingFile, match="small is in the way"):
        write_model(pocket, target, Layout.SAFETENSORS, mark="third")
    assert mark_of(target) == "second"


def picture(backend: TorchBackend, model: ModelRecipe, monitor: Any) -> Any:
    """Half of a picture's noise away: any model's."""
    prompt = backend.encode_text(model, PromptRequest("a red apple"), monitor)
    latent = Latent(np.zeros((1, 4, 8, 8), np.float32))
    request = SampleRequest(latent, prompt, None, 1, 4, 3.0, Scheduler.EULER, denoise=0.5)
    return backend.decode(model, backend.sample(model, request, monitor), monitor).pixels


QUICK = (("pocket", ".ckpt"), ("pocket-refiner", ".safetensors"))


@pytest.mark.parametrize(
    ("name", "layout"),
    [
        pytest.param(*case, marks=() if case in QUICK else pytest.mark.full)
        for case in product(("pocket", "pocket-refiner"), (".safetensors", ".ckpt", "folder"))
    ],
)
def test_the_picture_stays_the_same(
    *,
    layout: str,
    name: str,
    request: pytest.FixtureRequest,
    backend: TorchBackend,
    tmp_path: Path,
    monitor: Any,
) -> None:
    model: ModelRecipe = request.getfixturevalue(name.replace("-", "_"))
    path = tmp_path / ("copy" if layout == "folder" else "copy.safetensors")
    write_model(model, path, Layout.DIFFUSERS if layout == "folder" else Layout.SAFETENSORS)
    if layout == ".ckpt":
        torch.save({"state_dict": load_file(path)}, path.with_suffix(".ckpt"))
        path.unlink()
        path = path.with_suffix(".ckpt")
    expected = picture(backend, model, monitor)
    np.testing.assert_array_equal(picture(backend, ModelRecipe("copy", path), monitor), expected)
    assert expected.std() > 0


SPARE = {
    "conditioner.embedders.0.transformer.text_model.embeddings.position_ids": torch.arange(77)[None],
    "conditioner.embedders.1.model.logit_scale": torch.tensor(4.6052),
}
"""What published files hold beside the weights, and no picture depends on."""


def test_a_pickle_becomes_a_safetensors_file_and_keeps_all_it_holds(tmp_path: Path) -> None:
    components = small_components("base")
    weights = original_layout(components) | SPARE
    old = write(weights, components, "base", tmp_path / "old.ckpt")
    new, folder, again = tmp_path / "new.safetensors", tmp_path / "folder", tmp_path / "again.safetensors"
    write_model(old, new, Layout.SAFETENSORS)
    assert_same(load_file(new), weights)
    write_model(ModelRecipe("new", new), folder, Layout.DIFFUSERS)
    write_model(ModelRecipe("folder", folder), again, Layout.SAFETENSORS)
    assert_same(load_file(again), weights)


def test_what_counts_up_is_not_merged(tmp_path: Path) -> None:
    components = small_components("base")
    model = write(original_layout(components) | SPARE, components, "base", tmp_path / "model.safetensors")
    merge(model, tmp_path / "merged.safetensors", MergePatch("model", model.path))
    merged = load_file(tmp_path / "merged.safetensors")
    for name, tensor in SPARE.items():
        torch.testing.assert_close(merged[name], tensor)


def test_sdxls_own_size_needs_no_folder_beside_it(tmp_path: Path, pocket: ModelRecipe) -> None:
    """What differs is described; what is SDXL's is not. The bundled configs are SDXL's."""
    from nodeflow.backends.torch.describing import own_descriptions
    from nodeflow.backends.torch.source import own_config

    source = locate(pocket.path)
    assert own_descriptions(source)
    folder = own_config(refiner=False)
    configs = {part: folder / part for part in source.configs}
    (usual,) = [json.loads((folder / "scheduler" / "scheduler_config.json").read_text())]
    same = type(source)(folder, source.index, configs, source.places, usual, wants_aesthetics=False)
    assert own_descriptions(same) == {}


@pytest.mark.parametrize(
    ("dtype", "error"),
    [
        ("fp8", 0.0625),
        *(
            pytest.param(*case, marks=pytest.mark.full)
            for case in (("fp32", 0), ("bf16", 0.004), ("fp16", 0))
        ),
    ],
)
def test_another_precision(dtype: str, error: float, pocket: ModelRecipe, tmp_path: Path) -> None:
    """The bundled model is in fp16; 8 and 4 bits of mantissa round by 2⁻⁸ and 2⁻⁴ at most."""
    file = tmp_path / "other.safetensors"
    write_model(pocket, file, Layout.SAFETENSORS, dtype=Dtype(dtype))
    before, after = tensors_of(pocket.path), tensors_of(file)
    for name, tensor in before.items():
        small = 2.0**-9 if dtype == "fp8" else 0  # below, fp8 has no relative precision
        torch.testing.assert_close(after[name].float(), tensor.float(), rtol=error, atol=small)
    size = sum(tensor.nbytes for tensor in after.values()) / sum(tensor.nbytes for tensor in before.values())
    assert size == {"fp32": 2, "fp8": pytest.approx(0.57, abs=0.1)}.get(dtype, 1)


def test_a_file_in_8_bits_renders_nearly_the_same(
    pocket: ModelRecipe, backend: TorchBackend, tmp_path: Path, monitor: Any
) -> None:
    file = tmp_path / "small.safetensors"
    write_model(pocket, file, Layout.SAFETENSORS, dtype=Dtype.FP8)
    difference = picture(backend, ModelRecipe("small", file), monitor) - picture(backend, pocket, monitor)
    assert 0 < abs(difference).mean() < 0.02


def test_a_scaled_file_in_8_bits_is_scaled_back(tmp_path: Path) -> None:
    weight = torch.randn(8, 8)
    scale = weight.abs().max() / 448
    stored = {
        "conv_in.weight": (weight / scale).to(torch.float8_e4m3fn),
        "conv_in.scale_weight": scale,
        "scaled_fp8": torch.zeros(0),
    }
    save_file(stored, tmp_path / "unet.safetensors")
    (found,) = part_weights(tmp_path / "unet.safetensors", Part.UNET).values()
    torch.testing.assert_close(found.value(), weight, rtol=0.0625, atol=float(scale) * 2**-6)


def test_another_vae_is_written_in_place(pocket: ModelRecipe, tmp_path: Path) -> None:
    vae = load_file(pocket.path / "vae" / "diffusion_pytorch_model.safetensors")
    (tmp_path / "other").mkdir()
    shutil.copy(pocket.path / "vae" / "config.json", tmp_path / "other")
    save_file({name: tensor * 2 for name, tensor in vae.items()}, tmp_path / "other.safetensors")
    file = tmp_path / "model.safetensors"
    write_model(pocket.with_vae(tmp_path / "other.safetensors"), file, Layout.SAFETENSORS)
    before, after = tensors_of(pocket.path), tensors_of(file)
    for name, tensor in before.items():
        assert torch.equal(after[name], tensor * 2 if name.startswith("vae/") else tensor)


def merge(model: ModelRecipe, file: Path, *patches: LoraPatch | MergePatch) -> Tensors:
    for patch in patches:
        model = model.with_patch(patch)
    write_model(model, file, Layout.SAFETENSORS, dtype=Dtype.FP32)
    return tensors_of(file)


@pytest.mark.full
def test_a_merged_lora_gives_the_picture_of_one_put_on(
    pocket: ModelRecipe, backend: TorchBackend, lora: Callable[..., LoraPatch], tmp_path: Path, monitor: Any
) -> None:
    patch = lora("high-contrast", 0.7)
    merge(pocket, tmp_path / "merged.safetensors", patch)
    ours = picture(backend, ModelRecipe("merged", tmp_path / "merged.safetensors"), monitor)
    np.testing.assert_allclose(ours, picture(backend, pocket.with_patch(patch), monitor), atol=2e-4)
    assert abs(ours - picture(backend, pocket, monitor)).max() > 0.01


@pytest.fixture
def other(pocket: ModelRecipe, tmp_path: Path, lora: Callable[..., LoraPatch]) -> ModelRecipe:
    """Another checkpoint of the same size: pocket with a LoRA merged in."""
    merge(pocket, tmp_path / "other.safetensors", lora("flat"))
    return ModelRecipe("other", tmp_path / "other.safetensors")


def test_a_weighted_sum(pocket: ModelRecipe, other: ModelRecipe, tmp_path: Path) -> None:
    ours = merge(pocket, tmp_path / "sum.safetensors", MergePatch("other", other.path, 0.3, 0.0))
    one, two = tensors_of(pocket.path), tensors_of(other.path)
    for name, tensor in ours.items():
        share = 0.3 if name.startswith("unet/") else 0
        torch.testing.assert_close(tensor, one[name].float() * (1 - share) + two[name].float() * share)


@pytest.mark.full
def test_an_added_difference(pocket: ModelRecipe, other: ModelRecipe, tmp_path: Path) -> None:
    """What another learned since a third: of itself since itself, nothing; since pocket, all of it."""
    nothing = MergePatch("other", other.path, 1.0, 1.0, minus=other.path)
    ours = merge(pocket, tmp_path / "nothing.safetensors", nothing)
    before = {name: tensor.float() for name, tensor in tensors_of(pocket.path).items()}
    assert_same(ours, before)
    twice = MergePatch("other", other.path, 1.0, 1.0, minus=pocket.path)
    ours = merge(other, tmp_path / "twice.safetensors", twice)
    for name, tensor in tensors_of(other.path).items():
        torch.testing.assert_close(ours[name], 2 * tensor - before[name])


def test_shares_for_each_block(pocket: ModelRecipe, other: ModelRecipe, tmp_path: Path) -> None:
    patch = MergePatch("other", other.path, 0.0, 0.0, blocks=(("mid", 1.0), ("out1", 0.5)))
    ours = merge(pocket, tmp_path / "blocks.safetensors", patch)
    one, two = tensors_of(pocket.path), tensors_of(other.path)
    changed = set()
    for name, tensor in ours.items():
        # Pocket has one residual block a level going down, so two going up: out1 is the second of the first.
        block = "mid" if "/mid_block" in name else "out1" if "/up_blocks.0" in name and ".1." in name else ""
        share = {"mid": 1.0, "out1": 0.5}.get(block, 0.0)
        if not torch.equal(tensor, one[name].float()):
            changed.add(block)
        if "upsamplers" not in name:
            torch.testing.assert_close(tensor, one[name].float() * (1 - share) + two[name].float() * share)
    assert changed == {"mid", "out1"}


def test_a_checkpoint_of_another_size_is_refused(pocket: ModelRecipe, tmp_path: Path) -> None:
    components = small_components("base")
    small = write(original_layout(components), components, "base", tmp_path / "small.safetensors")
    with pytest.raises(NodeFailed, match="'small' cannot be merged: its"):
        merge(pocket, tmp_path / "out.safetensors", MergePatch("small", small.path))
    assert not (tmp_path / "out.safetensors").exists()


@pytest.mark.parametrize("layout", Layout)
def test_what_breaks_off_leaves_nothing(layout: Layout, pocket: ModelRecipe, tmp_path: Path) -> None:
    def stop(done: int, total: int) -> None:
        if done > total / 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_model(pocket, tmp_path / "x.safetensors", layout, progress=stop)
    assert not list(tmp_path.iterdir())


def test_progress_ends_at_the_whole(pocket: ModelRecipe, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    write_model(pocket, tmp_path / "x", Layout.DIFFUSERS, progress=lambda *step: told.append(step))
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1] > 4e7


def test_a_full_disk_is_told_before_anything_is_written(
    pocket: ModelRecipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(1, 1, 1000))
    with pytest.raises(MissingFile, match=r"only 0\.0 GB are free"):
        write_model(pocket, tmp_path / "x.safetensors", Layout.SAFETENSORS)
    assert not list(tmp_path.iterdir())


def test_tensors_of_any_file_keep_their_names(tmp_path: Path) -> None:
    torch.save({"lora_unet_a.alpha": torch.tensor(4.0), "b": torch.ones(2, 3).half()}, tmp_path / "x.pt")
    write_tensors(tmp_path / "x.pt", tmp_path / "x.safetensors")
    found = load_file(tmp_path / "x.safetensors")
    assert found["lora_unet_a.alpha"] == 4
    assert found["b"].dtype is torch.float16
