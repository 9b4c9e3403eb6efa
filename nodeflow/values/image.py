"""Pictures and masks on a wire."""

from __future__ import annotations

from dataclasses import dataclass

from nodeflow.values.arrays import FloatArray, frozen


@dataclass(frozen=True, eq=False)
class Image:
    """A batch of RGB pictures.

    Attributes:
        pixels: Shape (batch, height, width, 3), sRGB values in 0…1.
        seeds: The seed of each picture where it came from a sampler, else empty.
    """

    __socket__ = "Image"
    pixels: FloatArray
    seeds: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        pixels = frozen(self.pixels, ndim=4, what="an image")
        if pixels.shape[3] != 3:
            raise ValueError(f"an image needs 3 colour channels, not {pixels.shape[3]}")
        object.__setattr__(self, "pixels", pixels)

    def __len__(self) -> int:
        return int(self.pixels.shape[0])

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return int(self.pixels.shape[1]), int(self.pixels.shape[2])


@dataclass(frozen=True, eq=False)
class Mask:
    """A batch of masks.

    Attributes:
        values: Shape (batch, height, width), 0 (keep) … 1 (change).
    """

    __socket__ = "Mask"
    values: FloatArray

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", frozen(self.values, ndim=3, what="a mask"))

    def __len__(self) -> int:
        return int(self.values.shape[0])

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return int(self.values.shape[1]), int(self.values.shape[2])
