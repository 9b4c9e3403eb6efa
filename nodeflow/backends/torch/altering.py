"""Patches that change how a UNet computes while it is used, and leave its weights alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from nodeflow.backends.torch.shrink import shrunk
from nodeflow.values import DeepShrinkPatch, FreeUPatch, Patch, PredictionPatch

ALTERING = (FreeUPatch, DeepShrinkPatch, PredictionPatch)
"""The patches that leave weights alone."""


@contextmanager
def altered(unet: Any, patches: Sequence[Patch]) -> Iterator[None]:
    """Let a UNet compute with FreeU (arXiv:2309.11497), of which the last patch counts; then as before.

    Args:
        unet: A diffusers `UNet2DConditionModel`, used by this thread alone.
        patches: All of the model's.
    """
    last = next((patch for patch in reversed(patches) if isinstance(patch, FreeUPatch)), None)
    if last is None:
        yield
        return
    unet.enable_freeu(s1=last.skip_1, s2=last.skip_2, b1=last.backbone_1, b2=last.backbone_2)
    try:
        yield
    finally:
        unet.disable_freeu()


@dataclass(frozen=True)
class Altering:
    """What holds step by step.

    Attributes:
        unet: A diffusers `UNet2DConditionModel`, used by this thread alone.
        patches: All of the model's.
        steps: Steps of the whole schedule.
    """

    unet: Any
    patches: Sequence[Patch]
    steps: int

    def acting(self, step: int) -> tuple[DeepShrinkPatch, ...]:
        """What alters a step of the schedule, counted from 0."""
        shrinking = (patch for patch in self.patches if isinstance(patch, DeepShrinkPatch))
        return tuple(patch for patch in shrinking if patch.acts_at(step, self.steps))

    @contextmanager
    def during(self, step: int) -> Iterator[None]:
        """Let the UNet compute as it should in a step."""
        with ExitStack() as stack:
            for patch in self.acting(step):
                stack.enter_context(shrunk(self.unet, patch))
            yield
