"""What the UNet stages share: the noise schedule, the loss's weight, latents of rendered scenes."""

from __future__ import annotations

from typing import Any

import torch
from diffusers import DDPMScheduler
from diffusers.training_utils import compute_snr
from torch.nn import functional

from training.compose import Composer, time_ids, to_device
from training.config import Family, work_folder
from training.loop import Options, load_averaged
from training.nets import build_vae
from training.pack import Pack
from training.scenes import Batch
from training.shipped import load_vae

STEPS = 1000


def noise_scheduler() -> Any:
    """SDXL's schedule: scaled linear, 0.00085 to 0.012."""
    return DDPMScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear")


def loss_weight(snr: torch.Tensor) -> torch.Tensor:
    """min(snr + 1, 5) / snr, at most 10: like min-SNR, with more weight on high noise.

    Plain min-SNR (Hang et al. 2023) learnt backgrounds long before things.
    """
    return ((snr + 1).clamp(max=5) / snr).clamp(max=10) / 4


class Latents:
    """Renders scenes and encodes them with the frozen autoencoder."""

    def __init__(
        self, pack: Pack, family: Family, options: Options, style: str = "3d", palette: str = ""
    ) -> None:
        self.device = torch.device(options.device)
        self.composer = Composer(pack.sprites(style, self.device), palette)
        vae, self.scaling = load_vae(options.origin) if options.origin else _trained_vae(family)
        self.vae: Any = vae.eval().requires_grad_(False).to(self.device)

    def encode(self, pictures: torch.Tensor) -> torch.Tensor:
        """Scaled latents (B, 4, side / 8, side / 8) of pictures from -1 to 1."""
        with torch.no_grad():
            return torch.cat([self._encode(part) for part in torch.split(pictures, 256)])

    def _encode(self, pictures: torch.Tensor) -> torch.Tensor:
        latents: torch.Tensor = self.vae.encode(pictures).latent_dist.mode().float() * self.scaling
        return latents

    def of(self, batch: Batch, size: int) -> tuple[Batch, torch.Tensor, torch.Tensor]:
        """The batch on the device, its pictures, and their latents."""
        scenes = to_device(batch, self.device)
        with torch.no_grad(), torch.autocast(self.device.type, enabled=False):
            pictures = self.composer.render(scenes, size)
        return scenes, pictures, self.encode(pictures)


def _trained_vae(family: Family) -> tuple[Any, float]:
    tuned = (work_folder() / "decoder" / "averaged.pt").exists()
    vae = load_averaged("decoder" if tuned else "vae", load_averaged("vae", build_vae(family)))
    scaling = torch.load(work_folder() / "vae" / "scaling.pt", weights_only=True)
    return vae, float(scaling["scaling_factor"])


class Denoising:
    """The loss of predicting the noise; each picture is used at `repeats` noise levels."""

    def __init__(self, unet: Any, repeats: int = 1, highest: int = STEPS) -> None:
        self.unet, self.repeats, self.highest = unet, repeats, highest
        self.scheduler = noise_scheduler()

    def repeated(self, value: torch.Tensor) -> torch.Tensor:
        """Each row as often as its picture is used."""
        return value.repeat(self.repeats, *[1] * (value.dim() - 1))

    def noisy(self, latents: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Noise latents at random levels: what the UNet sees, the noise, the timesteps."""
        noise = torch.randn_like(latents)
        timesteps = torch.randint(0, self.highest, (len(latents),), device=latents.device)
        return self.scheduler.add_noise(latents, noise, timesteps), noise, timesteps

    def predict(
        self,
        seen: torch.Tensor,
        timesteps: torch.Tensor,
        context: torch.Tensor,
        pooled: torch.Tensor,
        ids: torch.Tensor,
    ) -> torch.Tensor:
        """The UNet's prediction in float32."""
        added = {"text_embeds": pooled, "time_ids": ids}
        output: torch.Tensor = self.unet(seen, timesteps, context, added_cond_kwargs=added).sample
        return output.float()

    def loss(
        self,
        latents: torch.Tensor,
        context: torch.Tensor,
        pooled: torch.Tensor,
        ids: torch.Tensor,
        more: Any = None,
    ) -> torch.Tensor:
        """The weighted squared error; `more` are further input channels (inpainting), not repeated yet."""
        seen, noise, timesteps = self.noisy(self.repeated(latents))
        if more is not None:
            seen = torch.cat([seen, self.repeated(more)], 1)
        conditions = (self.repeated(value) for value in (context, pooled, ids))
        error = functional.mse_loss(self.predict(seen, timesteps, *conditions), noise, reduction="none").mean(
            (1, 2, 3)
        )
        return (error * loss_weight(compute_snr(self.scheduler, timesteps))).mean()


def without_some(
    context: torch.Tensor, pooled: torch.Tensor, share: float = 0.06
) -> tuple[torch.Tensor, torch.Tensor]:
    """Zero the conditioning of some rows: what the pipeline passes for no negative prompt."""
    kept = (torch.rand(len(context), device=context.device) >= share).to(context.dtype)
    return context * kept[:, None, None], pooled * kept[:, None]


__all__ = ["Denoising", "Latents", "loss_weight", "noise_scheduler", "time_ids", "without_some"]
