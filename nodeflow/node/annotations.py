"""What `Annotated[…]` can say about an input: its range, its widget, which part of a model it uses."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from nodeflow.models import ModelKind
from nodeflow.node.sockets import shown
from nodeflow.values import ModelPart

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
class Uses:
    """The input uses only this part of a model, so that changes elsewhere do not matter to it."""

    part: ModelPart


class Measure(StrEnum):
    """What a number says about the size of the pictures, so that memory can be predicted before a run."""

    WIDTH = "width"
    HEIGHT = "height"
    COUNT = "count"


Widget = Range | Multiline | Seed | ModelFile | PictureFile
