"""Trains one LoRA on the base's UNet: `flat`, `high-contrast`, or `dusk`, a palette."""

from __future__ import annotations

from typing import Any

import torch
from peft import LoraConfig

from training.base import frozen_base
from training.compose import DUSK
from training.config import Family, load_family
from training.diffusion import Denoising, Latents, time_ids, without_some
from training.loop import Options, Trainer, options_of, parse_options
from training.pack import Pack, read_pack
from training.scenes import Batch, Draw, Scenes
from training.shipped import known_labels, sized_as

TARGETS = ["to_k", "to_q", "to_v", "to_out.0", "ff.net.0.proj", "ff.net.2", "proj_in", "proj_out"]


def add_lora(unet: Any, rank: int) -> None:
    """Add an adapter that starts as no change."""
    unet.add_adapter(
        LoraConfig(r=rank, lora_alpha=rank, init_lora_weights="gaussian", target_modules=TARGETS)
    )


def train(options: Options, family: Family, pack: Pack, name: str) -> bool:
    """Train until the budget is spent."""
    stage = family.stages["lora"]
    torch.manual_seed(options.seed)
    family = sized_as(options.origin, family)
    base = frozen_base(options, family, pack)
    add_lora(base.unet, family.rank)
    style, palette = ("3d", DUSK) if name == DUSK else (name, "")
    latents, denoising = Latents(pack, family, options, style, palette), Denoising(base.unet, stage.repeats)
    trainer = Trainer(f"lora-{name}", base.unet, options)

    def loss_of(batch: Batch) -> torch.Tensor:
        size = stage.size_at(trainer.progress)
        scenes, _, encoded = latents.of(batch, size)
        with torch.no_grad():
            context, pooled = without_some(*base.text(scenes["tokens"]))
        return denoising.loss(encoded, context, pooled, time_ids(scenes, size))

    draw = Draw(
        style=style,
        trigger=family.triggers[name],
        recoloured=0.1,
        cropped=0.0,
        reduced=0.0,
        plain_names=known_labels(options.origin, pack),
    )
    return trainer.run(Scenes(pack, family, draw, options.batch, salt=6), loss_of)


def main() -> None:
    """Run the stage from the command line."""
    family = load_family()
    parsed = parse_options(family.stages["lora"], __doc__, extra="name")
    train(options_of(parsed), family, read_pack(), parsed.name)


if __name__ == "__main__":
    main()
