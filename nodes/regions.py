"""Nodes that say where in a picture and when in a run prompts act."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import Annotated

from nodeflow.errors import NodeFailed
from nodeflow.node import Range, node
from nodeflow.values import Area, Conditioning, Mask, MaskedRegion

Strength = Annotated[float, Range(0.0, 100.0, step=0.05, slider=(0.0, 2.0))]
Fraction = Annotated[float, Range(0.0, 1.0, step=0.01)]
Feather = Annotated[float, Range(0.0, 0.5, step=0.01)]
Extent = Annotated[float, Range(0.0, 16384.0, step=0.05, slider=(0.0, 1.0))]


class AreaUnit(StrEnum):
    """What the numbers of an area mean."""

    FRACTIONS = "fractions"
    """Fractions of the picture's width and height."""
    PIXELS = "pixels"
    """Pixels of the picture."""


@node("ConditioningSetArea", category="conditioning")
def conditioning_set_area(
    conditioning: Conditioning,
    x: Extent = 0.0,
    y: Extent = 0.0,
    width: Extent = 0.5,
    height: Extent = 1.0,
    *,
    unit: AreaUnit = AreaUnit.FRACTIONS,
    strength: Strength = 1.0,
    feather: Feather = 0.0,
) -> Conditioning:
    """Let a prompt make a picture of its own in a rectangle.

    It sees only this part, so that what it names is complete there. Combine it with prompts for other parts,
    or for the whole picture; where no prompt acts, it is as if there were none.

    Args:
        conditioning: The prompt.
        x: Left edge of the area.
        y: Upper edge of the area.
        width: How wide it is; what is beyond the picture is cut off.
        height: How high it is.
        unit: Whether these numbers are fractions of the picture, which suit any size, or pixels.
        strength: Its share where other prompts act as well; 0 turns it off.
        feather: How far it fades in from its edges, as a fraction of its shorter side; not at those of the
            picture.
    """
    _check_area(unit, x=x, y=y, width=width, height=height)
    area = Area(x, y, width, height, unit is AreaUnit.FRACTIONS, feather)
    return conditioning.with_each(
        lambda prompt: replace(prompt, area=area, strength=prompt.strength * strength)
    )


def _check_area(unit: AreaUnit, **numbers: float) -> None:
    for name, number in numbers.items():
        if unit is AreaUnit.FRACTIONS and number > 1:
            message = f"{number:g} is no fraction of the picture, 0 to 1"
            raise NodeFailed(message, input=name, advice="Make it smaller, or set unit to pixels")
        if name in ("width", "height") and number == 0:
            raise NodeFailed("the area has no extent", input=name, advice=f"Set {name} above 0")


@node("ConditioningSetMask", category="conditioning")
def conditioning_set_mask(
    conditioning: Conditioning,
    mask: Mask,
    strength: Strength = 1.0,
    *,
    crop: bool = False,
    feather: Feather = 0.0,
) -> Conditioning:
    """Let a prompt act where a mask is white.

    Args:
        conditioning: The prompt.
        mask: Where it acts: 1 fully, 0 not at all. One mask, or one for each picture of the batch; of any
            size, it is scaled to the picture.
        strength: Its share where other prompts act as well; 0 turns it off.
        crop: Whether it sees only the rectangle around the mask, so that what it names is complete there;
            else it sees the whole picture.
        feather: With `crop`, how far it fades in from the edges of that rectangle, as a fraction of its
            shorter side.
    """
    region = MaskedRegion(mask.values, crop, feather)
    return conditioning.with_each(
        lambda prompt: replace(prompt, mask=region, strength=prompt.strength * strength)
    )


@node("ConditioningSetTimestepRange", category="conditioning")
def conditioning_set_timestep_range(
    conditioning: Conditioning, start: Fraction = 0.0, end: Fraction = 1.0
) -> Conditioning:
    """Let a prompt act in a part of the run only.

    Early steps decide the composition, late ones the details. While no prompt acts, it is as if there were
    none.

    Args:
        conditioning: The prompt.
        start: When it begins to act, as a fraction of the steps of the whole schedule.
        end: When it ends.
    """
    if start >= end:
        message = f"{end:g} is not after the start, {start:g}"
        raise NodeFailed(message, input="end", advice="Set end above start")

    def narrowed(prompt: Conditioning) -> Conditioning:
        return replace(prompt, span=(max(prompt.span[0], start), min(prompt.span[1], end)))

    return conditioning.with_each(narrowed)
