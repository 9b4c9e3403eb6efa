"""The shipped family for the evaluation: the base, its refiner, and pictures as tensors."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import torch
from diffusers import (
    StableDiffusionXLImg2ImgPipeline,
    StableDiffusionXLInpaintPipeline,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
)
from safetensors.torch import load_file

GUIDANCE = 4.0


class Shipped:
    """Loads models from a folder laid out as the bundled one and makes pictures with them.

    Args:
        folder: Holds `checkpoints/pocket`, `checkpoints/pocket-refiner` and `loras`.
        device: Where to compute.
        batch: Prompts at a time.
    """

    def __init__(self, folder: Path, device: str, batch: int) -> None:
        self.folder, self.device, self.batch = folder, device, batch
        base = folder / "checkpoints/pocket"
        self.base: Any = StableDiffusionXLPipeline.from_pretrained(
            base, dtype=torch.float32, use_safetensors=True
        )
        self.base.to(device).set_progress_bar_config(disable=True)

    def pictures(
        self, prompts: list[str], seeds: list[int], steps: int = 20, latents: bool = False, **more: Any
    ) -> torch.Tensor:
        """Pictures (N, 3, 128, 128) from 0 to 1 on the CPU, one a prompt and seed; latents if wished."""
        made = []
        for start in range(0, len(prompts), self.batch):
            part = slice(start, start + self.batch)
            settings = {key: value[part] if isinstance(value, list) else value for key, value in more.items()}
            made.append(
                self.base(
                    prompts[part],
                    num_inference_steps=steps,
                    guidance_scale=GUIDANCE,
                    height=128,
                    width=128,
                    output_type="latent" if latents else "pt",
                    generator=[torch.Generator().manual_seed(seed) for seed in seeds[part]],
                    **settings,
                ).images.cpu()
            )
        return torch.cat(made).float()

    def refined(self, prompts: list[str], seeds: list[int]) -> torch.Tensor:
        """Pictures whose last fifth of the schedule the refiner has done."""
        latents = self.pictures(prompts, seeds, latents=True, denoising_end=0.8)
        parts = {name: getattr(self.base, name) for name in ("vae", "text_encoder_2", "tokenizer_2")}
        folder = self.folder / "checkpoints/pocket-refiner"
        refiner: Any = StableDiffusionXLImg2ImgPipeline.from_pretrained(folder, dtype=torch.float32, **parts)
        refiner.to(self.device).set_progress_bar_config(disable=True)
        made = []
        for start in range(0, len(prompts), self.batch):
            part = slice(start, start + self.batch)
            settings = {"num_inference_steps": 20, "guidance_scale": GUIDANCE, "denoising_start": 0.8}
            generators = [torch.Generator().manual_seed(seed) for seed in seeds[part]]
            image = latents[part].to(self.device)
            output = refiner(prompts[part], image=image, output_type="pt", generator=generators, **settings)
            made.append(output.images.cpu())
        return torch.cat(made).float()

    def filled(
        self, prompts: list[str], seeds: list[int], pictures: torch.Tensor, masks: torch.Tensor, own: bool
    ) -> torch.Tensor:
        """Pictures whose masked part is painted anew, by `pocket-inpaint` or, if not `own`, by the base.

        Args:
            prompts: What the whole pictures show.
            seeds: One a picture.
            pictures: (N, 3, 128, 128) from 0 to 1.
            masks: (N, 1, 128, 128), 1 where to paint.
            own: Whether the UNet is the nine-channel one.
        """
        parts = dict(self.base.components)
        if own:
            folder = self.folder / "checkpoints/pocket-inpaint/unet"
            parts["unet"] = UNet2DConditionModel.from_pretrained(folder, torch_dtype=torch.float32)
        inpaint: Any = StableDiffusionXLInpaintPipeline(**parts, add_watermarker=False)
        inpaint.to(self.device).set_progress_bar_config(disable=True)
        made = []
        for start in range(0, len(prompts), self.batch):
            part = slice(start, start + self.batch)
            output = inpaint(
                prompts[part],
                image=pictures[part],
                mask_image=masks[part],
                height=128,
                width=128,
                num_inference_steps=20,
                guidance_scale=GUIDANCE,
                strength=1.0,
                output_type="pt",
                generator=[torch.Generator().manual_seed(seed) for seed in seeds[part]],
            )
            made.append(output.images.cpu())
        return torch.cat(made).float()

    def learn_word(self, name: str, word: str) -> None:
        """Give both encoders a new word, the embedding `name`."""
        state = load_file(self.folder / "embeddings" / f"{name}.safetensors")
        for number, key in (("", "clip_l"), ("_2", "clip_g")):
            parts = {part: getattr(self.base, f"{part}{number}") for part in ("text_encoder", "tokenizer")}
            self.base.load_textual_inversion(state[key].float(), word, **parts)

    @torch.no_grad()
    def through_vae(self, pictures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Pictures encoded and decoded, and their scaled latents."""
        vae = self.base.vae
        latents = torch.cat(
            [vae.encode(part.to(self.device) * 2 - 1).latent_dist.mean for part in torch.split(pictures, 16)]
        )
        decoded = torch.cat([vae.decode(part).sample for part in torch.split(latents, 16)])
        return (decoded.cpu() / 2 + 0.5).clamp(0, 1), latents.cpu() * vae.config.scaling_factor

    def seconds(self, steps: int) -> float:
        """The time of one picture, after one to warm up."""
        self.pictures(["a red apple"], [0], steps=2)
        began = time.perf_counter()
        self.pictures(["a red apple", "a dog", "a car"], [0, 1, 2], steps=steps)
        return (time.perf_counter() - began) / 3
