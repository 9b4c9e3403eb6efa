"""Trains the inpainting UNet on nine channels: latents, a mask, and the latents outside the mask."""

from __future__ import annotations

import torch
from torch.nn import functional

from training.base import frozen_base
from training.config import Family, load_family
from training.diffusion import Denoising, Latents, time_ids, without_some
from training.loop import Options, Trainer, options_of, parse_options
from training.nets import build_unet
from training.pack import Pack, read_pack
from training.scenes import Batch, Draw, Scenes
from training.shipped import known_labels, sized_as
from training.warm_start import start_from

WHOLE = 0.12  # share of masks that hide everything


def random_masks(count: int, size: int, device: torch.device) -> torch.Tensor:
    """Boxes and ellipses, (count, 1, size, size), 1 where the picture is to be painted anew."""
    draw = torch.rand(5, count, 1, 1, device=device)
    middle_x, middle_y = draw[0] * 1.4 - 0.7, draw[1] * 1.4 - 0.7
    wide, high = 0.25 + 0.65 * draw[2], 0.25 + 0.65 * draw[3]
    line = torch.linspace(-1, 1, size, device=device)
    x, y = (line[None, None, :] - middle_x) / wide, (line[None, :, None] - middle_y) / high
    shape = torch.where(draw[4] < 0.5, torch.maximum(x.abs(), y.abs()), (x**2 + y**2).sqrt()) < 1
    shape = shape | (torch.rand(count, 1, 1, device=device) < WHOLE)
    return shape[:, None].float()


def inpaint_channels(latents: Latents, pictures: torch.Tensor, size: int) -> torch.Tensor:
    """The five further channels: the mask at the latents' size, and the masked pictures' latents."""
    masks = random_masks(len(pictures), size, pictures.device)
    hidden = latents.encode(pictures * (masks < 0.5))
    small = functional.interpolate(masks, size=hidden.shape[-2:])
    return torch.cat([small, hidden], 1)


def train(options: Options, family: Family, pack: Pack) -> bool:
    """Train until the budget is spent."""
    stage = family.stages["inpaint"]
    torch.manual_seed(options.seed)
    family = sized_as(options.origin, family)
    device = torch.device(options.device)
    base = frozen_base(options, family, pack)
    text, unet = base.text, start_from(build_unet(family, "inpaint"), base.unet.cpu()).to(device)
    latents, denoising = Latents(pack, family, options), Denoising(unet, stage.repeats)
    trainer = Trainer("inpaint", unet, options, faster="conv_in.weight")

    def loss_of(batch: Batch) -> torch.Tensor:
        size = stage.size_at(trainer.progress)
        scenes, pictures, encoded = latents.of(batch, size)
        with torch.no_grad():
            context, pooled = without_some(*text(scenes["tokens"]))
        more = inpaint_channels(latents, pictures, size)
        return denoising.loss(encoded, context, pooled, time_ids(scenes, size), more)

    return trainer.run(
        Scenes(pack, family, Draw(plain_names=known_labels(options.origin, pack)), options.batch, salt=5),
        loss_of,
    )


def main() -> None:
    """Run the stage from the command line."""
    family = load_family()
    train(options_of(parse_options(family.stages["inpaint"], __doc__)), family, read_pack())


if __name__ == "__main__":
    main()
