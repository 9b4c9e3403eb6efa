"""Trains the refiner on the low-noise fifth of the schedule: it turns softened latents into crisp ones.

With a high aesthetic score the crisp picture is the goal, with a low one the softened picture is.
"""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional

from training.base import frozen_base
from training.config import Family, load_family
from training.diffusion import Denoising, Latents, time_ids
from training.loop import Options, Trainer, options_of, parse_options
from training.nets import build_unet
from training.pack import Pack, read_pack
from training.scenes import Batch, Draw, Scenes
from training.shipped import known_labels, load_unet, sized_as
from training.warm_start import start_from

HIGHEST = 200
HIGH_SCORE, LOW_SCORE = 6.0, 2.5  # the pipeline's defaults for prompt and negative prompt
SOFTENED, LOW_SHARE = 0.6, 0.2
DAMPING = 0.05


def softened(pictures: torch.Tensor) -> torch.Tensor:
    """Pictures passed through half their size."""
    half = functional.interpolate(pictures, scale_factor=0.5, mode="area")
    return functional.interpolate(half, size=pictures.shape[-2:], mode="bilinear", align_corners=False)


class Refining:
    """The refiner's loss: the noise plus whatever else must go."""

    def __init__(self, unet: Any, repeats: int) -> None:
        self.denoising = Denoising(unet, repeats, HIGHEST)

    def loss(
        self,
        crisp: torch.Tensor,
        soft: torch.Tensor,
        context: torch.Tensor,
        pooled: torch.Tensor,
        ids: torch.Tensor,
    ) -> torch.Tensor:
        """The damped error for a batch of latents and their softened versions.

        What is predicted is `noise + (alpha / sigma) * (start - goal)`, so that a step ends at the goal.
        """
        repeated = self.denoising.repeated
        crisp, soft, context, pooled, ids = (repeated(value) for value in (crisp, soft, context, pooled, ids))
        draw = torch.rand(len(crisp), 1, 1, 1, device=crisp.device)
        low = draw < LOW_SHARE
        start = torch.where(draw < SOFTENED, soft, crisp)
        goal = torch.where(low, soft, crisp)
        seen, noise, timesteps = self.denoising.noisy(start)
        share = self.denoising.scheduler.alphas_cumprod.to(crisp.device)[timesteps].view(-1, 1, 1, 1)
        ratio = (share / (1 - share)).sqrt()
        score = torch.where(low[:, 0, 0], LOW_SCORE, HIGH_SCORE)
        ids = torch.cat([ids[:, :4], score.to(ids.dtype)], 1)
        predicted = self.denoising.predict(seen, timesteps, context, pooled, ids)
        error = (predicted - noise - ratio * (start - goal)) ** 2
        damped: torch.Tensor = (error / (1 + DAMPING * ratio**2)).mean()
        return damped


def train(options: Options, family: Family, pack: Pack) -> bool:
    """Train until the budget is spent."""
    stage = family.stages["refiner"]
    torch.manual_seed(options.seed)
    family = sized_as(options.origin, family)
    device = torch.device(options.device)
    text = frozen_base(options, family, pack).text
    unet = build_unet(family, "refiner")
    if options.origin:
        start_from(unet, load_unet(options.origin, "pocket-refiner"))
    unet.to(device)
    latents, refining = Latents(pack, family, options), Refining(unet, stage.repeats)
    trainer = Trainer("refiner", unet, options)

    def loss_of(batch: Batch) -> torch.Tensor:
        size = stage.size_at(trainer.progress)
        scenes, pictures, crisp = latents.of(batch, size)
        soft = latents.encode(softened(pictures))
        with torch.no_grad():
            context, pooled = text.second_only(scenes["tokens"])
        return refining.loss(crisp, soft, context, pooled, time_ids(scenes, size))

    return trainer.run(
        Scenes(
            pack,
            family,
            Draw(reduced=0.0, plain_names=known_labels(options.origin, pack)),
            options.batch,
            salt=4,
        ),
        loss_of,
    )


def main() -> None:
    """Run the stage from the command line."""
    family = load_family()
    train(options_of(parse_options(family.stages["refiner"], __doc__)), family, read_pack())


if __name__ == "__main__":
    main()
