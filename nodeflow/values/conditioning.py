"""What a prompt becomes: the text encoders' outputs and the picture size they ask for."""

from __future__ import annotations

from dataclasses import dataclass, field

from nodeflow.values.arrays import FloatArray, frozen


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
    """One encoded prompt; the encoders' parts stay apart: a base takes both, a refiner the second.

    Attributes:
        encoder_1: First encoder's hidden states (CLIP-L), shape (1, tokens, width), or None for a refiner's.
        encoder_2: Second encoder's hidden states (OpenCLIP bigG), shape (1, tokens, width).
        pooled: Second encoder's pooled projection, shape (1, width).
        size: Size and crop conditioning. A negative without any goes by the positive's.
    """

    __socket__ = "Conditioning"
    encoder_1: FloatArray | None
    encoder_2: FloatArray
    pooled: FloatArray
    size: SizeConditioning = field(default_factory=SizeConditioning)

    def __post_init__(self) -> None:
        if self.encoder_1 is not None:
            object.__setattr__(self, "encoder_1", frozen(self.encoder_1, ndim=3, what="encoder 1"))
        object.__setattr__(self, "encoder_2", frozen(self.encoder_2, ndim=3, what="encoder 2"))
        object.__setattr__(self, "pooled", frozen(self.pooled, ndim=2, what="the pooled projection"))
