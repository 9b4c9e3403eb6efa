"""Nodes that change the colours of pictures, and their sharpness."""

from __future__ import annotations

from typing import Annotated

from nodeflow.node import Range, node
from nodeflow.raster import color, filters, from_planes, to_planes
from nodeflow.raster.blending import mix
from nodeflow.raster.light import to_linear, to_srgb
from nodeflow.values import Image
from nodeflow.values.arrays import FloatArray
from nodes.matching import check_batch, longer_seeds
from nodes.sizes import Share

Strength = Annotated[float, Range(0.0, 10.0, step=0.05, slider=(0.0, 2.0))]
Radius = Annotated[float, Range(0.0, 256.0, step=0.5, slider=(0.0, 32.0))]


@node("AdjustImage", category="image")
def adjust_image(
    image: Image,
    *,
    brightness: Strength = 1.0,
    contrast: Strength = 1.0,
    saturation: Strength = 1.0,
    hue: Annotated[float, Range(-180.0, 180.0, step=1.0)] = 0.0,
    gamma: Annotated[float, Range(0.1, 10.0, step=0.05, slider=(0.3, 3.0))] = 1.0,
) -> Image:
    """Adjust brightness, contrast, colour and gamma, in this order. What is left at its default does nothing.

    Args:
        image: The pictures.
        brightness: Factor for all colours; 1 changes nothing, 0 is black.
        contrast: Factor for the distance from the mean grey; 1 changes nothing, 0 is grey.
        saturation: Factor for the distance of colours from grey; 1 changes nothing, 0 is black and white.
        hue: Degrees to turn colours around the colour circle; 120 makes red green.
        gamma: Above 1 the middle tones get brighter, below 1 darker; black and white stay.
    """
    pixels = image.pixels
    if brightness != 1:
        pixels = color.brighten(pixels, brightness)
    if contrast != 1:
        pixels = color.contrast(pixels, contrast)
    if saturation != 1:
        pixels = color.saturate(pixels, saturation)
    if hue:
        pixels = color.turn_hue(pixels, hue)
    if gamma != 1:
        pixels = color.gamma(pixels, gamma)
    return Image(pixels, image.seeds)


@node("InvertImage", category="image")
def invert_image(image: Image) -> Image:
    """Turn pictures into their negatives: white becomes black, red becomes cyan.

    Args:
        image: The pictures.
    """
    return Image(1 - image.pixels, image.seeds)


@node("MatchColors", category="image")
def match_colors(image: Image, reference: Image, strength: Share = 1.0) -> Image:
    """Give pictures the colours of another: its mean, and how its colours spread around it.

    For what a VAE or a second pass has tinted, or to let one picture look as if it were of a series.

    Args:
        image: The pictures to change.
        reference: Where the colours come from: as many pictures, or one for all; of any size.
        strength: How far the colours go there; 0 changes nothing.
    """
    check_batch(len(reference), len(image), "reference")
    changed = color.matched(image.pixels, reference.pixels)
    return Image(mix(image.pixels, changed, strength), longer_seeds(image, reference))


@node("BlurImage", category="image")
def blur_image(image: Image, radius: Radius = 4.0, linear_light: bool = False) -> Image:
    """Blur pictures with a Gaussian.

    Args:
        image: The pictures.
        radius: The Gaussian's standard deviation in pixels; 0 changes nothing.
        linear_light: Mix light rather than sRGB values, as a lens out of focus does.
    """
    if radius == 0:
        return image

    def blurred(planes: FloatArray) -> FloatArray:
        return filters.blur(planes, radius)

    planes = to_planes(image.pixels)
    planes = to_srgb(blurred(to_linear(planes))) if linear_light else blurred(planes)
    return Image(from_planes(planes).clip(0, 1), image.seeds)


@node("SharpenImage", category="image")
def sharpen_image(image: Image, amount: Strength = 0.5, radius: Radius = 1.0) -> Image:
    """Sharpen pictures with an unsharp mask.

    Args:
        image: The pictures.
        amount: How much; 0 changes nothing.
        radius: How wide the edges are that it makes stronger, in pixels.
    """
    if amount == 0:
        return image
    planes = filters.sharpen(to_planes(image.pixels), radius, amount)
    return Image(from_planes(planes).clip(0, 1), image.seeds)
