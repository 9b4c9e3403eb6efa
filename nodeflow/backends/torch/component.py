"""What the store holds: a loaded part of a checkpoint, its lock, and what was put onto it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock, RLock
from typing import Any

import torch

from nodeflow.backends.torch.device import torch_dtype
from nodeflow.backends.torch.stamp import Stamp
from nodeflow.hardware import Mode, Placed

BUILDING = Lock()
"""Held while modules are made, a whole model or a LoRA's layers alike, by any thread of the process: while
diffusers and transformers load, they patch torch.nn.Module itself so that new parameters come without values
(accelerate.init_empty_weights), and what another thread makes meanwhile would come without them too."""


@dataclass(frozen=True)
class Adapter:
    """A LoRA file loaded onto a component.

    Attributes:
        name: peft's name for it.
        stamp: The file as it was when loaded.
        applies: Whether the file holds anything for this component.
        left_out: Names of the file's weights that did not become part of the adapter.
    """

    name: str
    stamp: Stamp
    applies: bool
    left_out: tuple[str, ...]


@dataclass(eq=False)
class Component:
    """A loaded part. Whoever uses or changes its module holds its lock; the rest is the store's.

    Attributes:
        module: The torch module, or the tokenizer.
        placed: Where and how it runs; None for a tokenizer.
        on_device: Whether its weights are where it computes, rather than waiting in RAM or on disk.
        lock: Held for the whole of a call.
        told: What to tell whoever uses it: what of the patches that are baked in has no place in it.
        adapters: The LoRAs loaded onto it, by file, the least recently used first.
        leases: How many calls use it or wait for it.
        used: When it was last asked for; grows.
        working: Memory that its work takes beyond its weights, in bytes.
        sliced: Whether its attention takes one head at a time.
    """

    module: Any
    placed: Placed | None = None
    on_device: bool = True
    told: tuple[str, ...] = ()
    lock: RLock = field(default_factory=RLock)
    adapters: dict[Path, Adapter] = field(default_factory=dict)
    leases: int = 0
    used: int = 0
    working: int = 0
    sliced: bool = False

    @property
    def device(self) -> torch.device:
        """Where it computes."""
        return torch.device(self.placed.device.address if self.placed else "cpu")

    @property
    def dtype(self) -> torch.dtype:
        """What it computes in."""
        return torch_dtype(self.placed.dtype) if self.placed else torch.float32

    @property
    def address(self) -> str | None:
        """Where its weights are now; None if they take no memory worth counting."""
        if self.placed is None or self.placed.mode is Mode.DISK:
            return None
        return self.placed.device.address if self.on_device else "cpu"

    @property
    def nbytes(self) -> int:
        """Size of its weights, in bytes."""
        return self.placed.nbytes if self.placed else 0
