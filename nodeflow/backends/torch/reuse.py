"""Step caching: evaluations of a UNet that take what its deep layers said at an earlier one.

In the manner of DeepCache (arXiv:2312.00858): neighbouring steps differ little deep in the UNet, where most
of the work is done. What it costs and gains: docs/performance.md.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch

from nodeflow.backends.span import Span
from nodeflow.backends.torch.course import Course
from nodeflow.backends.torch.forwarding import forwarding

_CLOSING = 2
"""Evaluations at the end of a run that are full whatever the rhythm: nothing later makes good their errors.
The second to last costs most; with both full, errors are about half as large (docs/performance.md)."""


@dataclass(frozen=True)
class Rhythm:
    """Which evaluations of a run compute the whole UNet.

    Attributes:
        every: Every how-manieth does, 1 and up; 1: all.
        closing: From this one on, counted from 0, all do.
    """

    every: int
    closing: int

    @classmethod
    def over(cls, span: Span, course: Course, every: int) -> Rhythm:
        """The rhythm of a span, whose evaluations are counted from its first; a whole step may have several.

        Args:
            span: The whole steps that run.
            course: The steps of the schedule.
            every: Every how-manieth evaluation is full.
        """
        return cls(every, course.count(span.start, span.end) - _CLOSING)

    def is_full(self, evaluation: int) -> bool:
        """Whether an evaluation, counted from 0 at the start of the run, computes everything."""
        return evaluation >= self.closing or evaluation % self.every == 0


class StepCache:
    """What the layers below a UNet's first resolution gave the last time they were computed, for one run.

    Args:
        unet: A diffusers `UNet2DConditionModel`, used by this thread alone.
        rhythm: When they are computed.
    """

    def __init__(self, unet: Any, rhythm: Rhythm) -> None:
        self.rhythm = rhythm
        self._unet = unet
        self._idle = rhythm.every == 1 or len(unet.up_blocks) < 2  # nothing lies deep in a single resolution
        self._number = -1
        self._last: dict[Hashable, torch.Tensor] = {}
        self._now: dict[Hashable, torch.Tensor] = {}

    @contextmanager
    def evaluation(self, number: int, batch: Hashable) -> Iterator[None]:
        """Let the UNet compute inside what the rhythm wants of its so-manieth evaluation, counted from 0.

        An evaluation may consist of several batches, one after the other. One that was not part of the last
        evaluation is computed in full: in the first of a run or of a resumed one, or where guidance begins or
        ends. The UNet is as before afterwards, also if the evaluation raised.

        Args:
            number: Of the evaluation.
            batch: What the batch consists of, apart from the latents; the same as long as this is equal.
        """
        if self._idle:
            yield
            return
        if number != self._number:
            self._number, self._last, self._now = number, self._now, {}
            if self.rhythm.is_full(number):
                self._last = {}
        output = self._last.get(batch)
        if output is None:
            hook = self._unet.up_blocks[-2].register_forward_hook(partial(self._keep, batch))
            try:
                yield
            finally:
                hook.remove()
        else:
            self._now[batch] = output
            with ExitStack() as stack:
                for module, forward in self._replacements(output):
                    stack.enter_context(forwarding(module, forward))
                yield

    def _keep(self, batch: Hashable, _module: Any, _arguments: Any, output: torch.Tensor) -> None:
        self._now[batch] = output

    def _replacements(self, output: torch.Tensor) -> Iterator[tuple[Any, Callable[..., Any]]]:
        """Everything between the first down block and the last up block, and what it does instead."""
        first, *deeper = self._unet.down_blocks
        for downsampler in first.downsamplers or ():
            yield downsampler, _pass
        for block in deeper:
            yield block, _skip(len(block.resnets) + len(block.downsamplers or ()))
        if self._unet.mid_block is not None:
            yield self._unet.mid_block, _pass
        *between, second_to_last, _ = self._unet.up_blocks
        for block in between:
            yield block, _pass
        yield second_to_last, lambda *_, **__: output


def _pass(hidden_states: torch.Tensor, *_: Any, **__: Any) -> torch.Tensor:
    return hidden_states


def _skip(residuals: int) -> Callable[..., Any]:
    """A down block that does nothing but fill the places of its residuals, which nobody will look at."""

    def forward(hidden_states: torch.Tensor, *_: Any, **__: Any) -> tuple[torch.Tensor, Any]:
        return hidden_states, (hidden_states,) * residuals

    return forward
