"""The named colours of captions, and turning the hue of pictures. Pictures are RGB tensors from 0 to 1."""

from __future__ import annotations

import math

import torch

BACKGROUNDS: dict[str, tuple[int, int, int]] = {
    "white": (255, 255, 255),
    "black": (16, 16, 18),
    "gray": (140, 142, 148),
    "red": (214, 40, 44),
    "orange": (246, 138, 30),
    "yellow": (250, 214, 60),
    "green": (60, 170, 80),
    "blue": (40, 92, 214),
    "light blue": (140, 200, 246),
    "purple": (128, 70, 190),
    "pink": (248, 160, 196),
    "brown": (128, 84, 52),
    "teal": (24, 160, 160),
    "beige": (236, 220, 190),
}
HUES: dict[str, float] = {
    "red": 0.0,
    "orange": 28.0,
    "yellow": 50.0,
    "green": 125.0,
    "blue": 215.0,
    "purple": 275.0,
    "pink": 325.0,
}  # degrees
DUSK = ((24, 20, 62), (104, 44, 122), (232, 96, 120), (255, 214, 160), (255, 246, 226))
BINS = 72
NEAR = 30 / 360  # turns that count as one hue
LEAST_COLOUR = 0.08


def hue_saturation_value(rgb: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Split pictures (..., 3, H, W) into hue (turns), saturation and value, each (..., H, W)."""
    value, place = rgb.max(-3)
    spread = value - rgb.amin(-3)
    red, green, blue = rgb.unbind(-3)
    safe = spread.clamp(min=1e-6)
    sixths = torch.where(
        place == 0,
        (green - blue) / safe,
        torch.where(place == 1, 2 + (blue - red) / safe, 4 + (red - green) / safe),
    )
    return (sixths / 6) % 1, spread / value.clamp(min=1e-6), value


def turn_hue(rgb: torch.Tensor, turns: torch.Tensor) -> torch.Tensor:
    """Turn the hue of pictures (N, 3, H, W) by `turns` (N,), leaving saturation and value alone."""
    hue, saturation, value = hue_saturation_value(rgb)
    hue = (hue + turns[:, None, None]) * 6
    channels = []
    for offset in (5, 3, 1):
        k = (offset + hue) % 6
        channels.append(value - value * saturation * torch.minimum(k, 4 - k).clamp(0, 1))
    return torch.stack(channels, 1)


def dominant_hue(rgb: torch.Tensor, cover: torch.Tensor) -> tuple[float, float]:
    """Give the main hue of a picture in degrees, and how far it is one-coloured, 0 to 1.

    The hue is the peak of the hues' distribution, not their mean, which for red and blue parts would be
    neither. The second figure is 0 for pictures with hardly any colour, else the share of the colour that
    lies near the peak.

    Args:
        rgb: The picture, (3, H, W).
        cover: Its opacity, (H, W), 0 to 1.
    """
    hue, saturation, value = hue_saturation_value(rgb)
    weight = saturation**1.5 * value * cover
    if weight.sum() < LEAST_COLOUR * cover.sum().clamp(min=1):
        return 0.0, 0.0
    centres = torch.arange(BINS, device=rgb.device) / BINS
    away = (hue.flatten()[None] - centres[:, None] + 0.5) % 1 - 0.5
    near = (away.abs() < NEAR) * weight.flatten()
    peak = int(near.sum(1).argmax())
    mean = centres[peak] + (near[peak] * away[peak]).sum() / near[peak].sum()
    return float(mean * 360 % 360), float(near[peak].sum() / weight.sum())


def hue_distance(a: float, b: float) -> float:
    """The angle between two hues in degrees, 0 to 180."""
    return abs((a - b + 180) % 360 - 180)


def nearest_hue(degrees: float) -> str:
    """The named colour that is closest to a hue."""
    return min(HUES, key=lambda name: hue_distance(degrees, HUES[name]))


def nearest_background(rgb: tuple[float, float, float]) -> str:
    """The named background closest to a colour from 0 to 255, by plain distance."""
    return min(BACKGROUNDS, key=lambda name: math.dist(BACKGROUNDS[name], rgb))


def dusk(rgb: torch.Tensor) -> torch.Tensor:
    """Map pictures (N, 3, H, W) by their lightness onto the dusk palette."""
    palette = torch.tensor(DUSK, dtype=rgb.dtype, device=rgb.device) / 255
    weights = torch.tensor([0.299, 0.587, 0.114], dtype=rgb.dtype, device=rgb.device)
    place = (rgb * weights[:, None, None]).sum(1).clamp(0, 1) * (len(DUSK) - 1)
    low = place.floor().clamp(max=len(DUSK) - 2).long()
    part = (place - low)[..., None]
    return (palette[low] * (1 - part) + palette[low + 1] * part).permute(0, 3, 1, 2)
