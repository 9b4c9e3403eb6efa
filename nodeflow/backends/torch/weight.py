"""A weight that is read or computed only when it is needed: models are larger than memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import torch


@dataclass(frozen=True)
class Weight:
    """A tensor to come.

    Attributes:
        shape: Its dimensions.
        dtype: Its precision.
        value: Gives it, on the CPU; read or computed anew each time.
    """

    shape: tuple[int, ...]
    dtype: torch.dtype
    value: Callable[[], torch.Tensor]

    @classmethod
    def of(cls, tensor: torch.Tensor) -> Weight:
        """One that is at hand, or is read from disk as it is used."""
        return cls(tuple(tensor.shape), tensor.dtype, lambda: tensor)

    @property
    def nbytes(self) -> int:
        """Its size, in bytes."""
        return torch.Size(self.shape).numel() * self.dtype.itemsize

    def changed(self, change: Callable[[torch.Tensor], torch.Tensor]) -> Weight:
        """The same, changed in its values alone."""
        return replace(self, value=lambda: change(self.value()))

    def shaped(self, change: Callable[[torch.Tensor], torch.Tensor]) -> Weight:
        """The same in another shape, which is found out without any values."""
        shape = change(torch.empty(self.shape, dtype=self.dtype, device="meta")).shape
        return replace(self, shape=tuple(shape), value=lambda: change(self.value()))

    def cast(self, dtype: torch.dtype) -> Weight:
        """The same in another precision; integers stay what they are."""
        if not self.dtype.is_floating_point or self.dtype is dtype:
            return self
        return replace(self, dtype=dtype, value=lambda: self.value().to(dtype))


Weights = Mapping[str, Weight]
"""Weights by name."""
