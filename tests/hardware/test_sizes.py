"""Components' sizes from headers, against what libraries count."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

import nodeflow
from nodeflow.errors import MissingFile
from nodeflow.folders import BUNDLED_MODELS
from nodeflow.hardware import KNOWN_REFINER, KNOWN_SDXL, Dtype, Model, Part, component_sizes

CONFIGS = Path(nodeflow.__file__).parent / "bundled" / "configs"
POCKET = BUNDLED_MODELS / "checkpoints" / "pocket"
REFINER = BUNDLED_MODELS / "checkpoints" / "pocket-refiner"


def single_file(path: Path, *names: str, **more: Any) -> Path:
    """A checkpoint in the original layout, each tensor of 2 x 3 numbers."""
    save_file({**{name: np.zeros((2, 3), np.float16) for name in names}, **more}, path)
    return path


BASE_NAMES = (
    "model.diffusion_model.input_blocks.0.0.weight",
    "model.diffusion_model.out.2.weight",
    "first_stage_model.decoder.conv_in.weight",
    "conditioner.embedders.0.transformer.text_model.final_layer_norm.weight",
    "conditioner.embedders.1.model.ln_final.weight",
    "conditioner.embedders.1.model.logit_scale",
    "denoiser.sigmas",
)


def test_a_folders_components_are_measured() -> None:
    sizes = {size.part: size for size in component_sizes(POCKET)}
    assert list(sizes) == list(Part)
    file = POCKET / "unet" / "diffusion_pytorch_model.safetensors"
    assert 0.9 * file.stat().st_size < sizes[Part.UNET].file_bytes < file.stat().st_size
    assert 0 < sizes[Part.UNET].largest < sizes[Part.UNET].parameters
    assert (sizes[Part.TOKENIZER].parameters, sizes[Part.TOKENIZER].file_bytes) == (0, 0)
    assert sizes[Part.VAE].fp16_safe  # its config says "force_upcast": false


def test_a_refiner_shares_what_its_shared_json_names() -> None:
    base = {size.part: size for size in component_sizes(POCKET)}
    refiner = {size.part: size for size in component_sizes(REFINER)}
    assert {size.model for size in refiner.values()} == {Model.REFINER}
    assert Part.TEXT_ENCODER not in refiner
    assert refiner[Part.VAE].identity == base[Part.VAE].identity
    assert refiner[Part.UNET].identity != base[Part.UNET].identity


def test_a_single_files_components_are_told_by_their_prefixes(tmp_path: Path) -> None:
    positions = {"conditioner.embedders.0.transformer.text_model.embeddings.position_ids": np.arange(77)}
    file = single_file(tmp_path / "base.safetensors", *BASE_NAMES, **positions)
    sizes = {size.part: size for size in component_sizes(file)}
    parameters = {part: size.parameters for part, size in sizes.items()}
    expected = {Part.TEXT_ENCODER: 6, Part.TEXT_ENCODER_2: 6, Part.UNET: 12, Part.VAE: 6}
    assert parameters == {Part.TOKENIZER: 0, Part.TOKENIZER_2: 0, **expected}
    assert sizes[Part.UNET].file_bytes == 24
    assert sizes[Part.UNET].bytes_as(Dtype.FP32) == 48
    assert not sizes[Part.VAE].fp16_safe


def test_a_refiners_single_file_is_recognised(tmp_path: Path) -> None:
    names = [*BASE_NAMES[:3], "conditioner.embedders.0.model.ln_final.weight"]
    sizes = component_sizes(single_file(tmp_path / "refiner.safetensors", *names))
    assert {size.model for size in sizes} == {Model.REFINER}
    assert [size.part for size in sizes] == [Part.TOKENIZER_2, Part.TEXT_ENCODER_2, Part.UNET, Part.VAE]


def test_a_pickle_is_taken_to_be_sdxl(tmp_path: Path) -> None:
    (tmp_path / "old.ckpt").write_bytes(b"PK")
    assert component_sizes(tmp_path / "old.ckpt") == KNOWN_SDXL


def test_what_has_no_unet_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MissingFile, match="no UNet"):
        component_sizes(single_file(tmp_path / "vae.safetensors", "first_stage_model.x"))


def test_missing_and_weightless_checkpoints_are_refused(tmp_path: Path) -> None:
    with pytest.raises(MissingFile):
        component_sizes(tmp_path / "none.safetensors")
    (tmp_path / "model_index.json").write_text('{"_class_name": "X", "unet": ["diffusers", "Y"]}')
    with pytest.raises(MissingFile, match=r"no \.safetensors"):
        component_sizes(tmp_path)


def test_of_two_precisions_the_one_that_would_be_loaded_is_measured(tmp_path: Path) -> None:
    (tmp_path / "model_index.json").write_text('{"_class_name": "X", "unet": ["diffusers", "Y"]}')
    (tmp_path / "unet").mkdir()
    for name, dtype in (("model", np.float32), ("model.fp16", np.float16)):
        save_file({"x": np.zeros(10, dtype)}, tmp_path / "unet" / f"{name}.safetensors")
    (size,) = component_sizes(tmp_path)
    assert (size.parameters, size.file_bytes) == (10, 40)


@pytest.mark.full
@pytest.mark.parametrize(("folder", "known"), [("sdxl-base", KNOWN_SDXL), ("sdxl-refiner", KNOWN_REFINER)])
def test_the_known_sizes_are_those_of_the_configs(folder: str, known: Any) -> None:
    """Builds every component without memory, on torch's meta device."""
    import diffusers
    import torch
    import transformers

    classes: dict[Part, Any] = {
        Part.UNET: diffusers.UNet2DConditionModel,
        Part.VAE: diffusers.AutoencoderKL,
        Part.TEXT_ENCODER: transformers.CLIPTextModel,
        Part.TEXT_ENCODER_2: transformers.CLIPTextModelWithProjection,
    }
    for size in (size for size in known if size.part.has_weights):
        config = json.loads((CONFIGS / folder / size.part / "config.json").read_text())
        cls = classes[size.part]
        with torch.device("meta"):
            module = (
                cls.from_config(config) if hasattr(cls, "from_config") else cls(cls.config_class(**config))
            )
        counts = [parameter.numel() for parameter in module.parameters()]
        assert (sum(counts), max(counts)) == (size.parameters, size.largest)
