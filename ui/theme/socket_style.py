"""How each type of socket looks: a colour that colour-blind eyes tell apart, and a shape of its own."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nodeflow.node.sockets import Socket


class Shape(StrEnum):
    """The outline of a socket."""

    HEXAGON = "hexagon"
    DIAMOND = "diamond"
    SQUARE = "square"
    CIRCLE = "circle"
    HALF = "half"
    TRIANGLE = "triangle"
    BAR = "bar"
    RING = "ring"
    CROSS = "cross"
    STAR = "star"
    CHEVRON = "chevron"
    DROP = "drop"


@dataclass(frozen=True)
class SocketStyle:
    """How a type of socket looks.

    Attributes:
        shape: Its outline.
        dark: Its colour in the dark theme.
        light: Its colour in the light theme.
    """

    shape: Shape
    dark: str
    light: str


# After the set of Okabe & Ito, shifted until each keeps 3:1 against a node and every two differ to every eye.
STYLES = {
    "Model": SocketStyle(Shape.HEXAGON, "#d59af0", "#7e3db6"),
    "Conditioning": SocketStyle(Shape.DIAMOND, "#f2a13a", "#b55901"),
    "Latent": SocketStyle(Shape.SQUARE, "#dd5b73", "#b3003c"),
    "Image": SocketStyle(Shape.CIRCLE, "#0e9dcb", "#317ab7"),
    "Mask": SocketStyle(Shape.HALF, "#35c796", "#00704f"),
    "Number": SocketStyle(Shape.TRIANGLE, "#f0e442", "#5f4a00"),
    "Text": SocketStyle(Shape.BAR, "#8390ff", "#2f35c8"),
    "Schedule": SocketStyle(Shape.CROSS, "#a6ffc4", "#468c5b"),
    "Noise": SocketStyle(Shape.STAR, "#bf6639", "#662d1f"),
    "Guidance": SocketStyle(Shape.CHEVRON, "#cc3d9c", "#66005e"),
    "Solver": SocketStyle(Shape.DROP, "#8450fc", "#420df1"),
    "Any": SocketStyle(Shape.RING, "#b4bac3", "#69717c"),
}
_NUMBERS = ("integer", "number", "boolean", "curve")
"""By name, as the window is painted before anything of the core is imported."""


def socket_style(socket: Socket) -> SocketStyle:
    """The style of a socket; types nobody has heard of share that of `Any`."""
    if socket.name in STYLES:
        return STYLES[socket.name]
    if socket.literal in _NUMBERS:
        return STYLES["Number"]
    return STYLES["Any" if socket.literal is None else "Text"]
