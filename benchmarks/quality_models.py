"""The UNets that `benchmarks.quality` measures, to be sampled with nodeflow and with plain diffusers."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import diffusers
import numpy as np
import torch

from nodeflow.backends.pieces import Piece
from nodeflow.backends.protocol import SampleRequest
from nodeflow.backends.silent import SilentMonitor
from nodeflow.backends.torch import sampling
from nodeflow.backends.torch.guiders import make_guider
from nodeflow.backends.torch.schedulers import make_scheduler
from nodeflow.folders import BUNDLED_MODELS
from nodeflow.values import Conditioning, Image, Latent, Scheduler

POCKET = BUNDLED_MODELS / "checkpoints" / "pocket"
SDXL = BUNDLED_MODELS.parent / "configs" / "sdxl-base" / "unet" / "config.json"
PROMPT, NEGATIVE, GUIDANCE, SEED = "a red apple on a green background", "blurry, low quality", 5.0, 7
NARROW = {
    "block_out_channels": [64, 96, 160],
    "attention_head_dim": [2, 3, 5],
    "cross_attention_dim": 512,
    "projection_class_embeddings_input_dim": 6 * 256 + 256,  # sizes and crop, and a pooled prompt of 256
}
"""SDXL's blocks and layers with channels of a fifth to an eighth."""


@dataclass(frozen=True)
class Bench:
    """A UNet to measure.

    Attributes:
        parameters: Its size.
        size: Side of the picture in pixels; guidance makes two evaluations of it, in one batch.
        seeds: Of the pictures whose errors are looked at.
        plain: Runs diffusers' pipeline to its latents.
        sample: Runs nodeflow's sampler to its latents, with keywords of `sampling.sample` and a seed.
        decode: Turns latents into pixels; None: not worth looking at.
    """

    parameters: int
    size: int
    seeds: Sequence[int]
    plain: Callable[[], Any]
    sample: Callable[..., Any]
    decode: Callable[[Any], Any] | None


Prompts = tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]
"""As diffusers' `encode_prompt` gives them: hidden states of both prompts, then the pooled ones."""


def pocket(steps: int, scheduler: str, seeds: int) -> Bench:
    """The bundled model, at the size it was trained for."""
    pipeline = diffusers.StableDiffusionXLPipeline.from_pretrained(POCKET, dtype=torch.float32)
    with torch.inference_mode():
        prompts = pipeline.encode_prompt(PROMPT, negative_prompt=NEGATIVE)
    vae = pipeline.vae

    @torch.inference_mode()
    def decode(latents: Any) -> Any:
        pixels = vae.decode(torch.from_numpy(latents.copy()) / vae.config.scaling_factor).sample
        return (pixels / 2 + 0.5).clamp(0, 1).numpy()

    return _bench(pipeline, prompts, Scheduler(scheduler), steps, size=128, seeds=seeds, decode=decode)


def random_sdxl(steps: int, scheduler: str, seeds: int) -> Bench:
    """A UNet of SDXL's topology with random weights: good for times; for errors only that they are finite."""
    torch.manual_seed(0)
    config = json.loads(SDXL.read_text("utf-8")) | NARROW
    unet = diffusers.UNet2DConditionModel.from_config(config).eval()
    modules = dict.fromkeys(("text_encoder", "text_encoder_2", "tokenizer", "tokenizer_2"))
    pipeline = diffusers.StableDiffusionXLPipeline.from_pretrained(POCKET, unet=unet, **modules)
    width = config["cross_attention_dim"]
    hidden, pooled = torch.randn(2, 1, 77, width), torch.randn(2, 1, 256)
    prompts = hidden[0], hidden[1], pooled[0], pooled[1]
    return _bench(pipeline, prompts, Scheduler(scheduler), steps, size=256, seeds=seeds)


def _bench(
    pipeline: Any,
    prompts: Prompts,
    scheduler: Scheduler,
    steps: int,
    *,
    size: int,
    seeds: int,
    decode: Callable[[Any], Any] | None = None,
) -> Bench:
    pipeline.set_progress_bar_config(disable=True)
    config = dict(pipeline.scheduler.config)
    positive, negative, pooled, negative_pooled = prompts
    ids = torch.tensor([[size, size, 0, 0, size, size]], dtype=torch.float32)
    sides = {
        "positive": (Piece(positive, pooled, ids),),
        "negative": (Piece(negative, negative_pooled, ids),),
    }
    empty = Latent(np.zeros((1, 4, size // 8, size // 8), np.float32), empty=True)

    def plain() -> Any:
        pipeline.scheduler = make_scheduler(scheduler, config, steps, torch.device("cpu"))
        return pipeline(
            prompt_embeds=positive,
            negative_prompt_embeds=negative,
            pooled_prompt_embeds=pooled,
            negative_pooled_prompt_embeds=negative_pooled,
            height=size,
            width=size,
            num_inference_steps=steps,
            guidance_scale=GUIDANCE,
            generator=torch.Generator("cpu").manual_seed(SEED),
            output_type="latent",
        ).images.numpy()

    def sample(seed: int = SEED, **settings: Any) -> Any:
        request = SampleRequest(empty, _NO_PROMPT, None, seed, steps, GUIDANCE, scheduler)
        return sampling.sample(
            pipeline.unet,
            make_scheduler(scheduler, config, steps, torch.device("cpu")),
            lambda _: sides,
            make_guider(request, pipeline.unet),
            request,
            monitor=SilentMonitor(),
            previewer=_no_preview,
            **settings,
        ).samples

    parameters = sum(parameter.numel() for parameter in pipeline.unet.parameters())
    return Bench(parameters, size, range(SEED, SEED + seeds), plain, sample, decode)


_NO_PROMPT = Conditioning(None, np.zeros((1, 1, 1), np.float32), np.zeros((1, 1), np.float32))
"""What the UNet is told has already been prepared."""


def _no_preview(_latents: torch.Tensor) -> Image:
    raise AssertionError("nobody looks at previews here")
