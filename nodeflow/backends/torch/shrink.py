"""Deep shrink: early steps see less of large pictures at once, so that things are not made twice.

Kohya's hires fix: below some level the UNet's features are shrunk; on the way up they are enlarged again
where they meet features that were not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

import torch
from torch.nn import functional

from nodeflow.errors import NodeFailed
from nodeflow.values import DeepShrinkPatch

Size = tuple[int, int]


@contextmanager
def shrunk(unet: Any, patch: DeepShrinkPatch) -> Iterator[None]:
    """Let a UNet compute with features shrunk; afterwards it is as before.

    Args:
        unet: A diffusers `UNet2DConditionModel`, used by this thread alone.
        patch: Below which level, and by how much.

    Raises:
        NodeFailed: If the UNet has no such level.
    """
    blocks = unet.down_blocks
    if not 1 <= patch.level < len(blocks):
        raise NodeFailed(
            f"deep shrink at level {patch.level} is below this model, which has {len(blocks)} levels",
            input="model",
            advice=f"Use level 1 to {len(blocks) - 1}",
        )
    with ExitStack() as stack:
        entrance = partial(_shrink, factor=patch.factor)
        stack.callback(blocks[patch.level].register_forward_pre_hook(entrance, with_kwargs=True).remove)
        for block in unet.up_blocks:
            for remove in _meeting(block):
                stack.callback(remove)
        yield


def _shrink(
    _: Any, arguments: tuple[Any, ...], options: dict[str, Any], factor: float
) -> tuple[Any, dict[str, Any]]:
    hidden = options["hidden_states"]
    height, width = (max(round(side / factor), 1) for side in hidden.shape[-2:])
    return arguments, {**options, "hidden_states": _resized(hidden, (height, width))}


def _meeting(block: Any) -> Iterator[Callable[[], None]]:
    """Let what goes up through a block have the size of the features that each of its layers takes in.

    Yields:
        What undoes it.
    """
    sizes: list[Size] = []

    def enter(_: Any, arguments: tuple[Any, ...], options: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
        sizes[:] = [tuple(features.shape[-2:]) for features in reversed(options["res_hidden_states_tuple"])]
        return arguments, {**options, "hidden_states": _resized(options["hidden_states"], sizes[0])}

    def leave(number: int, _: Any, __: Any, output: Any) -> Any:
        if isinstance(output, tuple):
            return (_resized(output[0], sizes[number + 1]), *output[1:])
        return _resized(output, sizes[number + 1])

    yield block.register_forward_pre_hook(enter, with_kwargs=True).remove
    layers = getattr(block, "attentions", None) or block.resnets
    for number, layer in enumerate(layers[:-1]):
        yield layer.register_forward_hook(partial(leave, number)).remove


def _resized(hidden: torch.Tensor, size: Size) -> torch.Tensor:
    if tuple(hidden.shape[-2:]) == size:
        return hidden
    return functional.interpolate(hidden, size=size, mode="bicubic")
