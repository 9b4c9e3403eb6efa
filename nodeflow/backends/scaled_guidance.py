"""Guiders that let the guidance scale depend on what is guided: on how fine it is, or on how large."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nodeflow.backends.guidance import (
    NEGATIVE,
    POSITIVE,
    Forgetful,
    Guider,
    Predict,
    Prediction,
    Scaled,
    acting_scales,
)
from nodeflow.backends.protocol import SampleRequest
from nodeflow.values import GuidanceMethod


@dataclass(frozen=True)
class FrequencyDecoupled(Forgetful):
    """Guidance whose fine detail has a scale of its own (arXiv:2506.19713).

    `negative + scale · low + high_scale · high` of the two parts of `positive - negative`: what a Laplacian
    pyramid of two levels has on its lower one, and the rest. Up to 1, a scale leaves the positive's part as
    it is; where both are alike, this is plain classifier-free guidance.

    Attributes:
        scales: The guidance scale of low frequencies at each step of the whole schedule.
        high_scales: The same of high ones.
        coarse: The part of a prediction that is of low frequency.
    """

    scales: Sequence[float]
    high_scales: Sequence[float]
    coarse: Callable[[Prediction], Prediction]

    @property
    def sides(self) -> Sequence[str]:
        """Both, unless no step is guided."""
        guided = any(scale > 1 for scale in (*self.scales, *self.high_scales))
        return (NEGATIVE, POSITIVE) if guided else (POSITIVE,)

    def guide(self, step: int, predict: Predict) -> Prediction:
        """The formula."""
        low, high = max(self.scales[step], 1.0), max(self.high_scales[step], 1.0)
        if low == high == 1:
            (alone,) = predict(POSITIVE)
            return alone
        negative, positive = predict(NEGATIVE, POSITIVE)
        difference = positive - negative
        guided = negative + low * difference
        return guided if low == high else guided + (high - low) * (difference - self.coarse(difference))


@dataclass(frozen=True)
class MagnitudeAware(Scaled):
    """Guidance that is lessened where it would move a prediction far (MAMBO-G, arXiv:2508.03442).

    `negative + (1 + (scale - 1) · exp(-alpha · ratio)) · (positive - negative)`, where the ratio is that of
    the difference's length to the negative's, picture by picture.

    Attributes:
        alpha: How much it is lessened, 0 and up.
        length: The Euclidean length of each picture's prediction, shape (batch, 1, 1, 1).
    """

    alpha: float
    length: Callable[[Prediction], Prediction]

    def _guided(self, step: int, predict: Predict) -> Prediction:
        scale = self.scales[step]
        negative, positive = predict(NEGATIVE, POSITIVE)
        difference = positive - negative
        kept = math.e ** (-self.alpha * self.length(difference) / self.length(negative))
        return negative + (scale - (scale - 1) * (1 - kept)) * difference  # of alpha 0, exactly the scale


def scaled(
    request: SampleRequest,
    coarse: Callable[[Prediction], Prediction],
    length: Callable[[Prediction], Prediction],
) -> Guider | None:
    """What guides a request whose guidance scale depends on what is guided; None: it does not.

    Args:
        request: Scales and guidance.
        coarse: As in `FrequencyDecoupled`.
        length: As in `MagnitudeAware`.
    """
    guidance, scales = request.guidance, acting_scales(request)
    if guidance.method is GuidanceMethod.FDG:
        acting = (guidance.acts_at(step, len(scales)) for step in range(len(scales)))
        return FrequencyDecoupled(scales, [guidance.high_scale if acts else 1.0 for acts in acting], coarse)
    if guidance.method is GuidanceMethod.MAMBO_G:
        return MagnitudeAware(scales, guidance.alpha, length)
    return None
