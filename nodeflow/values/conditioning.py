"""What prompts become: the text encoders' outputs, the picture's size, and where and when they act."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import reduce

from nodeflow.values.arrays import FloatArray, frozen
from nodeflow.values.moment import ALWAYS, Moment
from nodeflow.values.region import Area, MaskedRegion


@dataclass(frozen=True)
class SizeConditioning:
    """SDXL's size and crop conditioning (arXiv:2307.01952, section 2.2), in pixels.

    Attributes:
        original: Height and width the training picture would have had; None: the picture's own.
        crop: Top and left of the crop; (0, 0) asks for a centred subject.
        target: Height and width asked for; None: the picture's own.
    """

    original: tuple[int, int] | None = None
    crop: tuple[int, int] = (0, 0)
    target: tuple[int, int] | None = None


@dataclass(frozen=True, eq=False)
class Conditioning:
    """An encoded prompt, with those that it is combined with.

    The encoders' parts stay apart: a base takes both, a refiner the second.

    Attributes:
        encoder_1: First encoder's hidden states (CLIP-L), shape (1, tokens, width), or None for a refiner's.
        encoder_2: Second encoder's hidden states (OpenCLIP bigG), shape (1, tokens, width).
        pooled: Second encoder's pooled projection, shape (1, width).
        size: Size and crop conditioning. A negative without any goes by the positive's.
        moments: The steps at which it is this prompt's turn, each in one of them at most.
        span: The part of the run in which it acts, as fractions 0…1.
        strength: Its share where others act as well, 0 and up.
        area: The only part of the picture that it sees and acts on; None: all.
        mask: Where in the picture it acts how much; None: everywhere.
        attended: Which tokens the UNet looks at, shape (1, tokens), 1 or 0; None: all.
        filler: What is put behind it where another prompt of the run is longer; None: it is repeated.
        also: Other prompts that act beside it, or in turn with it; they have none of their own.
    """

    __socket__ = "Conditioning"
    encoder_1: FloatArray | None
    encoder_2: FloatArray
    pooled: FloatArray
    size: SizeConditioning = field(default_factory=SizeConditioning)
    moments: tuple[Moment, ...] = (ALWAYS,)
    span: tuple[float, float] = (0.0, 1.0)
    strength: float = 1.0
    area: Area | None = None
    mask: MaskedRegion | None = None
    attended: FloatArray | None = None
    filler: Conditioning | None = None
    also: tuple[Conditioning, ...] = ()

    def __post_init__(self) -> None:
        if self.encoder_1 is not None:
            object.__setattr__(self, "encoder_1", frozen(self.encoder_1, ndim=3, what="encoder 1"))
        object.__setattr__(self, "encoder_2", frozen(self.encoder_2, ndim=3, what="encoder 2"))
        object.__setattr__(self, "pooled", frozen(self.pooled, ndim=2, what="the pooled projection"))
        if self.attended is not None:
            object.__setattr__(self, "attended", frozen(self.attended, ndim=2, what="what is attended to"))
        also = tuple(prompt for other in self.also for prompt in other.prompts)
        object.__setattr__(self, "also", also)

    @property
    def prompts(self) -> tuple[Conditioning, ...]:
        """This prompt and all others, each alone."""
        return (replace(self, also=()) if self.also else self, *self.also)

    def with_each(self, change: Callable[[Conditioning], Conditioning]) -> Conditioning:
        """All prompts changed in one way."""
        return combined(tuple(map(change, self.prompts)))

    def acts_at(self, step: int, steps: int) -> bool:
        """Whether this prompt acts at a step.

        Args:
            step: The step, counted from 0 in the whole schedule.
            steps: Steps of the whole schedule.
        """
        during = Moment(*self.span).includes(step, steps)
        return during and any(moment.includes(step, steps) for moment in self.moments)


def combined(prompts: tuple[Conditioning, ...]) -> Conditioning:
    """Prompts that act together; at least one."""
    first, *others = prompts
    return replace(first, also=(*first.also, *others)) if others else first


def one_after_the_other(one: Conditioning, other: Conditioning) -> Conditioning:
    """A prompt with another's tokens behind its own; everything else is the first one's."""
    import numpy as np

    first = None
    if one.encoder_1 is not None and other.encoder_1 is not None:
        first = np.concatenate([one.encoder_1, other.encoder_1], axis=1)
    attended = None
    if one.attended is not None or other.attended is not None:
        attended = np.concatenate([attended_in(one), attended_in(other)], axis=1)
    second = np.concatenate([one.encoder_2, other.encoder_2], axis=1)
    return replace(one, encoder_1=first, encoder_2=second, attended=attended)


def attended_in(given: Conditioning) -> FloatArray:
    """Which tokens of a prompt count, shape (1, tokens), 1 or 0."""
    import numpy as np

    tokens = given.encoder_2.shape[1]
    return np.ones((1, tokens), np.float32) if given.attended is None else given.attended


def filled_up(given: Conditioning, tokens: int) -> Conditioning:
    """A prompt with its filler behind it, up to a number of tokens if that comes out even."""
    if given.filler is None:
        return given
    times, rest = divmod(tokens - given.encoder_2.shape[1], given.filler.encoder_2.shape[1])
    return given if rest else reduce(one_after_the_other, [given.filler] * times, given)
