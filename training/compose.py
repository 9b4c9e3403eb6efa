"""Renders batches of scenes to pictures on the device: everything here is tensor operations."""

from __future__ import annotations

import torch
from torch.nn import functional

from training.colours import dusk, turn_hue
from training.scenes import SLOTS, Batch

OVERSAMPLED = 2
LARGEST = 256  # pictures are put together at most this large before they are averaged down
DUSK = "dusk"


def to_device(batch: Batch, device: torch.device) -> Batch:
    """Move a batch without waiting for it."""
    return {key: value.to(device, non_blocking=True) for key, value in batch.items()}


class Composer:
    """Holds the artwork of a style on the device and composes scenes from it.

    Args:
        sprites: (N, 4, P, P) of bytes, RGBA.
        palette: Empty, or `dusk` to map all colours onto that palette.
    """

    def __init__(self, sprites: torch.Tensor, palette: str = "") -> None:
        self.sprites, self.palette = sprites, palette

    def render(self, scenes: Batch, size: int) -> torch.Tensor:
        """Compose pictures (B, 3, size, size) from -1 to 1."""
        side = min(size * OVERSAMPLED, max(LARGEST, size))
        canvas = scenes["background"][:, :, None, None].expand(-1, 3, side, side)
        for slot in range(SLOTS):
            rows = (scenes["subject"][:, slot] >= 0).nonzero()[:, 0]
            if len(rows):
                layer = self._layer({key: value[rows] for key, value in scenes.items()}, slot, side)
                below = canvas[rows]
                canvas = canvas.index_copy(0, rows, layer[:, :3] + below * (1 - layer[:, 3:]))
        picture = functional.interpolate(canvas, size=(size, size), mode="area") if side != size else canvas
        if self.palette == DUSK:
            picture = dusk(picture)
        return self._reduced(picture, scenes["reduced"]).clamp(0, 1) * 2 - 1

    def _layer(self, scenes: Batch, slot: int, side: int) -> torch.Tensor:
        """One thing of each scene on an empty canvas, (B, 4, side, side), colours multiplied by opacity."""
        sprites = self.sprites[scenes["subject"][:, slot]].float() / 255
        turned = scenes["turn"][:, slot]
        rows = (turned != 0).nonzero()[:, 0]
        colours, cover = sprites[:, :3], sprites[:, 3:]
        if len(rows):
            colours = colours.index_copy(0, rows, turn_hue(colours[rows], turned[rows]))
        shape = [len(sprites), 4, side, side]
        grid = functional.affine_grid(_affine(scenes, slot), shape, align_corners=False)
        return functional.grid_sample(torch.cat([colours * cover, cover], 1), grid, align_corners=False)

    @staticmethod
    def _reduced(pictures: torch.Tensor, shares: torch.Tensor) -> torch.Tensor:
        """Pass pictures with a smaller original through that size."""
        size = pictures.shape[-1]
        for share in (0.25, 0.5):
            rows = (shares == share).nonzero()[:, 0]
            if len(rows):
                small = functional.interpolate(pictures[rows], scale_factor=share, mode="area")
                large = functional.interpolate(small, size=(size, size), mode="bilinear", align_corners=False)
                pictures = pictures.index_copy(0, rows, large)
        return pictures


def _affine(scenes: Batch, slot: int) -> torch.Tensor:
    """The map from canvas to sprite coordinates, (B, 2, 3); cropping moves and enlarges what is seen."""
    crop = scenes["crop"]
    zoom = 1 + crop.amax(1)
    scale = scenes["scale"][:, slot] * zoom
    # The window's middle, seen from the middle of the enlarged picture, in half widths of the window.
    moved = scenes["place"][:, slot] * zoom[:, None] + (zoom[:, None] - 1) - 2 * crop.flip(1)
    cos, sin = scenes["angle"][:, slot].cos() / scale, scenes["angle"][:, slot].sin() / scale
    sign = torch.where(scenes["mirrored"][:, slot], -1.0, 1.0)
    rows = torch.stack([torch.stack([cos * sign, sin * sign], 1), torch.stack([-sin, cos], 1)], 1)
    return torch.cat([rows, -(rows @ moved[:, :, None])], 2)


def time_ids(scenes: Batch, size: int) -> torch.Tensor:
    """SDXL's six numbers in pixels: original height and width, crop top and left, target height and width."""
    zoom = 1 + scenes["crop"].amax(1)
    original = (scenes["reduced"] * zoom * size).round()
    target = torch.full_like(original, float(size))
    crop = (scenes["crop"] * size).round()
    return torch.stack([original, original, crop[:, 0], crop[:, 1], target, target], 1)
