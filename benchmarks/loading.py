"""How fast a checkpoint loads as safetensors, as a diffusers folder, and as a pickle.

    python -m benchmarks.loading [--rounds 7]

The model has the block structure of SDXL's base with fewer channels and random weights in 16 bits: 333 MB.
Each round reads every file once, in turns, while the system still has them in memory. What is measured is
processor time on one thread, which other programs disturb little.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import diffusers
import torch
import transformers
from safetensors.torch import load_file

from nodeflow.backends.torch import TorchBackend
from nodeflow.backends.torch.converting import write_model
from nodeflow.backends.torch.part_weights import part_weights
from nodeflow.backends.torch.source import locate, own_config
from nodeflow.hardware import Part
from nodeflow.values import Layout, ModelRecipe

PARTS = tuple(part for part in Part if part.has_weights)
FEWER: dict[Part, dict[str, Any]] = {
    Part.UNET: {
        "block_out_channels": (96, 192, 384),
        "attention_head_dim": (2, 4, 8),
        "transformer_layers_per_block": (1, 2, 4),
        "cross_attention_dim": 128 + 256,
        "projection_class_embeddings_input_dim": 6 * 256 + 256,
    },
    Part.VAE: {"block_out_channels": (64, 64, 128, 128)},
    Part.TEXT_ENCODER: {"hidden_size": 128, "intermediate_size": 512, "num_attention_heads": 2},
    Part.TEXT_ENCODER_2: {
        "hidden_size": 256,
        "intermediate_size": 1024,
        "num_attention_heads": 4,
        "projection_dim": 256,
    },
}
CLASSES: dict[Part, Any] = {
    Part.UNET: diffusers.UNet2DConditionModel,
    Part.VAE: diffusers.AutoencoderKL,
    Part.TEXT_ENCODER: transformers.CLIPTextModel,
    Part.TEXT_ENCODER_2: transformers.CLIPTextModelWithProjection,
}


def make_folder(folder: Path) -> None:
    """Write the model as a diffusers folder."""
    configs = own_config(refiner=False)
    folder.mkdir()
    (folder / "model_index.json").write_bytes((configs / "model_index.json").read_bytes())
    (folder / "scheduler").mkdir()
    scheduler = "scheduler/scheduler_config.json"
    (folder / scheduler).write_bytes((configs / scheduler).read_bytes())
    pocket = configs.parents[1] / "models" / "checkpoints" / "pocket"
    for name in ("tokenizer", "tokenizer_2"):
        (folder / name).symlink_to(pocket / name)
    for part, changes in FEWER.items():
        kind = CLASSES[part]
        if part.reads_text:
            module = kind(kind.config_class.from_pretrained(configs / part, **changes))
        else:
            module = kind.from_config(kind.load_config(configs / part), **changes)
        module.half().save_pretrained(folder / part)


def seconds(action: Callable[[], object]) -> float:
    """How much processor time an action takes."""
    began = time.process_time()
    action()
    return time.process_time() - began


def read(path: Path) -> None:
    """Read all weights, every byte of them, into memory of their own."""
    for part, place in locate(path).places.items():
        if part.has_weights:
            for weight in part_weights(place, part).values():
                weight.value().clone()


def load(path: Path) -> None:
    """Make all parts ready to compute in float32, with a store of their own."""
    backend = TorchBackend("cpu")
    with backend.lease(ModelRecipe("model", path), *PARTS):
        pass
    backend.close()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as name:
        folder, single, pickled = (Path(name) / file for file in ("folder", "a.safetensors", "b.ckpt"))
        make_folder(folder)
        write_model(ModelRecipe("folder", folder), single, Layout.SAFETENSORS)
        torch.save({"state_dict": load_file(single)}, pickled)
        pickled.with_suffix("").symlink_to(single.with_suffix(""))
        print(f"{single.stat().st_size / 1e6:.0f} MB in 16 bits, medians of {rounds} rounds in turns")
        for what, action in (("every byte read", read), ("ready in float32", load)):
            taken: dict[Path, list[float]] = {path: [] for path in (single, folder, pickled)}
            for _ in range(rounds):
                for path, times in taken.items():
                    times.append(seconds(partial(action, path)))
            base = statistics.median(taken[single])
            for label, path in (("safetensors", single), ("diffusers folder", folder), (".ckpt", pickled)):
                median = statistics.median(taken[path])
                print(f"{what:18} {label:18} {median:7.3f} s  {median / base:5.2f}")


if __name__ == "__main__":
    main()
