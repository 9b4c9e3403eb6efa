"""Figures on pictures (N, 3, H, W) from 0 to 1: fidelity, sharpness, colours, style."""

from __future__ import annotations

import torch
from torch.nn import functional

from training.colours import HUES, dominant_hue, hue_distance, nearest_background
from training.features import border_colour, cover_of

WINDOW = 7


def psnr(a: torch.Tensor, b: torch.Tensor) -> float:
    """The mean peak signal-to-noise ratio in dB."""
    errors = (a - b).pow(2).mean((1, 2, 3)).clamp(min=1e-10)
    return float((-10 * errors.log10()).mean())


def ssim(a: torch.Tensor, b: torch.Tensor) -> float:
    """Structural similarity (Wang et al. 2004) with a 7 pixel window, of the lightness."""
    x, y = a.mean(1, keepdim=True), b.mean(1, keepdim=True)

    def mean(value: torch.Tensor) -> torch.Tensor:
        return functional.avg_pool2d(value, WINDOW, 1)

    mx, my = mean(x), mean(y)
    vx, vy, both = mean(x * x) - mx**2, mean(y * y) - my**2, mean(x * y) - mx * my
    c1, c2 = 0.01**2, 0.03**2
    similarity = (2 * mx * my + c1) * (2 * both + c2) / ((mx**2 + my**2 + c1) * (vx + vy + c2))
    return float(similarity.mean())


def sharpness(pictures: torch.Tensor) -> torch.Tensor:
    """The variance of the Laplacian of the lightness, (N,), times 1000."""
    kernel = torch.tensor([[0.0, 1, 0], [1, -4, 1], [0, 1, 0]])[None, None]
    return functional.conv2d(pictures.mean(1, keepdim=True), kernel).var((1, 2, 3)) * 1000


def background_name(picture: torch.Tensor) -> str:
    """The named background nearest to the border's colour."""
    red, green, blue = (border_colour(picture) * 255).tolist()
    return nearest_background((red, green, blue))


def has_colour(picture: torch.Tensor, colour: str) -> bool:
    """Whether the main hue of the thing lies within 25 degrees of a named one."""
    degrees, coloured = dominant_hue(picture, cover_of(picture).float())
    return coloured > 0 and hue_distance(degrees, HUES[colour]) <= 25


def style_features(pictures: torch.Tensor) -> torch.Tensor:
    """What tells drawn from modelled pictures: shares of flat pixels, edges and colour, (N, 12)."""
    light = pictures.mean(1)
    steps = torch.hypot(light.diff(dim=1)[:, :, 1:], light.diff(dim=2)[:, 1:]).flatten(1)
    bounds = (0.004, 0.012, 0.03, 0.08, 0.2)
    shares = [((steps > low).float()).mean(1) for low in bounds]
    colour = (pictures.amax(1) - pictures.amin(1)).flatten(1)
    dark = (light.flatten(1) < 0.2).float().mean(1)
    more = [colour.mean(1), colour.std(1), (colour > 0.5).float().mean(1), dark, light.flatten(1).std(1)]
    ratio = shares[3] / (shares[0] + 1e-3)
    return torch.stack([*shares, *more, ratio, sharpness(pictures).clamp(max=60) / 20], 1)


def softened(pictures: torch.Tensor) -> torch.Tensor:
    """Pictures (N, 3, H, W) as they are, and passed through a half and a quarter of their size: (3 N, …)."""
    soft = [pictures]
    for share in (0.5, 0.25):
        small = functional.interpolate(pictures, scale_factor=share, mode="area")
        soft.append(functional.interpolate(small, size=pictures.shape[-2:], mode="bicubic").clamp(0, 1))
    return torch.cat(soft)


class StyleJudge:
    """A logistic classifier of one style against the 3D one, on real renderings of three softnesses.

    Fitted to crisp ones alone it judges softness: it takes no soft picture for a style of hard edges.
    """

    def __init__(self, plain: torch.Tensor, styled: torch.Tensor) -> None:
        plain, styled = softened(plain), softened(styled)
        features = torch.cat([style_features(plain), style_features(styled)])
        self.mean, self.spread = features.mean(0), features.std(0) + 1e-4
        wanted = torch.cat([torch.zeros(len(plain)), torch.ones(len(styled))])
        scaled = (features - self.mean) / self.spread
        self.weights = torch.zeros(features.shape[1] + 1, requires_grad=True)
        optimizer = torch.optim.LBFGS([self.weights], max_iter=100)

        def closure() -> torch.Tensor:
            optimizer.zero_grad()
            logits = scaled @ self.weights[:-1] + self.weights[-1]
            misses = functional.binary_cross_entropy_with_logits(logits, wanted)
            loss = misses + 0.01 * self.weights.pow(2).sum()
            loss.backward()  # type: ignore[no-untyped-call]
            return loss

        optimizer.step(closure)  # type: ignore[no-untyped-call]

    def score(self, pictures: torch.Tensor) -> float:
        """The mean probability that pictures have the style."""
        with torch.no_grad():
            scaled = (style_features(pictures) - self.mean) / self.spread
            return float((scaled @ self.weights[:-1] + self.weights[-1]).sigmoid().mean())
