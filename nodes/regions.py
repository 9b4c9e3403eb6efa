"""Nodes that say where in a picture and when in a run prompts act."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Annotated, Any

from nodeflow.errors import NodeFailed
from nodeflow.node import Range, node
from nodeflow.values import LATENT_SCALE, Area, Conditioning, Mask, MaskedRegion

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


@node("ConditioningSetArea", category="conditioning", revision=2)
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
    or for the whole picture; where no prompt acts, it is as if there were none. An area that it has already
    is replaced.

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
    _check_area(unit, {"x": x, "y": y, "width": width, "height": height})
    area = Area(x, y, width, height, unit is AreaUnit.FRACTIONS, feather)
    return conditioning.with_each(
        lambda prompt: replace(prompt, area=area, strength=prompt.strength * strength)
    )


@conditioning_set_area.foresees
def _(known: Mapping[str, Any]) -> None:
    if "unit" in known:
        _check_area(known["unit"], known)


def _check_area(unit: AreaUnit, known: Mapping[str, Any]) -> None:
    for name in ("x", "y", "width", "height"):
        if name in known:
            _check_edge(unit, name, known[name])


def _check_edge(unit: AreaUnit, name: str, number: float) -> None:
    is_size = name in ("width", "height")
    if is_size and number == 0:
        raise NodeFailed("the area has no extent", input=name, advice=f"Set {name} above 0")
    if unit is AreaUnit.PIXELS and is_size and number < LATENT_SCALE:
        message = f"{number:g} pixels are less than an area can have, {LATENT_SCALE}"
        raise NodeFailed(message, input=name, advice="Make it larger, or set unit to fractions")
    if unit is AreaUnit.FRACTIONS and number > 1:
        message = f"{number:g} is no fraction of the picture, 0 to 1"
        raise NodeFailed(message, input=name, advice="Make it smaller, or set unit to pixels")
    if unit is AreaUnit.FRACTIONS and not is_size and number == 1:
        message = "an area that begins at 1, where the picture ends, lies outside of it"
        raise NodeFailed(message, input=name, advice="Set it below 1, or set unit to pixels")


@node("ConditioningSetMask", category="conditioning", revision=2)
def conditioning_set_mask(
    conditioning: Conditioning,
    mask: Mask,
    strength: Strength = 1.0,
    *,
    crop: bool = False,
    feather: Feather = 0.0,
) -> Conditioning:
    """Let a prompt act where a mask is white. A mask that it has already is replaced.

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
    none. Of a prompt that is limited already, what both ranges share is left.

    Args:
        conditioning: The prompt.
        start: When it begins to act, as a fraction of the steps of the whole schedule.
        end: When it ends.
    """
    _check_range(start, end)

    def narrowed(prompt: Conditioning) -> Conditioning:
        return replace(prompt, span=(max(prompt.span[0], start), min(prompt.span[1], end)))

    found = conditioning.with_each(narrowed)
    if all(begin >= over for begin, over in (prompt.span for prompt in found.prompts)):
        begin, over = conditioning.span
        already = f"{begin:g} to {over:g}, to which the prompt is limited already"
        message = f"{start:g} to {end:g} has nothing of {already}"
        raise NodeFailed(message, input="conditioning", advice="Let the ranges overlap")
    return found


@conditioning_set_timestep_range.foresees
def _(known: Mapping[str, Any]) -> None:
    if known.keys() >= {"start", "end"}:
        _check_range(known["start"], known["end"])


def _check_range(start: float, end: float) -> None:
    if start >= end:
        message = f"{end:g} is not after the start, {start:g}"
        raise NodeFailed(message, input="end", advice="Set end above start")
