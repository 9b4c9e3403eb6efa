"""Mixing two pictures: blend modes as in the W3C's "Compositing and Blending Level 1", section 10."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from nodeflow.values.arrays import FloatArray


class BlendMode(StrEnum):
    """What becomes of two colours, one over the other."""

    NORMAL = "normal"
    MULTIPLY = "multiply"
    SCREEN = "screen"
    OVERLAY = "overlay"
    SOFT_LIGHT = "soft_light"
    HARD_LIGHT = "hard_light"
    DARKEN = "darken"
    LIGHTEN = "lighten"
    COLOR_DODGE = "color_dodge"
    COLOR_BURN = "color_burn"
    ADD = "add"
    SUBTRACT = "subtract"
    DIFFERENCE = "difference"
    EXCLUSION = "exclusion"


def mix(below: FloatArray, above: FloatArray, weight: FloatArray | float) -> FloatArray:
    """`below` where weight is 0, `above` where it is 1, both to the last bit; in between a straight line."""
    import numpy as np

    share = np.asarray(weight, np.float32)
    between = below + (above - below) * share
    return np.where(share <= 0, below, np.where(share >= 1, above, between)).astype(np.float32)


def blend(below: FloatArray, above: FloatArray, mode: BlendMode) -> FloatArray:
    """Both pictures combined by a mode, 0…1."""
    import numpy as np

    return np.clip(_FORMULAS[mode](below, above), 0, 1).astype(np.float32)


def _hard_light(below: FloatArray, above: FloatArray) -> FloatArray:
    import numpy as np

    return np.where(above <= 0.5, below * 2 * above, _screen(below, 2 * above - 1))


def _screen(below: FloatArray, above: FloatArray) -> FloatArray:
    return below + above - below * above


def _soft_light(below: FloatArray, above: FloatArray) -> FloatArray:
    import numpy as np

    deep = ((16 * below - 12) * below + 4) * below
    curve = np.where(below <= 0.25, deep, np.sqrt(below))
    dark = below - (1 - 2 * above) * below * (1 - below)
    return np.where(above <= 0.5, dark, below + (2 * above - 1) * (curve - below))


def _dodge(below: FloatArray, above: FloatArray) -> FloatArray:
    import numpy as np

    bright = below / np.where(above < 1, 1 - above, 1)
    return np.where(below == 0, 0, np.where(above >= 1, 1, np.minimum(1, bright)))


def _burn(below: FloatArray, above: FloatArray) -> FloatArray:
    import numpy as np

    dark = (1 - below) / np.where(above > 0, above, 1)
    return np.where(below >= 1, 1, np.where(above <= 0, 0, 1 - np.minimum(1, dark)))


def _darken(below: FloatArray, above: FloatArray) -> FloatArray:
    import numpy as np

    return np.minimum(below, above)


def _lighten(below: FloatArray, above: FloatArray) -> FloatArray:
    import numpy as np

    return np.maximum(below, above)


_FORMULAS: dict[BlendMode, Callable[[FloatArray, FloatArray], FloatArray]] = {
    BlendMode.NORMAL: lambda below, above: above,  # noqa: ARG005 - all formulas take both
    BlendMode.MULTIPLY: lambda below, above: below * above,
    BlendMode.SCREEN: _screen,
    BlendMode.OVERLAY: lambda below, above: _hard_light(above, below),
    BlendMode.SOFT_LIGHT: _soft_light,
    BlendMode.HARD_LIGHT: _hard_light,
    BlendMode.DARKEN: _darken,
    BlendMode.LIGHTEN: _lighten,
    BlendMode.COLOR_DODGE: _dodge,
    BlendMode.COLOR_BURN: _burn,
    BlendMode.ADD: lambda below, above: below + above,
    BlendMode.SUBTRACT: lambda below, above: below - above,
    BlendMode.DIFFERENCE: lambda below, above: abs(below - above),
    BlendMode.EXCLUSION: lambda below, above: below + above - 2 * below * above,
}
