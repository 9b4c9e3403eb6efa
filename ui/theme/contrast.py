"""Contrast of two colours, and how colours look with a colour vision deficiency."""

from __future__ import annotations

RGB = tuple[float, float, float]

# Viénot, Brettel & Mollon 1999, linear RGB, for the two common deficiencies.
_SIMULATION = {
    "protanopia": ((0.11238, 0.88762, 0.0), (0.11238, 0.88762, 0.0), (0.00401, -0.00401, 1.0)),
    "deuteranopia": ((0.29275, 0.70725, 0.0), (0.29275, 0.70725, 0.0), (-0.02234, 0.02234, 1.0)),
}
DEFICIENCIES = tuple(_SIMULATION)


def linear(color: str) -> RGB:
    """The linear RGB of `#rrggbb`, each 0 to 1."""
    parts = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return red, green, blue


def luminance(color: str) -> float:
    """The relative luminance of WCAG 2.2, 0 to 1."""
    red, green, blue = linear(color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def lab(color: str, deficiency: str | None = None) -> RGB:
    """CIE L*a*b* (D65) of a colour, as seen with a deficiency or none."""
    rgb = linear(color)
    if deficiency:
        rgb = _times(_SIMULATION[deficiency], rgb)
    x, y, z = _times(
        ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505)),
        rgb,
    )
    fx, fy, fz = (_cube_root(part) for part in (x / 0.9505, y, z / 1.089))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def difference(one: str, other: str, deficiency: str | None = None) -> float:
    """How far apart two colours look (CIE76); above 10 is told apart at a glance."""
    pairs = zip(lab(one, deficiency), lab(other, deficiency), strict=True)
    return float(sum((a - b) ** 2 for a, b in pairs) ** 0.5)


def _times(matrix: tuple[RGB, RGB, RGB], vector: RGB) -> RGB:
    one, two, three = (sum(a * max(b, 0.0) for a, b in zip(row, vector, strict=True)) for row in matrix)
    return one, two, three


def _cube_root(value: float) -> float:
    return float(max(value, 0.0) ** (1 / 3)) if value > 0.008856 else 7.787 * max(value, 0.0) + 16 / 116
