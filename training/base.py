"""Trains the base: UNet and both text encoders together, at low resolution first, then at the native one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from training.config import Family, Stage, load_family
from training.diffusion import Denoising, Latents, time_ids, without_some
from training.loop import Options, Trainer, load_averaged, options_of, parse_options
from training.nets import TOKENS, Conditioner, build_unet
from training.pack import Pack, read_pack
from training.scenes import Batch, Draw, Scenes
from training.shipped import load_text, load_unet
from training.words import Words

LOW_EVERY = 8  # at the native size, one batch in eight is still low: one model serves both


class Base(nn.Module):
    """The UNet and the text encoders that are trained together."""

    def __init__(self, text: Conditioner, unet: Any) -> None:
        super().__init__()
        self.text, self.unet = text, unet


def new_base(family: Family, pack: Pack) -> Base:
    """An untrained base."""
    text = Conditioner(family, Words(pack.vocabulary).size, pack.meanings)
    return Base(text, build_unet(family, "base"))


def frozen_base(options: Options, family: Family, pack: Pack) -> Any:
    """The trained base, or the one that the run starts from, for the stages that build on it."""
    if options.origin:
        base: Any = Base(load_text(options.origin, family, pack), load_unet(options.origin))
    else:
        base = load_averaged("base", new_base(family, pack))
    return base.eval().requires_grad_(False).to(options.device)


def size_now(stage: Stage, progress: float, step: int) -> int:
    """The pictures' side at a step."""
    size = stage.size_at(progress)
    return stage.sizes[0][0] if step % LOW_EVERY == LOW_EVERY - 1 else size


def compile_ahead(denoising: Denoising, family: Family, options: Options) -> None:
    """Compile for every size of the run, by a step on nothing; it takes a minute and needs no other stage."""
    stage, second = family.stages["base"], family.text_encoder_2.width
    rows, device = options.batch, options.device
    for size, _ in stage.sizes:
        latents = torch.zeros(rows, 4, size // 8, size // 8, device=device)
        context = torch.zeros(rows, 77, family.context, device=device)
        pooled, ids = torch.zeros(rows, second, device=device), torch.zeros(rows, 6, device=device)
        with torch.autocast(latents.device.type, torch.bfloat16, enabled=latents.is_cuda):
            loss = denoising.loss(latents, context, pooled, ids)
        loss.backward()  # type: ignore[no-untyped-call]
        denoising.unet.zero_grad(set_to_none=True)


def train(options: Options, family: Family, pack: Pack, ready: Callable[[], object] = lambda: None) -> bool:
    """Train until the budget is spent; `ready` returns when the autoencoder is trained."""
    stage = family.stages["base"]
    torch.manual_seed(options.seed)
    base = new_base(family, pack).to(options.device)
    unet = torch.compile(base.unet, dynamic=False) if options.compiled else base.unet
    denoising = Denoising(unet, stage.repeats)
    if options.compiled:
        compile_ahead(denoising, family, options)
    ready()
    latents = Latents(pack, family, options)
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
