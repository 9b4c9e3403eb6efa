"""Models of SDXL's topology with random weights, written to disk for `benchmarks.accelerator`.

Such a model paints nothing, but it is loaded, moved and evaluated as any other, and its values stay finite:
matrices keep the variance of what goes through them, norms and biases are as at the start of training.
"""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import transformers
from accelerate import init_empty_weights

from nodeflow.backends.torch.component import BUILDING
from nodeflow.files.safetensors_writer import TensorToWrite, write_safetensors
from nodeflow.folders import BUNDLED_MODELS
from nodeflow.hardware import Part

CONFIGS = BUNDLED_MODELS.parent / "configs" / "sdxl-base"
VOCABULARIES = BUNDLED_MODELS / "checkpoints" / "pocket"
CLASSES: Mapping[Part, tuple[Any, str]] = {
    Part.TEXT_ENCODER: (transformers.CLIPTextModel, "model"),
    Part.TEXT_ENCODER_2: (transformers.CLIPTextModelWithProjection, "model"),
    Part.UNET: (diffusers.UNet2DConditionModel, "diffusion_pytorch_model"),
    Part.VAE: (diffusers.AutoencoderKL, "diffusion_pytorch_model"),
}
"""What a part is made as, and what the file of its weights is called in diffusers' folders."""

TINY: Mapping[Part, Mapping[str, Any]] = {
    Part.TEXT_ENCODER: {"hidden_size": 32, "intermediate_size": 64, "num_attention_heads": 2},
    Part.TEXT_ENCODER_2: {
        **{"hidden_size": 64, "intermediate_size": 128, "num_attention_heads": 2},
        **{"projection_dim": 64, "num_hidden_layers": 12},
    },
    Part.UNET: {
        "block_out_channels": [32, 64, 128],
        "attention_head_dim": [1, 2, 4],
        "cross_attention_dim": 96,
        "projection_class_embeddings_input_dim": 6 * 256 + 64,
    },
    Part.VAE: {"block_out_channels": [32, 32, 64, 64]},
}
"""What makes SDXL tiny: as many blocks and layers, but narrow ones."""

_POOL = 2**22
"""Random numbers that are drawn; larger tensors repeat them."""
_STEPS_OF_TWO = range(1, 12)
_EMBEDDING_POWER = 6


def write_model(folder: Path, changes: Mapping[Part, Mapping[str, Any]] | None = None, *, half: bool) -> Path:
    """Write a model as diffusers lays it out.

    Args:
        folder: Where; made if need be.
        changes: What of the parts' configs is otherwise than in SDXL base; None: nothing.
        half: Whether weights are kept in float16, else in float32.

    Returns:
        The folder.
    """
    for name in ("model_index.json", "scheduler/scheduler_config.json"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(CONFIGS / name, folder / name)
    for name in (Part.TOKENIZER, Part.TOKENIZER_2):
        shutil.copytree(VOCABULARIES / name, folder / name, dirs_exist_ok=True)
    pools = _pools(np.dtype("<f2" if half else "<f4"))
    with ThreadPoolExecutor() as threads:
        tasks = [
            threads.submit(_write_part, folder / part, part, config, pools)
            for part, config in _configs(changes or {}).items()
        ]
        for task in tasks:
            task.result()
    return folder


def _configs(changes: Mapping[Part, Mapping[str, Any]]) -> dict[Part, dict[str, Any]]:
    return {
        part: json.loads((CONFIGS / part / "config.json").read_text("utf-8")) | dict(changes.get(part, {}))
        for part in CLASSES
    }


def _pools(dtype: np.dtype[Any]) -> dict[int, np.ndarray[Any, Any]]:
    """Random numbers by the power of two that they are divided by."""
    drawn = np.random.default_rng(0).standard_normal(_POOL, np.float32)
    return {power: (drawn / 2**power).astype(dtype) for power in _STEPS_OF_TWO}


def _write_part(
    folder: Path, part: Part, config: Mapping[str, Any], pools: Mapping[int, np.ndarray[Any, Any]]
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    tensors = {
        name: _tensor(name, shape, pools, start=number * 8191)
        for number, (name, shape) in enumerate(_shapes(part, config).items())
    }
    write_safetensors(folder / f"{CLASSES[part][1]}.safetensors", tensors)


def _shapes(part: Part, config: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    kind, _ = CLASSES[part]
    with BUILDING, init_empty_weights():
        made = kind(kind.config_class(**config)) if part.reads_text else kind.from_config(config)
    return {name: tuple(weight.shape) for name, weight in made.state_dict().items()}


def _tensor(
    name: str, shape: tuple[int, ...], pools: Mapping[int, np.ndarray[Any, Any]], start: int
) -> TensorToWrite:
    dtype = pools[1].dtype
    count = math.prod(shape)

    def data() -> memoryview:
        made: np.ndarray[Any, Any]
        if len(shape) < 2:  # norms are ones, biases zeros
            made = np.full(count, name.endswith("weight"), dtype)
        elif count > _POOL:
            made = np.resize(pools[_power(name, shape)], count)
        else:
            first = start % (_POOL - count + 1)
            made = pools[_power(name, shape)][first : first + count]
        return made.data.cast("B")

    return TensorToWrite("F16" if dtype.itemsize == 2 else "F32", shape, data)


def _power(name: str, shape: tuple[int, ...]) -> int:
    """By which power of two to divide: the root of how many numbers each sum has."""
    if "embedding.weight" in name:
        return _EMBEDDING_POWER
    return min(max(round(math.log2(math.prod(shape[1:])) / 2), 1), _STEPS_OF_TWO[-1])
