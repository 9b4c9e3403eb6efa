"""How large the parts of SDXL are. Parameters are counted, so that the size in any precision follows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

from nodeflow.hardware.profile import Dtype


class Model(StrEnum):
    """The two models of SDXL."""

    BASE = "base"
    REFINER = "refiner"


class Part(StrEnum):
    """A component of a checkpoint, by diffusers' name, in the order in which a picture needs them."""

    TOKENIZER = "tokenizer"
    TOKENIZER_2 = "tokenizer_2"
    TEXT_ENCODER = "text_encoder"
    TEXT_ENCODER_2 = "text_encoder_2"
    UNET = "unet"
    VAE = "vae"

    @property
    def label(self) -> str:
        """What artists call it."""
        return _LABELS[self]

    @property
    def reads_text(self) -> bool:
        """Whether it is a text encoder."""
        return self in (Part.TEXT_ENCODER, Part.TEXT_ENCODER_2)

    @property
    def has_weights(self) -> bool:
        """Whether it is a neural network at all."""
        return self not in (Part.TOKENIZER, Part.TOKENIZER_2)


_LABELS = {
    Part.TOKENIZER: "tokenizer 1",
    Part.TOKENIZER_2: "tokenizer 2",
    Part.TEXT_ENCODER: "text encoder 1",
    Part.TEXT_ENCODER_2: "text encoder 2",
    Part.UNET: "UNet",
    Part.VAE: "VAE",
}


@dataclass(frozen=True)
class ComponentSize:
    """The size of a component.

    Attributes:
        part: Which component.
        parameters: How many numbers its weights have; 0 for a tokenizer.
        largest: How many of them are in its largest tensor: what offloading layer by layer holds at a time.
        file_bytes: Its size on disk, in bytes.
        model: The model it belongs to.
        source: The file or folder it comes from; models that name the same one share it. Empty: unknown.
        fp16_safe: Whether it may compute in float16. SDXL's own VAE may not: it overflows to black or NaN,
            which its config calls `force_upcast`.
    """

    part: Part
    parameters: int
    largest: int
    file_bytes: int = 0
    model: Model = Model.BASE
    source: str = ""
    fp16_safe: bool = True

    def bytes_as(self, dtype: Dtype) -> int:
        """Its weights' size in a precision, in bytes."""
        return self.parameters * dtype.size

    @property
    def breadth(self) -> float:
        """Its channels as a share of SDXL's own, at most 1: weights grow with the square of them."""
        known = KNOWN_SDXL if self.model is Model.BASE else KNOWN_REFINER
        full = next((size.parameters for size in known if size.part is self.part), 0)
        return min(sqrt(self.parameters / full), 1.0) if full else 1.0

    @property
    def identity(self) -> tuple[str, Part]:
        """Equal for components that are one and the same in memory."""
        return self.source or self.model, self.part


def _known(model: Model, part: Part, parameters: int, largest: int) -> ComponentSize:
    return ComponentSize(part, parameters, largest, parameters * 2, model, fp16_safe=part is not Part.VAE)


KNOWN_SDXL = (
    ComponentSize(Part.TOKENIZER, 0, 0),
    ComponentSize(Part.TOKENIZER_2, 0, 0),
    _known(Model.BASE, Part.TEXT_ENCODER, 123_060_480, 37_945_344),
    _known(Model.BASE, Part.TEXT_ENCODER_2, 694_659_840, 63_242_240),
    _known(Model.BASE, Part.UNET, 2_567_463_684, 29_491_200),
    _known(Model.BASE, Part.VAE, 83_653_863, 2_359_296),
)
"""SDXL base 1.0, as if stored in 16 bits.

Counted by building each component from the checkpoint's published configs (`nodeflow/bundled/configs`), which
a test repeats. The paper rounds them to 2.6 B for the UNet and 817 M for the text encoders
(arXiv:2307.01952, table 1).
"""

KNOWN_REFINER = (
    ComponentSize(Part.TOKENIZER_2, 0, 0, model=Model.REFINER),
    _known(Model.REFINER, Part.TEXT_ENCODER_2, 694_659_840, 63_242_240),
    _known(Model.REFINER, Part.UNET, 2_259_526_660, 42_467_328),
    _known(Model.REFINER, Part.VAE, 83_653_863, 2_359_296),
)
"""SDXL refiner 1.0, counted in the same way; its UNet is the model card's 2.3 B."""
