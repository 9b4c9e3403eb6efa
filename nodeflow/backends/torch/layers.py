"""Guidance away from what the UNet says with some of its layers changed: PAG, SLG, SEG, auto guidance."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch

from nodeflow.backends.guidance import (
    NEGATIVE,
    POSITIVE,
    Forgetful,
    Guider,
    Noting,
    Predict,
    Prediction,
    Scaled,
)
from nodeflow.backends.smoothing import gaussian
from nodeflow.backends.torch.forwarding import forwarding
from nodeflow.errors import NodeFailed
from nodeflow.values.guidance import INFINITE_BLUR, named_layers

_VARIANT = "changed layers"
_STACK = ".transformer_blocks"


@dataclass(frozen=True)
class Layers:
    """Some transformer blocks of a UNet, by name.

    Attributes:
        unet: The UNet, used by this thread alone.
        names: Such as `mid`, `down.1 up.0` or, of each stack only the first and third block, `mid:0,2`.
    """

    unet: Any
    names: str

    def __post_init__(self) -> None:
        self.blocks()

    def blocks(self) -> dict[str, list[int]]:
        """The numbers of the blocks that are named, by the path of the stack they are in.

        Raises:
            NodeFailed: If a name is none, or names nothing.
        """
        found: dict[str, set[int]] = {}
        try:
            named = named_layers(self.names)
        except ValueError as error:
            raise NodeFailed(f"its layers: {error}", input="guidance") from None
        for word, (block, numbers) in named.items():
            chosen = {path: count for path, count in self._stacks().items() if path.startswith(_path(block))}
            for path, count in chosen.items():
                if any(number >= count for number in numbers):
                    blocks = f"has blocks 0 to {count - 1}" if count > 1 else "has one block, 0"
                    self._refuse(f"its layers name {word!r}, but {block} {blocks}")
                found[path] = found.get(path, set()) | (numbers or set(range(count)))
            if not chosen:
                self._refuse(f"its layers name {word!r}")
        return {path: sorted(indices) for path, indices in found.items()}

    def _stacks(self) -> dict[str, int]:
        """How many blocks each stack of transformer blocks has, by its path."""
        modules = self.unet.named_modules()
        return {path: len(stack) for path, stack in modules if path.endswith(_STACK)}

    def _refuse(self, what: str) -> None:
        heads = {path.split(".attentions")[0] for path in self._stacks()}
        known = sorted(head.replace("_blocks", "").replace("_block", "") for head in heads)
        raise NodeFailed(what, input="guidance", advice=f"This model has {', '.join(known)}")

    def left_out(self) -> AbstractContextManager[None]:
        """Let the UNet compute without these layers; afterwards it is as before."""
        return self._with(lambda block: forwarding(block, _unchanged))

    def without_looking_around(self) -> AbstractContextManager[None]:
        """Let each place see itself alone in the self-attention of these layers (arXiv:2403.17377, 4.2)."""
        return self._with(lambda block: forwarding(block.attn1, partial(_itself, block.attn1)))

    @contextmanager
    def blurred(self, sigma: float) -> Iterator[None]:
        """Let neighbours ask alike in the self-attention of these layers (arXiv:2408.00760, section 4).

        Args:
            sigma: Of the Gaussian that blurs their queries, in places of a layer's grid, above 0; from
                `INFINITE_BLUR` on, all places ask alike.
        """
        with ExitStack() as stack:
            for path, indices in self.blocks().items():
                around = self.unet.get_submodule(path.removesuffix(_STACK))
                blur = Blur(sigma)
                stack.callback(around.register_forward_pre_hook(blur.see).remove)
                for index in indices:
                    query = around.transformer_blocks[index].attn1.to_q
                    stack.enter_context(forwarding(query, partial(blur.after, query.forward)))
            yield

    @contextmanager
    def _with(self, change: Callable[[Any], AbstractContextManager[None]]) -> Iterator[None]:
        """Let each of the blocks compute as a change says."""
        with ExitStack() as stack:
            for path, indices in self.blocks().items():
                blocks = self.unet.get_submodule(path)
                for index in indices:
                    stack.enter_context(change(blocks[index]))
            yield


def _unchanged(hidden_states: torch.Tensor, *_: Any, **__: Any) -> torch.Tensor:
    return hidden_states


def _itself(attention: Any, hidden_states: torch.Tensor, *_: Any, **__: Any) -> torch.Tensor:
    """What attention gives where each place has all of its own share, of its value."""
    found: torch.Tensor = attention.to_out[0](attention.to_v(hidden_states))
    return found


class Blur:
    """Blurs the queries of self-attention over the grid of places that they lie in.

    Args:
        sigma: Of the Gaussian, in places; from `INFINITE_BLUR` on, it is infinite.
    """

    def __init__(self, sigma: float) -> None:
        self._sigma = sigma
        self._grid = (0, 0)

    def see(self, _module: Any, arguments: tuple[Any, ...]) -> None:
        """Note the grid of what is taken, shape (batch, channels, rows, columns)."""
        self._grid = arguments[0].shape[-2:]

    def after(self, forward: Callable[..., torch.Tensor], *arguments: Any, **options: Any) -> torch.Tensor:
        """Blur what a projection gives."""
        return self(forward(*arguments, **options))

    def __call__(self, queries: torch.Tensor) -> torch.Tensor:
        """Blur queries, shape (batch, rows · columns, channels)."""
        if self._sigma >= INFINITE_BLUR:
            return queries.mean(dim=1, keepdim=True).expand_as(queries)
        batch, _, channels = queries.shape
        rows, columns = self._grid
        down, across = (torch.from_numpy(gaussian(side, self._sigma)).to(queries) for side in self._grid)
        blurred = down @ queries.reshape(batch, rows, columns * channels)
        return (across @ blurred.view(batch * rows, columns, channels)).view_as(queries)


def _path(name: str) -> str:
    """How the paths of modules in a block begin: `down.1` → `down_blocks.1.`."""
    side, _, number = name.partition(".")
    return f"{side}_blocks.{number}." if number else f"{side}_block."


@dataclass(frozen=True)
class AwayFromChanged(Forgetful):
    """Guidance, and away from what the UNet says of the positive with layers changed.

    `guided + layers_scale · (positive - changed)`: perturbed attention guidance (arXiv:2403.17377) where they
    cannot look around, skip layer guidance where they are left out, smoothed energy guidance
    (arXiv:2408.00760) where their queries are blurred.

    Attributes:
        guider: What guides by the prompts; it remembers nothing.
        changed: Changes the layers for a while.
        layers_scale: How strongly to move away.
        last: The step from which on no layers are changed.
    """

    guider: Guider
    changed: Callable[[], AbstractContextManager[None]]
    layers_scale: float
    last: int

    @property
    def sides(self) -> Sequence[str]:
        """Those of what guides, and the positive."""
        return tuple(dict.fromkeys((*self.guider.sides, POSITIVE)))

    def guide(self, step: int, predict: Predict) -> Prediction:
        """The formula; without its last part where no layers are changed."""
        noting = Noting(predict)
        guided = self.guider.guide(step, noting)
        if step >= self.last or self.layers_scale == 0:
            return guided
        positive = noting.positive if noting.positive is not None else predict(POSITIVE)[0]
        with self.changed():
            (changed,) = predict(POSITIVE, variant=_VARIANT)
        return guided + self.layers_scale * (positive - changed)


@dataclass(frozen=True)
class Auto(Scaled):
    """Guidance of a model by a worse version of itself (arXiv:2406.02507): here, without some layers.

    `worse + scale · (positive - worse)`.

    Attributes:
        layers: Which layers the worse version lacks, which says what the negative predicts.
        last: The step from which on no layers are changed.
    """

    layers: Layers
    last: int

    def _guided(self, step: int, predict: Predict) -> Prediction:
        if step >= self.last:
            negative, positive = predict(NEGATIVE, POSITIVE)
        else:
            (positive,) = predict(POSITIVE)
            with self.layers.left_out():
                (negative,) = predict(NEGATIVE, variant=_VARIANT)
        return negative + self.scales[step] * (positive - negative)
