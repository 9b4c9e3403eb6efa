"""Guidance away from what the UNet says while some of its layers are changed: PAG, SLG and auto guidance."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from diffusers.hooks import HookRegistry, LayerSkipConfig, apply_layer_skip

from nodeflow.backends.guidance import NEGATIVE, POSITIVE, Forgetful, Predict, Prediction
from nodeflow.errors import NodeFailed
from nodeflow.values import GuidanceMethod

_HOOK = "layer_skip_hook"
"""What diffusers calls the hooks that `apply_layer_skip` leaves behind."""

_VARIANT = "changed layers"
_NAME = re.compile(r"(mid|(?:down|up)\.\d+)(?::(\d+(?:,\d+)*))?")

_WITHOUT_LOOKING_AROUND = {"skip_attention": False, "skip_attention_scores": True, "skip_ff": False}
"""Self-attention in which each place sees itself alone (arXiv:2403.17377, section 4.2)."""


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
        for word in self.names.split():
            match = _NAME.fullmatch(word)
            within = _path(match[1]) if match else "?"
            chosen = {path: count for path, count in self._stacks().items() if path.startswith(within)}
            for path, count in chosen.items():
                numbers = match[2] if match else None
                indices = set(map(int, numbers.split(","))) if numbers else set(range(count))
                if max(indices) >= count:
                    self._refuse(f"{word!r}, whose blocks are numbered 0 to {count - 1}")
                found[path] = found.get(path, set()) | indices
            if not chosen:
                self._refuse(repr(word))
        if not found:
            self._refuse("nothing")
        return {path: sorted(indices) for path, indices in found.items()}

    def _stacks(self) -> dict[str, int]:
        """How many blocks each stack of transformer blocks has, by its path."""
        modules = self.unet.named_modules()
        return {path: len(stack) for path, stack in modules if path.endswith(".transformer_blocks")}

    def _refuse(self, what: str) -> None:
        heads = {path.split(".attentions")[0] for path in self._stacks()}
        known = sorted(head.replace("_blocks", "").replace("_block", "") for head in heads)
        raise NodeFailed(
            f"its layers name {what}", input="guidance", advice=f"This model has {', '.join(known)}"
        )

    @contextmanager
    def changed(self, **what: bool) -> Iterator[None]:
        """Let the UNet compute with these layers changed; afterwards it is as before.

        Args:
            **what: What is skipped in them, as diffusers' `LayerSkipConfig` has it.
        """
        try:
            for path, indices in self.blocks().items():
                apply_layer_skip(self.unet, LayerSkipConfig(indices, path, **what))
            yield
        finally:
            HookRegistry.check_if_exists_or_initialize(self.unet).remove_hook(_HOOK, recurse=True)


def _path(name: str) -> str:
    """How the paths of modules in a block begin: `down.1` → `down_blocks.1.`."""
    side, _, number = name.partition(".")
    return f"{side}_blocks.{number}." if number else f"{side}_block."


@dataclass(frozen=True)
class AwayFromChanged(Forgetful):
    """Classifier-free guidance, and away from what the UNet says of the positive with layers changed.

    `negative + scale · (positive - negative) + layers_scale · (positive - changed)`: perturbed attention
    guidance (arXiv:2403.17377) where they cannot look around, skip layer guidance where they are left out.

    Attributes:
        method: PAG or SLG.
        scales: The guidance scale of each step of the whole schedule; up to 1, there is no negative.
        layers: Which layers.
        layers_scale: How strongly to move away.
        last: The step from which on no layers are changed.
    """

    method: GuidanceMethod
    scales: Sequence[float]
    layers: Layers
    layers_scale: float
    last: int

    @property
    def sides(self) -> Sequence[str]:
        """Both, unless no step is guided."""
        return (NEGATIVE, POSITIVE) if any(scale > 1 for scale in self.scales) else (POSITIVE,)

    def guide(self, step: int, predict: Predict) -> Prediction:
        """The formula; without its last part where no layers are changed."""
        scale = self.scales[step]
        if scale > 1:
            negative, positive = predict(NEGATIVE, POSITIVE)
            guided = negative + scale * (positive - negative)
        else:
            (positive,) = predict(POSITIVE)
            guided = positive
        if step >= self.last or self.layers_scale == 0:
            return guided
        what = _WITHOUT_LOOKING_AROUND if self.method is GuidanceMethod.PAG else {}
        with self.layers.changed(**what):
            (changed,) = predict(POSITIVE, variant=_VARIANT)
        return guided + self.layers_scale * (positive - changed)


@dataclass(frozen=True)
class Auto(Forgetful):
    """Guidance of a model by a worse version of itself (arXiv:2406.02507): here, without some layers.

    Attributes:
        scales: The guidance scale of each step of the whole schedule; up to 1, the positive alone counts.
        layers: Which layers the worse version lacks, which says what the negative predicts.
        last: The step from which on no layers are changed.
    """

    scales: Sequence[float]
    layers: Layers
    last: int

    @property
    def sides(self) -> Sequence[str]:
        """Both, unless no step is guided."""
        return (NEGATIVE, POSITIVE) if any(scale > 1 for scale in self.scales) else (POSITIVE,)

    def guide(self, step: int, predict: Predict) -> Prediction:
        """`worse + scale · (positive - worse)`."""
        scale = self.scales[step]
        if scale <= 1:
            (alone,) = predict(POSITIVE)
            return alone
        if step >= self.last:
            negative, positive = predict(NEGATIVE, POSITIVE)
        else:
            (positive,) = predict(POSITIVE)
            with self.layers.changed():
                (negative,) = predict(NEGATIVE, variant=_VARIANT)
        return negative + scale * (positive - negative)
