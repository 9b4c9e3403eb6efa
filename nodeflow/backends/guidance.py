"""Guiders: from what the UNet predicts for each side to the prediction that a solver takes.

They serve every backend: a prediction is whatever it calculates with, NumPy's arrays or torch's tensors.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from nodeflow.backends.protocol import SampleRequest
from nodeflow.errors import NodeFailed
from nodeflow.values import Conditioning, Guidance
from nodeflow.values.guidance import USED_BY

Prediction = Any
"""Of the latents' shape, an array or a tensor."""

POSITIVE, NEGATIVE, UNCONDITIONAL = "positive", "negative", "unconditional"
"""The sides of guidance, by the names of the inputs that they come from."""


class Predict(Protocol):
    """Evaluates the UNet once for each side named; sides named together share batches where they can."""

    def __call__(self, *sides: str, variant: str = "") -> tuple[Prediction, ...]:
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

    def guide(self, step: int, predict: Predict) -> Prediction:
        """The guided prediction, of the latents' shape.

        Args:
            step: The whole step of the schedule, counted from 0; it may have several evaluations.
            predict: Evaluates the UNet, as often as needed.
        """

    def remembered(self) -> Mapping[str, Prediction]:
        """What it needs of earlier evaluations to go on."""

    def recall(self, remembered: Mapping[str, Prediction]) -> None:
        """Go on from what another one of its kind remembered."""


class Forgetful:
    """What guiders share that look at one evaluation at a time."""

    def remembered(self) -> Mapping[str, Prediction]:
        """Nothing."""
        return {}

    def recall(self, remembered: Mapping[str, Prediction]) -> None:
        """There is nothing to go on from."""


@dataclass(frozen=True)
class Scaled(Forgetful, ABC):
    """What guiders share whose scale, up to 1, leaves the positive's prediction as it is.

    Attributes:
        scales: The guidance scale of each step of the whole schedule; up to 1, the positive alone counts.
    """

    scales: Sequence[float]

    @property
    def sides(self) -> Sequence[str]:
        """Both, unless no step is guided."""
        return (NEGATIVE, POSITIVE) if any(scale > 1 for scale in self.scales) else (POSITIVE,)

    def guide(self, step: int, predict: Predict) -> Prediction:
        """The positive's prediction, or what becomes of both sides where the scale is above 1."""
        if self.scales[step] > 1:
            return self._guided(step, predict)
        (alone,) = predict(POSITIVE)
        return alone

    @abstractmethod
    def _guided(self, step: int, predict: Predict) -> Prediction: ...


class ClassifierFree(Scaled):
    """Classifier-free guidance (arXiv:2207.12598): `negative + scale · (positive - negative)`."""

    def _guided(self, step: int, predict: Predict) -> Prediction:
        negative, positive = predict(NEGATIVE, POSITIVE)
        return negative + self.scales[step] * (positive - negative)


@dataclass(frozen=True)
class Independent(Forgetful):
    """Guidance whose suppression is set apart: `u + scale · (c - u) - negative_scale · (n - u)`.

    Only sides with a share are evaluated: where negative_scale is scale - 1, nothing is left of the
    unconditional, and it is plain classifier-free guidance.

    Attributes:
        scales: The guidance scale of each step of the whole schedule, 0 and up.
        negative_scales: The negative guidance scale of each step, 0 and up.
    """

    scales: Sequence[float]
    negative_scales: Sequence[float]

    @property
    def sides(self) -> Sequence[str]:
        """Those that have a share at some step."""
        wanted = {side for step in range(len(self.scales)) for side, _ in self._shares(step)}
        return tuple(side for side in (NEGATIVE, POSITIVE, UNCONDITIONAL) if side in wanted)

    def _shares(self, step: int) -> list[tuple[str, float]]:
        scale, negative = self.scales[step], self.negative_scales[step]
        shares = [(NEGATIVE, -negative), (POSITIVE, scale), (UNCONDITIONAL, 1 - scale + negative)]
        return [(side, share) for side, share in shares if not math.isclose(share, 0, abs_tol=1e-9)]

    def guide(self, step: int, predict: Predict) -> Prediction:
        """The formula, with the fewest evaluations that it takes."""
        scale, names = self.scales[step], [side for side, _ in self._shares(step)]
        found = dict(zip(names, predict(*names), strict=True))
        negative, positive = found.get(NEGATIVE), found.get(POSITIVE)
        base = found.get(UNCONDITIONAL, negative)
        if base is None:  # a scale of 1 and no suppression
            return found[POSITIVE]
        guided = base if positive is None else base + scale * (positive - base)
        if negative is None or negative is base:
            return guided
        return guided - self.negative_scales[step] * (negative - base)


class Noting:
    """Evaluates, and keeps what the UNet, unchanged, last predicted for the positive.

    Attributes:
        positive: That prediction; None: it was not asked for.
    """

    def __init__(self, predict: Predict) -> None:
        self._predict = predict
        self.positive: Prediction | None = None

    def __call__(self, *sides: str, variant: str = "") -> tuple[Prediction, ...]:
        """As `Predict`."""
        found = self._predict(*sides, variant=variant)
        if POSITIVE in sides and not variant:
            self.positive = found[sides.index(POSITIVE)]
        return found


@dataclass(frozen=True)
class Rescaled:
    """Guidance brought back towards the spread of the positive's prediction (arXiv:2305.08891, eq. 14 to 16).

    Attributes:
        guider: What guides.
        share: How far, 0…1.
        rescale: Brings a guided prediction, given the positive's, back by a share.
    """

    guider: Guider
    share: float
    rescale: Callable[[Prediction, Prediction, float], Prediction]

    @property
    def sides(self) -> Sequence[str]:
        """Those of what guides."""
        return self.guider.sides

    def guide(self, step: int, predict: Predict) -> Prediction:
        """The guided prediction, rescaled; of a step that is not guided, the prediction as it is."""
        noting = Noting(predict)
        guided, positive = self.guider.guide(step, noting), noting.positive
        if positive is None or guided is positive or not guided.any():  # nothing has no spread
            return guided
        return self.rescale(guided, positive, self.share)

    def remembered(self) -> Mapping[str, Prediction]:
        """What the guider remembers."""
        return self.guider.remembered()

    def recall(self, remembered: Mapping[str, Prediction]) -> None:
        """Let the guider go on."""
        self.guider.recall(remembered)


def acting_scales(request: SampleRequest) -> list[float]:
    """The guidance scale of each step of a request's whole schedule; 1 where guidance does not act."""
    steps = request.total_steps
    return [
        scale if request.guidance.acts_at(step, steps) else 1.0
        for step, scale in enumerate(request.guidance_scales())
    ]


def plain(request: SampleRequest) -> Guider:
    """What guides by the prompts alone: classifier-free guidance, or with a scale of the negative's own.

    Raises:
        NodeFailed: If the request contradicts itself.
    """
    guidance, steps, scales = request.guidance, request.total_steps, request.negative_scales()
    if scales is None:
        return ClassifierFree(acting_scales(request))
    check_negative_scale(guidance, request.negative)
    acting = [scale if guidance.acts_at(step, steps) else 0.0 for step, scale in enumerate(scales)]
    return Independent(acting_scales(request), acting)


def check_negative_scale(guidance: Guidance, negative: Conditioning | None) -> None:
    """Raise NodeFailed, naming an input, if a negative scale of its own cannot be followed.

    Args:
        guidance: What may have one.
        negative: What it would suppress.
    """
    if guidance.negative_scale is None:
        return
    if guidance.method not in USED_BY["negative_scale"]:
        raise NodeFailed(
            f"'{guidance.method}' has no negative scale of its own",
            input="guidance",
            advice="Clear negative_scale and its curve, or choose another method",
        )
    if negative is None:
        raise NodeFailed(
            "a negative scale has nothing to suppress",
            input="negative",
            advice="Connect a negative prompt, or clear the guidance's negative_scale",
        )
