"""Trains the base: UNet and both text encoders together, at low resolution first, then at the native one."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from training.config import Family, Stage, load_family
from training.diffusion import Denoising, Latents, time_ids, without_some
from training.loop import Options, Trainer, load_averaged, options_of, parse_options
from training.nets import TOKENS, Conditioner, build_unet
from training.pack import Pack, read_pack
from training.scenes import Batch, Draw, Scenes
from training.words import Words

LOW_EVERY = 8  # at the native size, one batch in eight is still low: one model serves both


class Base(nn.Module):
    """The UNet and the text encoders that are trained together."""

    def __init__(self, family: Family, pack: Pack) -> None:
        super().__init__()
        self.text = Conditioner(family, Words(pack.vocabulary).size, pack.meanings)
        self.unet: Any = build_unet(family, "base")


def frozen_base(family: Family, pack: Pack, device: torch.device) -> Any:
    """The trained base, for the stages that build on it."""
    base = load_averaged("base", Base(family, pack))
    return base.eval().requires_grad_(False).to(device)


def size_now(stage: Stage, progress: float, step: int) -> int:
    """The pictures' side at a step."""
    size = stage.size_at(progress)
    return stage.sizes[0][0] if step % LOW_EVERY == LOW_EVERY - 1 else size


def train(options: Options, family: Family, pack: Pack) -> bool:
    """Train until the budget is spent."""
    stage = family.stages["base"]
    torch.manual_seed(options.seed)
    base = Base(family, pack).to(options.device)
    latents = Latents(pack, family, options)
    unet = torch.compile(base.unet) if options.compiled else base.unet
    denoising = Denoising(unet, stage.repeats)
    trainer = Trainer("base", base, options, faster=TOKENS)

    def loss_of(batch: Batch) -> torch.Tensor:
        size = size_now(stage, trainer.progress, trainer.step)
        scenes, _, encoded = latents.of(batch, size)
        context, pooled = without_some(*base.text(scenes["tokens"]))
        return denoising.loss(encoded, context, pooled, time_ids(scenes, size))

    return trainer.run(Scenes(pack, family, Draw(), options.batch, salt=3), loss_of)


def main() -> None:
    """Run the stage from the command line."""
    family = load_family()
    train(options_of(parse_options(family.stages["base"], __doc__)), family, read_pack())


if __name__ == "__main__":
    main()
