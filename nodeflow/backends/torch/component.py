"""What the store holds: a loaded part of a checkpoint, its lock, and what was put onto it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock, RLock
from typing import Any

import torch

from nodeflow.backends.torch.stamp import Stamp

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
    """A loaded part. Whoever uses or changes it holds its lock.

    Attributes:
        module: The torch module, or the tokenizer.
        stamp: The files as they were when loaded.
        lock: Held for the whole of a call.
        adapters: The LoRAs loaded onto it, by file.
        preview: For a VAE, the linear map of a preview, once fitted.
    """

    module: Any
    stamp: Stamp
    lock: RLock = field(default_factory=RLock)
    adapters: dict[Path, Adapter] = field(default_factory=dict)
    preview: torch.Tensor | None = None
