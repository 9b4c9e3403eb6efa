"""Sharpens the autoencoder's decoder with its encoder frozen: edges and a small patch discriminator."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils.parametrizations import spectral_norm

from training.config import Family, load_family
from training.loop import Options, Trainer, load_averaged, options_of, parse_options
from training.nets import build_vae
from training.pack import Pack, read_pack
from training.scenes import Batch, Draw, Scenes
from training.vae import composers_of, edges, step_pictures

ADVERSARIAL = 0.04
BEGINS = 0.3  # share of the budget before the discriminator counts


def discriminator(width: int = 32) -> nn.Sequential:
    """Tells rendered from decoded patches, 16 pixels wide (spectral normalisation, hinge loss)."""
    return nn.Sequential(
        spectral_norm(nn.Conv2d(3, width, 4, 2, 1)),
        nn.LeakyReLU(0.2),
        spectral_norm(nn.Conv2d(width, width * 2, 4, 2, 1)),
        nn.LeakyReLU(0.2),
        spectral_norm(nn.Conv2d(width * 2, width * 2, 3, 1, 1)),
        nn.LeakyReLU(0.2),
        nn.Conv2d(width * 2, 1, 3, 1, 1),
    )


class Sharpening:
    """The decoder's loss, with a discriminator that learns alongside."""

    def __init__(self, vae: Any, device: torch.device) -> None:
        self.vae = vae
        self.critic = discriminator().to(device)
        self.optimizer = torch.optim.AdamW(self.critic.parameters(), 4e-4, betas=(0.5, 0.98))

    def loss(self, pictures: torch.Tensor, progress: float) -> torch.Tensor:
        """The loss for the decoder; teaches the discriminator one step as well."""
        with torch.no_grad():
            latents = self.vae.encode(pictures).latent_dist.sample()
        decoded = self.vae.decode(latents).sample.float()
        error = decoded - pictures
        loss: torch.Tensor = error.abs().mean() + 0.7 * edges(error) + 0.3 * (error**2).mean()
        if progress > BEGINS - 0.08:
            self._teach(pictures, decoded.detach())
        if progress > BEGINS:
            rise = min(1.0, (progress - BEGINS) / 0.1)
            self.critic.requires_grad_(False)
            loss = loss - ADVERSARIAL * rise * self.critic(decoded).float().mean()
            self.critic.requires_grad_(True)
        return loss

    def _teach(self, real: torch.Tensor, decoded: torch.Tensor) -> None:
        for_real = functional.relu(1 - self.critic(real).float()).mean()
        hinge = for_real + functional.relu(1 + self.critic(decoded).float()).mean()
        self.optimizer.zero_grad(set_to_none=True)
        hinge.backward()  # type: ignore[no-untyped-call]
        self.optimizer.step()


def train(options: Options, family: Family, pack: Pack) -> bool:
    """Tune the decoder until the budget is spent."""
    device = torch.device(options.device)
    torch.manual_seed(options.seed)
    vae: Any = load_averaged("vae", build_vae(family)).to(device).requires_grad_(False)
    for part in (vae.decoder, vae.post_quant_conv):
        part.requires_grad_(True)
    composers = composers_of(pack, device)
    sharpening = Sharpening(vae, device)
    extra = {"critic": sharpening.critic, "critic_optimizer": sharpening.optimizer}
    trainer = Trainer("decoder", vae, options, extra=extra)

    def loss_of(batch: Batch) -> torch.Tensor:
        return sharpening.loss(step_pictures(composers, batch, device), trainer.progress)

    return trainer.run(Scenes(pack, family, Draw(reduced=0.0), options.batch, salt=2), loss_of)


def main() -> None:
    """Run the stage from the command line."""
    family = load_family()
    train(options_of(parse_options(family.stages["decoder"], __doc__)), family, read_pack())


if __name__ == "__main__":
    main()
