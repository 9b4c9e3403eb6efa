"""The command line with nodes that need no model: `python tiny_program.py run …` is nodeflow with them."""

from __future__ import annotations

import time
from typing import Annotated
from unittest.mock import patch

import numpy as np

from nodeflow.cli.main import main
from nodeflow.node import Context, Seed, node
from nodeflow.node.registry import Registry
from nodeflow.values import Image
from nodes import choose_image, load_image, save_image, solid_color


@node("Paint", category="test")
def paint(seed: Annotated[int, Seed()] = 0, steps: int = 2, wait: float = 0.0, *, context: Context) -> Image:
    """Paint a plain picture whose grey is the seed."""
    for step in range(steps):
        context.raise_if_cancelled()
        time.sleep(wait)
        context.progress(step + 1, steps)
    return Image(np.full((1, 8, 8, 3), seed % 256 / 255, np.float32), (seed,))


@node("Fail", category="test")
def fail(image: Image) -> Image:
    """Fail as careless nodes do."""
    raise RuntimeError("line one\nline two")


@node("Exhaust", category="test")
def exhaust(image: Image) -> Image:
    """Run out of memory."""
    raise MemoryError


@node("Warn", category="test")
def warn(image: Image, *, context: Context) -> Image:
    """Warn and go on."""
    context.warn("this may take long")
    return image


REGISTRY = Registry([paint, fail, exhaust, warn, choose_image, load_image, save_image, solid_color])

if __name__ == "__main__":
    with patch("nodeflow.cli.run.installed_registry", lambda: REGISTRY):
        main()
