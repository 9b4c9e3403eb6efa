"""Trains the autoencoder on pictures of all styles."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional

from training.compose import Composer, to_device
from training.config import Family, load_family
from training.loop import Options, Trainer, load_averaged, options_of, parse_options
from training.nets import build_vae
from training.pack import STYLES, Pack, read_pack
from training.scenes import Batch, Draw, Scenes

SIZE = 128
CALIBRATION = 8  # batches of 64


def step_pictures(composers: list[Composer], batch: Batch, device: torch.device) -> torch.Tensor:
    """Render a batch with the first style for three quarters of it and the others for the rest."""
    scenes = to_device(batch, device)
    parts = torch.arange(len(scenes["turn"])).tensor_split(
        [len(scenes["turn"]) * 3 // 4, len(scenes["turn"]) * 7 // 8]
    )
    with torch.no_grad(), torch.autocast(device.type, enabled=False):
        rendered = [
            composer.render({key: value[rows] for key, value in scenes.items()}, SIZE)
            for composer, rows in zip(composers, parts, strict=True)
            if len(rows)
        ]
    return torch.cat(rendered)


def edges(error: torch.Tensor) -> torch.Tensor:
    """The mean size of an error's differences between neighbours: what keeps fine lines."""
    return (error[..., 1:] - error[..., :-1]).abs().mean() + (
        error[..., 1:, :] - error[..., :-1, :]
    ).abs().mean()


def reconstruction_loss(vae: Any, pictures: torch.Tensor) -> torch.Tensor:
    """L1, edges, coarse L1, L2 and a light pull of the latents towards a unit Gaussian."""
    posterior = vae.encode(pictures).latent_dist
    mean, spread = posterior.mean.float(), posterior.logvar.float()
    drawn = mean + torch.randn_like(mean) * (0.5 * spread).exp()
    error = vae.decode(drawn).sample.float() - pictures
    pull = 0.5 * (mean**2 + spread.exp() - 1 - spread).mean()
    coarse = functional.avg_pool2d(error, 4).abs().mean()
    loss: torch.Tensor = (
        error.abs().mean() + 0.5 * edges(error) + 0.5 * coarse + 0.5 * (error**2).mean() + 2e-4 * pull
    )
    return loss


def composers_of(pack: Pack, device: torch.device) -> list[Composer]:
    """One composer a style."""
    return [Composer(pack.sprites(style, device)) for style in STYLES]


@torch.no_grad()
def scaling_factor(vae: Any, composers: list[Composer], scenes: Scenes, device: torch.device) -> float:
    """One over the standard deviation of the latents over some batches."""
    latents = []
    for step in range(CALIBRATION):
        batch = {key: value[:64] for key, value in scenes[10**8 + step].items()}
        latents.append(vae.encode(step_pictures(composers[:1] * 3, batch, device)).latent_dist.mean.float())
    return 1 / float(torch.cat(latents).std())


def train(options: Options, family: Family, pack: Pack) -> bool:
    """Train until the budget is spent, then measure the scaling factor."""
    device = torch.device(options.device)
    torch.manual_seed(options.seed)
    vae = build_vae(family).to(device)
    composers = composers_of(pack, device)
    scenes = Scenes(pack, family, Draw(reduced=0.05), options.batch, salt=1)
    trainer = Trainer("vae", vae, options)
    done = trainer.run(
        scenes, lambda batch: reconstruction_loss(vae, step_pictures(composers, batch, device))
    )
    averaged: Any = load_averaged("vae", build_vae(family)).to(device)
    factor = scaling_factor(averaged, composers, scenes, device)
    torch.save({"scaling_factor": factor}, trainer.folder / "scaling.pt")
    return done


def main() -> None:
    """Run the stage from the command line."""
    family = load_family()
    train(options_of(parse_options(family.stages["vae"], __doc__)), family, read_pack())


if __name__ == "__main__":
    main()
