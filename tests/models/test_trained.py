"""How large the pictures were that checkpoints were trained with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nodeflow.folders import BUNDLED_MODELS
from nodeflow.models import Architecture, ModelEntry, ModelKind
from nodeflow.models.trained import trained_side


def entry(path: Path, architecture: Architecture = Architecture.SDXL) -> ModelEntry:
    return ModelEntry(path.stem, ModelKind.CHECKPOINT, path, 0, architecture, bundled=False)


def test_the_bundled_model_says_so_itself() -> None:
    assert trained_side(entry(BUNDLED_MODELS / "checkpoints/pocket")) == 128


@pytest.mark.parametrize(
    ("architecture", "side"),
    [(Architecture.SDXL, 1024), (Architecture.SD1, 512), (Architecture.UNKNOWN, None)],
)
def test_single_files_are_like_their_family(tmp_path: Path, architecture: Architecture, side: object) -> None:
    assert trained_side(entry(tmp_path / "model.safetensors", architecture)) == side


@pytest.mark.parametrize("config", [None, "{", '{"sample_size": "large"}', '{"sample_size": 0}'])
def test_a_folder_that_does_not_tell_is_like_its_family(tmp_path: Path, config: str | None) -> None:
    index = {"_class_name": "StableDiffusionXLPipeline", "unet": ["diffusers", "UNet2DConditionModel"]}
    (tmp_path / "model_index.json").write_text(json.dumps(index))
    if config is not None:
        (tmp_path / "unet").mkdir()
        (tmp_path / "unet/config.json").write_text(config)
    assert trained_side(entry(tmp_path)) == 1024
