"""What a backend must do. Nodes speak only to this; torch, ONNX or a fake implement it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from nodeflow.hardware import Arrangement, Dtype
from nodeflow.prompts import Syntax, Weighting
from nodeflow.values import (
    Conditioning,
    Curve,
    Guidance,
    Image,
    Latent,
    Layout,
    ModelPart,
    ModelRecipe,
    Noise,
    Schedule,
    Scheduler,
    Solver,
)

Preview = Callable[[], Image]
"""Computes a preview when called; costs nothing when nobody looks."""


class Monitor(Protocol):
    """How a long call reports and listens while it works."""

    def progress(self, step: int, steps: int, preview: Preview | None = None) -> None:
        """Report that `step` of `steps` is done."""

    def raise_if_cancelled(self) -> None:
        """Raise `Cancelled` if the run was cancelled."""

    def warn(self, message: str) -> None:
        """Tell the user something that does not stop the run."""

    def deviate(self, part: ModelPart, **facts: str) -> None:
        """Say that a part computes otherwise than arranged (`tile="512"`), so that the key says so too."""

    @property
    def state(self) -> StateFile | None:
        """Where a long call keeps its state; None: nowhere."""


class StateFile(Protocol):
    """The state of a long call, kept so that a crash or a cancel costs a few steps only. Never raises."""

    def load(self) -> bytes | None:
        """What an earlier, unfinished run of the same call saved last; None: nothing that can be trusted."""

    def save(self, state: bytes) -> None:
        """Keep this instead of what was saved before. Whoever calls decides how often."""

    def resumed(self, step: int, steps: int) -> None:
        """Report that the call goes on after `step` of `steps`."""


@dataclass(frozen=True)
class SampleRequest:
    """Everything a sampling run depends on.

    Attributes:
        latent: Where to start: empty, a clean picture, or one that another sampler handed over.
        positive: What to move towards.
        negative: What to move away from; None: zeros, as SDXL was trained to read "no prompt".
        seed: Seed of item 0; item i of a batch has seed + i. 0…2⁶⁴ - 1.
        steps: Steps of the whole schedule, 1 and up; see also `total_steps`.
        guidance_scale: Classifier-free guidance; 1 and below means none.
        scheduler: The solver.
        guidance_curve: The guidance scale over the run, in place of `guidance_scale`: position 0 is the first
            step of the whole schedule, 1 the last.
        denoise: Share of the schedule to run on a clean latent, 0…1 (diffusers' `strength`).
        start_step: First step to run; None: step 0, what `denoise` says, or where the latent was handed over.
        end_step: Step to stop before, leaving noise in; None: run to the end.
        aesthetic_scores: For refiners, the score asked for and the score to move away from.
        schedule: Where the steps lie, and how many of them a partial `denoise` runs.
        noise: Where the noise comes from.
        guidance: What is made of the predictions for the prompts.
        solver: How the scheduler solves, where it leaves a choice.
    """

    latent: Latent
    positive: Conditioning
    negative: Conditioning | None
    seed: int
    steps: int
    guidance_scale: float
    scheduler: Scheduler
    guidance_curve: Curve | None = None
    denoise: float = 1.0
    start_step: int | None = None
    end_step: int | None = None
    aesthetic_scores: tuple[float, float] = (6.0, 2.5)
    schedule: Schedule = field(default_factory=Schedule)
    noise: Noise = field(default_factory=Noise)
    guidance: Guidance = field(default_factory=Guidance)
    solver: Solver = field(default_factory=Solver)

    @property
    def total_steps(self) -> int:
        """Steps of the whole schedule; more than `steps` where a partial run takes all of those."""
        return self.schedule.total_steps(self.steps, self.denoise)

    def told(self, side: str) -> Conditioning | None:
        """The conditioning of a side of guidance: `positive`, `negative` or `unconditional`; None: zeros."""
        sides = {"positive": self.positive, "negative": self.negative}
        return sides.get(side, self.guidance.unconditional)

    def guidance_scales(self) -> tuple[float, ...]:
        """The guidance scale of each step of the whole schedule."""
        return self._over_steps(self.guidance_curve or Curve.constant(self.guidance_scale))

    def negative_scales(self) -> tuple[float, ...] | None:
        """The negative guidance scale of each step of the whole schedule; None: it has none of its own."""
        curve = self.guidance.negative_scale
        return None if curve is None else self._over_steps(curve)

    def _over_steps(self, curve: Curve) -> tuple[float, ...]:
        last = max(self.total_steps - 1, 1)
        return tuple(curve.at(step / last) for step in range(self.total_steps))


@dataclass(frozen=True)
class PromptRequest:
    """A prompt to encode.

    Attributes:
        text: The prompt for the first encoder, and for the second unless `text_2` says otherwise.
        text_2: The prompt for the second encoder; None: the same text.
        clip_skip: How many more of the last layers to leave out; 0 is SDXL's own choice, the penultimate.
        syntax: How marks are read.
        weighting: What weights do.
        embeddings: Files of textual inversions, by the names in the texts.
        mask_padding: Whether the UNet is kept from looking at the padding of chunks that are not full.
    """

    text: str
    text_2: str | None = None
    clip_skip: int = 0
    syntax: Syntax = Syntax.A1111
    weighting: Weighting = Weighting.FROM_EMPTY
    embeddings: Mapping[str, Path] = field(default_factory=dict)
    mask_padding: bool = False


class Backend(Protocol):
    """Encodes prompts, samples, and moves between pixels and latents. Safe to call from several threads."""

    @property
    def name(self) -> str:
        """What the backend is called in messages."""

    def arranged(self, arrangement: Arrangement) -> Backend:
        """This backend, with the same models in memory, computing as an arrangement says."""

    def prepare(self, model: ModelRecipe, part: ModelPart) -> None:
        """Load a part that will soon be needed, if there is room for it now. Never raises."""

    def encode_text(self, model: ModelRecipe, prompt: PromptRequest, monitor: Monitor) -> Conditioning:
        """Encode a prompt with the model's text encoders (both, or the second for a refiner)."""

    def sample(self, model: ModelRecipe, request: SampleRequest, monitor: Monitor) -> Latent:
        """Denoise latents."""

    def encode_image(self, model: ModelRecipe, image: Image, monitor: Monitor) -> Latent:
        """Encode pixels with the model's VAE, taking the posterior's mode."""

    def decode(self, model: ModelRecipe, latent: Latent, monitor: Monitor) -> Image:
        """Decode latents to pixels with the model's VAE."""

    def write_model(
        self,
        model: ModelRecipe,
        target: Path,
        layout: Layout,
        dtype: Dtype | None,
        monitor: Monitor,
        *,
        mark: str = "",
    ) -> None:
        """Write a model with everything that its recipe says, whole or not at all.

        Args:
            model: The model; its LoRAs and merged checkpoints become part of its weights.
            target: The file or folder to write.
            layout: Which of them, and how.
            dtype: The precision to store; None: that of each weight in the source.
            monitor: Told the megabytes written.
            mark: What `nodeflow.models.mark_of` is to find in it.
        """

    def close(self) -> None:
        """Release everything held in memory."""
