"""Models in memory, written in every format without our own code, and diffusers' pictures of them."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import torch
import transformers

from nodeflow.backends import PromptRequest, SampleRequest
from nodeflow.values import Inpainting, Latent, ModelRecipe, Scheduler
from tests.backends.original import (
    BUNDLED,
    Weights,
    narrow_components,
    original_layout,
    save_config,
    write,
)

CHECKPOINTS = BUNDLED / "models" / "checkpoints"
KINDS = ("base", "refiner", "inpaint")
STEPS, SEED, SCALE, STRENGTH = 4, 1, 3.0, 0.5
HOLE = np.zeros((1, 8, 8), np.float32)
HOLE[:, 3:, 2:] = 1
AROUND = np.random.default_rng(0).standard_normal((1, 4, 8, 8), np.float32) * (1 - HOLE)
FACTOR = 2.0**-6
"""Of a scaled file in 8 bits. A power of two, so that a weight that was stored so is stored so again."""


@lru_cache(maxsize=1)
def components_of(source: str, kind: str) -> Mapping[str, Any]:
    """A model's parts, in float32.

    Args:
        source: `bundled`, or `topology`: SDXL's own blocks and layers, but narrow and random.
        kind: One of `KINDS`.
    """
    family = "refiner" if kind == "refiner" else "base"
    if source == "topology":
        return narrow_components(family, **({"in_channels": 9} if kind == "inpaint" else {}))
    pocket = CHECKPOINTS / "pocket"
    unet = CHECKPOINTS / "pocket-refiner" if kind == "refiner" else pocket
    components: dict[str, Any] = {
        "unet": diffusers.UNet2DConditionModel.from_pretrained(unet, subfolder="unet", dtype=torch.float32),
        "vae": diffusers.AutoencoderKL.from_pretrained(pocket, subfolder="vae", dtype=torch.float32),
        "text_encoder_2": transformers.CLIPTextModelWithProjection.from_pretrained(
            pocket, subfolder="text_encoder_2", dtype=torch.float32
        ),
    }
    if kind != "refiner":
        components["text_encoder"] = transformers.CLIPTextModel.from_pretrained(
            pocket, subfolder="text_encoder", dtype=torch.float32
        )
    if kind == "inpaint":
        components["unet"] = widened(components["unet"])
    return {name: module.eval() for name, module in components.items()}


def widened(unet: Any) -> Any:
    """A UNet with 9 channels, of which those that are new are random."""
    config = {name: value for name, value in unet.config.items() if name != "_use_default_values"}
    wide = diffusers.UNet2DConditionModel.from_config({**config, "in_channels": 9})
    weights = dict(unet.state_dict())
    first = weights["conv_in.weight"]
    more = torch.randn(first.shape[0], 5, *first.shape[2:], generator=torch.Generator().manual_seed(0)) * 0.05
    weights["conv_in.weight"] = torch.cat([first, more.to(first)], dim=1)
    wide.load_state_dict(weights)
    return wide.eval()


def changed(components: Mapping[str, Any], change: Callable[[str, str, torch.Tensor], torch.Tensor]) -> Any:
    """Copies of a model's parts, each weight of which is what a function of part, name and weight makes."""
    copies = {}
    for part, module in components.items():
        copies[part] = copy.deepcopy(module)
        state = {name: change(part, name, tensor) for name, tensor in module.state_dict().items()}
        copies[part].load_state_dict(state)
    return copies


@dataclass(frozen=True)
class Format:
    """How a model is stored.

    Attributes:
        write: Writes its parts: their weights as they are to be stored, the kind, where to.
        dtype: What most of the weights are stored as.
        scaled: Whether the UNet's matrices are divided by `FACTOR`, which is stored beside them.
    """

    write: Callable[[Mapping[str, Any], str, Path, Format], ModelRecipe]
    dtype: torch.dtype = torch.float32
    scaled: bool = False

    def stored(self, part: str, tensor: torch.Tensor) -> torch.Tensor:
        """A weight as the file holds it. 8 bits are for the matrices of what is not the VAE."""
        if not tensor.is_floating_point():
            return tensor
        eight = self.dtype is torch.float8_e4m3fn
        if eight and (part == "vae" or tensor.ndim < 2 or (self.scaled and part != "unet")):
            return tensor.half()
        return (tensor / FACTOR if self.scaled else tensor).to(self.dtype)

    def read(self, part: str, tensor: torch.Tensor) -> torch.Tensor:
        """What a weight is worth once it was stored, in float32."""
        found = self.stored(part, tensor)
        return (
            found.float() * (FACTOR if self._is_scaled(found) else 1) if found.is_floating_point() else found
        )

    def beside(self, name: str, stored: torch.Tensor) -> Weights:
        """What a file holds beside a weight."""
        return (
            {f"{name.removesuffix('.weight')}.scale_weight": torch.tensor(FACTOR)}
            if self._is_scaled(stored)
            else {}
        )

    def _is_scaled(self, stored: torch.Tensor) -> bool:
        return self.scaled and stored.dtype is torch.float8_e4m3fn


def _single(suffix: str) -> Callable[[Mapping[str, Any], str, Path, Format], ModelRecipe]:
    """A single file in SDXL's original layout, its config beside it."""

    def make(components: Mapping[str, Any], kind: str, folder: Path, how: Format) -> ModelRecipe:
        weights: Weights = {}
        for name, tensor in original_layout(dict(components)).items():
            part = {"model": "unet", "first_stage_model": "vae"}.get(name.partition(".")[0], "text")
            weights[name] = how.stored(part, tensor)
            weights |= how.beside(name, weights[name])
        return write(weights, dict(components), _family(kind), folder / f"model{suffix}")

    return make


def _folder(**options: Any) -> Callable[[Mapping[str, Any], str, Path, Format], ModelRecipe]:
    """A diffusers folder, by `save_pretrained` with these options."""

    def make(components: Mapping[str, Any], kind: str, folder: Path, how: Format) -> ModelRecipe:
        target = folder / "model"
        save_config(dict(components), _family(kind), target)
        for name, module in components.items():
            copy.deepcopy(module).to(how.dtype).save_pretrained(target / name, **options)
        for name in ("tokenizer", "tokenizer_2")[kind == "refiner" :]:
            shutil.copytree(CHECKPOINTS / "pocket" / name, target / name)
        return ModelRecipe("model", target)

    return make


FORMATS: Mapping[str, Format] = {
    "folder": Format(_folder()),
    "folder in shards": Format(_folder(max_shard_size="1MB")),
    "folder of a variant": Format(_folder(variant="fp16"), torch.float16),
    "safetensors": Format(_single(".safetensors")),
    "ckpt": Format(_single(".ckpt")),
    "ckpt in fp16": Format(_single(".ckpt"), torch.float16),
    "safetensors in fp16": Format(_single(".safetensors"), torch.float16),
    "safetensors in bf16": Format(_single(".safetensors"), torch.bfloat16),
    "safetensors in fp8": Format(_single(".safetensors"), torch.float8_e4m3fn),
    "safetensors in scaled fp8": Format(_single(".safetensors"), torch.float8_e4m3fn, scaled=True),
}


def our_picture(backend: Any, model: ModelRecipe, kind: str, monitor: Any) -> Any:
    """Half of a picture's noise away, as 8-bit pixels."""
    prompt = backend.encode_text(model, PromptRequest("a panda"), monitor)
    inpainting = Inpainting(HOLE, surroundings=AROUND, keep=False) if kind == "inpaint" else None
    latent = Latent(np.zeros((1, 4, 8, 8), np.float32), inpainting=inpainting)
    request = SampleRequest(latent, prompt, None, SEED, STEPS, SCALE, Scheduler.EULER, denoise=STRENGTH)
    image = backend.decode(model, backend.sample(model, request, monitor), monitor)
    return (image.pixels[0] * 255).round().astype(np.uint8)


@lru_cache
def tokenizer(name: str) -> Any:
    return transformers.CLIPTokenizer.from_pretrained(CHECKPOINTS / "pocket" / name)


def diffusers_picture(components: Mapping[str, Any], kind: str) -> Any:
    """The same picture by the pipeline of these very parts."""
    names = ("tokenizer", "tokenizer_2")[kind == "refiner" :]
    parts: dict[str, Any] = {name: tokenizer(name) for name in names}
    if kind == "refiner":
        parts |= {"text_encoder": None, "tokenizer": None, "requires_aesthetics_score": True}
    config = BUNDLED / "configs" / f"sdxl-{_family(kind)}" / "scheduler"
    inpaint: dict[str, Any] = {"image": torch.zeros(1, 4, 8, 8)}
    if kind == "inpaint":
        mask = torch.from_numpy(HOLE.repeat(8, axis=1).repeat(8, axis=2))[None]
        around = torch.from_numpy(AROUND.copy())
        inpaint |= {"mask_image": mask, "masked_image_latents": around, "height": 64, "width": 64}
    made = (
        diffusers.StableDiffusionXLInpaintPipeline
        if kind == "inpaint"
        else diffusers.StableDiffusionXLImg2ImgPipeline
    )
    pipeline = made(
        **components,
        **parts,
        scheduler=diffusers.EulerDiscreteScheduler.from_pretrained(config),
        force_zeros_for_empty_prompt=True,
    )
    pipeline.set_progress_bar_config(disable=True)
    picture = pipeline(
        "a panda",
        **inpaint,
        strength=STRENGTH,
        num_inference_steps=STEPS,
        guidance_scale=SCALE,
        generator=torch.Generator("cpu").manual_seed(SEED),
    ).images[0]
    return np.asarray(picture)


def _family(kind: str) -> str:
    return "refiner" if kind == "refiner" else "base"
