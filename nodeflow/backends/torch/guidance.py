"""Guiders: from what the UNet predicts for each side to the prediction that a solver takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import torch

from nodeflow.backends.protocol import SampleRequest

POSITIVE, NEGATIVE = "positive", "negative"
"""The sides of classifier-free guidance, by the names of the inputs that they come from."""


class Predict(Protocol):
    """Evaluates the UNet once for each side named; sides named together share batches where they can."""

    def __call__(self, *sides: str, variant: str = "") -> tuple[torch.Tensor, ...]:
        """The sides' predictions, each of the latents' shape.

        Args:
            *sides: Their names, among those that the guider said it needs; the same order decides the batch.
            variant: A name for what the caller changed about the UNet, such as left out layers, so that step
                caches keep these evaluations apart from others.
        """


class Guider(Protocol):
    """Turns predictions into the guided one, evaluation by evaluation."""

    @property
    def sides(self) -> Sequence[str]:
        """All sides that some step needs; only these are prepared."""

    def guide(self, step: int, predict: Predict) -> torch.Tensor:
        """The guided prediction, of the latents' shape.

        Args:
            step: The whole step of the schedule, counted from 0; it may have several evaluations.
            predict: Evaluates the UNet, as often as needed.
        """


@dataclass(frozen=True)
class ClassifierFree:
    """Classifier-free guidance (arXiv:2207.12598): away from the negative, past the positive.

    Attributes:
        scales: The guidance scale of each step of the whole schedule; up to 1, the positive alone counts.
    """

    scales: tuple[float, ...]

    @property
    def sides(self) -> Sequence[str]:
        """Both, unless no step is guided."""
        return (NEGATIVE, POSITIVE) if any(scale > 1 for scale in self.scales) else (POSITIVE,)

    def guide(self, step: int, predict: Predict) -> torch.Tensor:
        """`negative + scale · (positive - negative)`."""
        scale = self.scales[step]
        if scale <= 1:
            (alone,) = predict(POSITIVE)
            return alone
        negative, positive = predict(NEGATIVE, POSITIVE)
        return negative + scale * (positive - negative)


def make_guider(request: SampleRequest) -> Guider:
    """The guider that a request asks for."""
    return ClassifierFree(request.guidance_scales())
