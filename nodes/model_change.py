"""Nodes that change how a model's UNet computes. All light, as those that choose models."""

from __future__ import annotations

from typing import Annotated

from nodeflow.errors import NodeFailed
from nodeflow.node import NodeKind, Range, node
from nodeflow.values import DeepShrinkPatch, FreeUPatch, ModelRecipe

Factor = Annotated[float, Range(0.01, 4.0, step=0.05, slider=(0.2, 2.0))]
Share = Annotated[float, Range(0.0, 1.0, step=0.01)]


@node("FreeU", category="model", kind=NodeKind.LIGHT)
def free_u(
    model: ModelRecipe,
    backbone_1: Factor = 1.3,
    backbone_2: Factor = 1.4,
    skip_1: Factor = 0.9,
    skip_2: Factor = 0.2,
) -> ModelRecipe:
    """Let a model's UNet make cleaner pictures by weighing its depths against its details (arXiv:2309.11497).

    The defaults are what the paper's authors advise for SDXL; 1 everywhere changes nearly nothing. Of several
    in a row, the last counts.

    Args:
        model: The model.
        backbone_1: Factor on half of what comes up into the deepest block: more makes clearer shapes.
        backbone_2: The same for the second deepest block.
        skip_1: Factor on the coarse parts of the details that skip to the deepest block: less makes smoother
            pictures.
        skip_2: The same for the second deepest block.
    """
    return model.with_patch(FreeUPatch(backbone_1, backbone_2, skip_1, skip_2))


@node("DeepShrink", category="model", kind=NodeKind.LIGHT)
def deep_shrink(
    model: ModelRecipe,
    level: Annotated[int, Range(1, 3)] = 1,
    factor: Annotated[float, Range(1.0, 8.0, step=0.25, slider=(1.0, 4.0))] = 2.0,
    start: Share = 0.0,
    stop: Share = 0.35,
) -> ModelRecipe:
    """Make pictures larger than a model was trained for in one go, without things appearing twice.

    In the steps that decide what is where, the UNet works on fewer samples below some level (Kohya's deep
    shrink, or hires fix); the rest of the steps add the details at full size.

    Args:
        model: The model.
        level: How many times the UNet has halved the picture where it is shrunk: 1 or 2 for SDXL.
        factor: By how much: about as many times as the picture is larger than usual.
        start: Share of the steps before which nothing is shrunk.
        stop: Share of the steps after which nothing is.
    """
    if stop < start:
        raise NodeFailed(f"it would stop before it starts, at {start:g}", input="stop")
    return model.with_patch(DeepShrinkPatch(level, factor, start, stop))
