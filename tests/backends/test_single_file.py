"""Single files in SDXL's original layout, written here from small random models of the same topology."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import pytest
import torch
import transformers
from safetensors.torch import save_file

from nodeflow.backends.torch import TorchBackend, part_weights
from nodeflow.backends.torch.headers import read_part
from nodeflow.backends.torch.source import locate
from nodeflow.errors import MissingFile, NodeFailed, NodeflowError
from nodeflow.hardware import Part
from nodeflow.values import Latent, ModelRecipe
from tests.backends.formats import diffusers_picture, our_picture
from tests.backends.original import (
    BUNDLED,
    Weights,
    original_layout,
    small_components,
    write,
)

pytestmark = pytest.mark.filterwarnings("ignore:__array_:DeprecationWarning")  # diffusers with numpy 2.4


@pytest.fixture(scope="module", params=["base", "refiner"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def components(kind: str) -> dict[str, Any]:
    return small_components(kind)


@pytest.fixture(scope="module")
def weights(components: dict[str, Any]) -> Weights:
    return original_layout(components)


@pytest.mark.parametrize("suffix", [".safetensors", ".ckpt"])
def test_a_single_file_gives_the_picture_of_its_components(
    *, suffix: str, kind: str, components: dict[str, Any], weights: Weights, tmp_path: Path, monitor: Any
) -> None:
    model = write(weights, components, kind, tmp_path / f"tiny{suffix}")
    ours = our_picture(TorchBackend("cpu"), model, kind, monitor)
    np.testing.assert_array_equal(ours, diffusers_picture(components, kind))
    assert ours.std() > 0
    assert monitor.warnings == []


def test_the_bundled_configs_describe_sdxl(kind: str) -> None:
    """What a file without a folder beside it is read with: parameter counts are the published ones."""
    config = BUNDLED / "configs" / f"sdxl-{kind}"
    with torch.device("meta"):
        unet = diffusers.UNet2DConditionModel.from_config(
            diffusers.UNet2DConditionModel.load_config(config / "unet")
        )
        vae = diffusers.AutoencoderKL.from_config(diffusers.AutoencoderKL.load_config(config / "vae"))
    # 2.6 billion for the base's UNet, 2.3 for the refiner's (arXiv:2307.01952, table 1 and section 2.5).
    assert round(sum(p.numel() for p in unet.parameters()) / 1e9, 1) == {"base": 2.6, "refiner": 2.3}[kind]
    assert vae.config.scaling_factor == 0.13025


def refused(weights: Weights, file: Path, monitor: Any) -> NodeflowError:
    save_file(weights, file)
    with pytest.raises(NodeflowError) as caught:
        our_picture(TorchBackend("cpu"), ModelRecipe(file.stem, file), "base", monitor)
    assert caught.value.input == "model"
    assert caught.value.advice
    return caught.value


def test_a_small_model_without_its_config_is_refused(weights: Weights, tmp_path: Path, monitor: Any) -> None:
    assert isinstance(refused(weights, tmp_path / "tiny.safetensors", monitor), MissingFile)


@pytest.mark.parametrize(
    ("prefix", "part"), [("first_stage_model.", "VAE"), ("model.diffusion_model.", "UNet")]
)
def test_a_missing_part_is_named(
    prefix: str, part: str, weights: Weights, tmp_path: Path, monitor: Any
) -> None:
    rest = {name: tensor for name, tensor in weights.items() if not name.startswith(prefix)}
    error = refused(rest, tmp_path / "partial.safetensors", monitor)
    assert isinstance(error, MissingFile)
    assert f"has no {part}" in str(error)


def test_missing_weights_are_noticed(
    *, kind: str, components: dict[str, Any], weights: Weights, tmp_path: Path, monitor: Any
) -> None:
    file = tmp_path / "holes.safetensors"
    write(weights, components, kind, file)
    rest = {name: tensor for name, tensor in weights.items() if "middle_block.1.transformer" not in name}
    assert isinstance(refused(rest, file, monitor), MissingFile)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("cond_stage_model.transformer.text_model.embeddings.weight", "Stable Diffusion 1 or 2"),
        ("lora_unet_down_blocks_0.lora_up.weight", "not an SDXL checkpoint"),
    ],
)
def test_another_architecture_is_refused(name: str, says: str, tmp_path: Path, monitor: Any) -> None:
    error = refused({name: torch.ones(2)}, tmp_path / "other.safetensors", monitor)
    assert isinstance(error, NodeFailed)
    assert says in str(error)


@pytest.mark.parametrize("suffix", [".safetensors", ".ckpt"])
def test_truncated_and_fake_files_are_refused(suffix: str, tmp_path: Path, monitor: Any) -> None:
    whole = tmp_path / f"whole{suffix}"
    tensors = {"model.diffusion_model.x": torch.ones(1000)}
    if suffix == ".ckpt":
        torch.save(tensors, whole)
    else:
        save_file(tensors, whole)
    for content in (whole.read_bytes()[:2000], b"", b"<html>not found</html>"):
        file = tmp_path / f"damaged{suffix}"
        file.write_bytes(content)
        with pytest.raises(MissingFile, match="damaged") as caught:
            our_picture(TorchBackend("cpu"), ModelRecipe("damaged", file), "base", monitor)
        assert caught.value.input == "model"


class Evil:
    """Touches a file when unpickled."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self.file,))


@pytest.mark.parametrize("zipped", [True, False])
def test_a_malicious_pickle_is_refused_and_not_executed(zipped: bool, tmp_path: Path, monitor: Any) -> None:
    file = tmp_path / "evil.ckpt"
    torch.save({"state_dict": Evil(tmp_path / "executed")}, file, _use_new_zipfile_serialization=zipped)
    with pytest.raises(MissingFile, match="might run code") as caught:
        our_picture(TorchBackend("cpu"), ModelRecipe("evil", file), "base", monitor)
    assert ".safetensors" in str(caught.value)
    assert not (tmp_path / "executed").exists()


def test_parts_read_alone_equal_those_of_a_whole_pipeline(
    *, kind: str, components: dict[str, Any], weights: Weights, tmp_path: Path
) -> None:
    model = write(weights, components, kind, tmp_path / "tiny.safetensors")
    whole = diffusers.StableDiffusionXLImg2ImgPipeline if kind == "refiner" else None
    folder = BUNDLED / "models" / "checkpoints" / "pocket"
    names = ("tokenizer", "tokenizer_2") if kind == "base" else ("tokenizer_2",)
    tokenizers = {name: transformers.CLIPTokenizer.from_pretrained(folder / name) for name in names}
    pipeline = (whole or diffusers.StableDiffusionXLPipeline).from_single_file(
        str(model.path),
        config=str(model.path.with_suffix("")),
        torch_dtype=torch.float32,
        local_files_only=True,
        **tokenizers,
    )
    parts = [Part(name) for name in components]
    with TorchBackend("cpu").lease(model, *parts) as lease:
        for part in parts:
            theirs = getattr(pipeline, part).state_dict()
            ours = lease[part].module.state_dict()
            assert ours.keys() == theirs.keys()
            assert all(torch.equal(ours[name], theirs[name]) for name in ours)


def test_only_the_part_that_is_needed_is_read(
    *,
    kind: str,
    components: dict[str, Any],
    weights: Weights,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model = write(weights, components, kind, tmp_path / "tiny.safetensors")
    read: list[tuple[str, ...]] = []

    def watched_read(file: Path, prefixes: tuple[str, ...]) -> Weights:
        read.append(prefixes)
        return read_part(file, prefixes)

    monkeypatch.setattr(part_weights, "read_part", watched_read)
    with TorchBackend("cpu").lease(model, Part.VAE):
        pass
    assert read == [("first_stage_model.",)]


@pytest.mark.parametrize("layout", ["folder", "diffusers", "original", "prefixed"])
def test_a_vae_in_place_of_the_checkpoints(
    *, layout: str, components: dict[str, Any], weights: Weights, tmp_path: Path, monitor: Any
) -> None:
    pocket = ModelRecipe("pocket", BUNDLED / "models" / "checkpoints" / "pocket")
    vae = tmp_path / "own"
    components["vae"].save_pretrained(vae)  # also the folder beside the file, with its config
    original = {name: t for name, t in weights.items() if name.startswith("first_stage_model.")}
    if layout != "folder":
        vae = tmp_path / "own.safetensors"
        bare = {name.removeprefix("first_stage_model."): t for name, t in original.items()}
        contents = {"diffusers": components["vae"].state_dict(), "original": bare, "prefixed": original}
        save_file(contents[layout], vae)
    latent = Latent(np.ones((1, 4, 8, 8), np.float32))
    ours = TorchBackend("cpu").decode(pocket.with_vae(vae), latent, monitor).pixels
    with torch.inference_mode():
        scaled = torch.ones(1, 4, 8, 8) / components["vae"].config.scaling_factor
        theirs = components["vae"].decode(scaled).sample
    np.testing.assert_array_equal(ours, (theirs / 2 + 0.5).clamp(0, 1).permute(0, 2, 3, 1).numpy())


def test_a_vae_of_sdxls_size_needs_no_config(tmp_path: Path) -> None:
    file = tmp_path / "vae.safetensors"
    file.touch()
    pocket = BUNDLED / "models" / "checkpoints" / "pocket"
    assert locate(pocket, file).configs[Part.VAE] == BUNDLED / "configs" / "sdxl-base" / "vae"


def test_a_missing_or_damaged_vae_is_named(tmp_path: Path, monitor: Any) -> None:
    pocket = ModelRecipe("pocket", BUNDLED / "models" / "checkpoints" / "pocket")
    damaged = tmp_path / "damaged.safetensors"
    damaged.write_bytes(b"nonsense")
    for vae in (tmp_path / "nowhere.safetensors", tmp_path, damaged):
        with pytest.raises(MissingFile) as caught:
            TorchBackend("cpu").decode(
                pocket.with_vae(vae), Latent(np.ones((1, 4, 8, 8), np.float32)), monitor
            )
        assert caught.value.input == "model"
