"""What `Annotated[…]` can say about an input: its range, its widget, which part of a model it uses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from nodeflow.models import ModelKind
from nodeflow.node.sockets import shown
from nodeflow.values import Curve, ModelPart

MAX_SEED = 2**64 - 1


@dataclass(frozen=True)
class Range:
    """Limits of a number, both included.

    Attributes:
        minimum: The smallest value allowed.
        maximum: The largest value allowed.
        step: The step of the widget; whole numbers must keep to it, counted from `minimum`.
        slider: A narrower range that covers everyday values, for the slider.
    """

    minimum: float
    maximum: float
    step: float | None = None
    slider: tuple[float, float] | None = None

    def check(self, value: float) -> None:
        """Raise ValueError if `value` lies outside."""
        if not self.minimum <= value <= self.maximum:
            raise ValueError(f"must be from {self.minimum:g} to {self.maximum:g}, not {shown(value)}")
        if self.step is not None and isinstance(value, int) and (value - self.minimum) % self.step:
            raise ValueError(f"must go in steps of {self.step:g} from {self.minimum:g}, not {value}")


@dataclass(frozen=True)
class CurveRange:
    """Limits of a curve's values, both included.

    Attributes:
        minimum: The smallest value allowed.
        maximum: The largest value allowed.
        slider: A narrower range that covers everyday values, for the graph it is drawn in.
    """

    minimum: float
    maximum: float
    slider: tuple[float, float] | None = None

    def check(self, curve: Curve) -> None:
        """Raise ValueError if `curve` leaves the limits."""
        for value in curve.values:
            if not self.minimum <= value <= self.maximum:
                raise ValueError(f"must stay from {self.minimum:g} to {self.maximum:g}, not reach {value:g}")


@dataclass(frozen=True)
class Color:
    """A colour, written as `#rrggbb`."""

    def check(self, text: str) -> None:
        """Raise ValueError if `text` is no colour."""
        if not re.fullmatch(r"#[0-9a-fA-F]{6}", text):
            raise ValueError(f"must be a colour such as #20a0ff, not {shown(text)}")


@dataclass(frozen=True)
class Multiline:
    """A text of several lines, such as a prompt."""


@dataclass(frozen=True)
class Seed:
    """A seed: a whole number, 0 to 2⁶⁴ - 1, with a mode (fixed, increment, randomize) in the workflow."""

    def check(self, value: int) -> None:
        """Raise ValueError if `value` is no seed."""
        if not 0 <= value <= MAX_SEED:
            raise ValueError(f"must be from 0 to 2^64 - 1, not {shown(value)}")


@dataclass(frozen=True)
class ModelFile:
    """The name of a model of one of the given kinds; the node receives its `ModelEntry`.

    Attributes:
        kinds: What it may be.
    """

    kinds: tuple[ModelKind, ...]


@dataclass(frozen=True)
class PictureFile:
    """The name of a picture inside the allowed folders; the node receives its real path."""


@dataclass(frozen=True)
class MaskFile:
    """The name of a mask, a picture whose white counts; found as pictures are, the node receives its path.

    Attributes:
        over: The input of the same node that brings the picture to paint the mask over.
    """

    over: str


@dataclass(frozen=True)
class AddedLater:
    """An optional input that the node did not always have: while it is unset, older results still count."""


@dataclass(frozen=True)
class OnlyFor:
    """The input counts only while another one, a choice, is among some; its description begins with them.

    Attributes:
        input: The choice, an input of the same node.
        choices: Those for which it counts.
    """

    input: str
    choices: tuple[str, ...]

    def __str__(self) -> str:
        *others, last = self.choices
        return f"For {', '.join(others)} and {last}" if others else f"For {last}"


@dataclass(frozen=True, init=False)
class Hints:
    """A few words about each choice of an enumeration, which lists show beside it.

    Attributes:
        words: Each choice and its words, in the enumeration's order.

    Args:
        **words: The words about each choice.
    """

    words: tuple[tuple[str, str], ...]

    def __init__(self, **words: str) -> None:
        object.__setattr__(self, "words", tuple(words.items()))

    def about(self, choice: str) -> str:
        """The words about a choice; none, if it is none."""
        return dict(self.words).get(choice, "")


@dataclass(frozen=True)
class Uses:
    """The input uses only this part of a model, so that changes elsewhere do not matter to it."""

    part: ModelPart


class Measure(StrEnum):
    """What a number says about the size of the pictures, so that memory can be predicted before a run."""

    WIDTH = "width"
    HEIGHT = "height"
    COUNT = "count"


Widget = Range | CurveRange | Multiline | Seed | Color | ModelFile | PictureFile | MaskFile
