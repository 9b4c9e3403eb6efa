"""A backend that computes next to nothing, for tests of workflows, nodes and whatever shows a run.

It keeps the rules of a real one: what it gives depends on model, prompt, seed and settings and nothing else;
item i of a batch equals a single run with seed + i; stopping early and going on gives what one run gives.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from nodeflow.backends.inpainting import carried, finished
from nodeflow.backends.protocol import Monitor, PromptRequest, SampleRequest
from nodeflow.files.safetensors_writer import write_safetensors
from nodeflow.hardware import Arrangement, Dtype
from nodeflow.models.mark import MARK, MARKED
from nodeflow.values import (
    ALWAYS,
    LATENT_CHANNELS,
    LATENT_SCALE,
    Conditioning,
    Guidance,
    Handover,
    Image,
    Latent,
    Layout,
    ModelRecipe,
)
from nodeflow.values.arrays import FloatArray
from nodeflow.values.model import ModelPart

_WIDTHS = (4, 6)
_TOKENS = 3
_SEEDS = 2**64
_TRAINING_STEPS = 1000


@dataclass
class FakeBackend:
    """Deterministic, NumPy only, milliseconds for a whole workflow. Reads no model file.

    Attributes:
        delay: Seconds that every step takes.
        on_step: Called before every step with the call's name (`sample`, `decode` …) and the number of the
            step, from 1; what it raises is what the call raises.
        calls: The names of the calls so far.
        prepared: What it was asked to load ahead: names of models, and parts.
        closed: How often it was closed.
    """

    delay: float = 0.0
    on_step: Callable[[str, int], None] | None = None
    calls: list[str] = field(default_factory=list)
    prepared: list[tuple[str, ModelPart]] = field(default_factory=list)
    closed: int = 0

    @property
    def name(self) -> str:
        """What the backend is called in messages."""
        return "fake"

    def arranged(self, arrangement: Arrangement) -> FakeBackend:  # noqa: ARG002 - it computes in one way only
        """Itself."""
        return self

    def prepare(self, model: ModelRecipe, part: ModelPart) -> None:
        """Note it; there is nothing to load."""
        self.prepared.append((model.name, part))

    def encode_text(self, model: ModelRecipe, prompt: PromptRequest, monitor: Monitor) -> Conditioning:
        """Turn a prompt into numbers that depend on it, on the model and on its LoRAs."""
        self._begin("encode_text")
        self._step("encode_text", 1, monitor)
        key = (_identity(model, ModelPart.TEXT_ENCODERS), prompt)
        hidden = [_noise((1, _TOKENS, width), key, width) for width in _WIDTHS]
        return Conditioning(hidden[0], hidden[1], _noise((1, _WIDTHS[1]), key))

    def sample(self, model: ModelRecipe, request: SampleRequest, monitor: Monitor) -> Latent:
        """Walk in a straight line from noise to a picture that prompt, model and seed choose."""
        self._begin("sample")
        seeds = tuple((request.seed + index) % _SEEDS for index in range(len(request.latent)))
        first, last = _span(request)
        shape = request.latent.samples.shape[1:]
        noise = np.stack([_noise(shape, "noise", seed) for seed in seeds])
        goal = noise * np.float32(0.25) + _goal(model, request)
        samples = _start(request, noise, first)
        for step in range(first, last):
            self._step("sample", step + 1 - first, monitor)
            samples = samples + (goal - samples) * np.float32(1 / (request.steps - step))
            monitor.progress(step + 1 - first, last - first, partial(_preview, samples))
        inpainting = carried(request.latent, unfinished=last < request.steps)
        if last == request.steps:
            return Latent(finished(samples, request.latent), seeds=seeds, inpainting=inpainting)
        left = _TRAINING_STEPS * (1 - last / request.steps)
        handover = Handover(request.scheduler, left)
        return Latent(samples, handover=handover, seeds=seeds, inpainting=inpainting)

    def encode_image(self, model: ModelRecipe, image: Image, monitor: Monitor) -> Latent:  # noqa: ARG002 - all VAEs are one
        """Average blocks of 8 by 8 pixels; the fourth channel stays 0. The inverse of `decode`."""
        self._begin("encode_image")
        self._step("encode_image", 1, monitor)
        batch, height, width, _ = image.pixels.shape
        rows, columns = height // LATENT_SCALE, width // LATENT_SCALE
        cut = image.pixels[:, : rows * LATENT_SCALE, : columns * LATENT_SCALE]
        blocks = cut.reshape(batch, rows, LATENT_SCALE, columns, LATENT_SCALE, 3).mean(axis=(2, 4))
        samples = np.zeros((batch, LATENT_CHANNELS, rows, columns), np.float32)
        samples[:, :3] = blocks.transpose(0, 3, 1, 2) * 2 - 1
        return Latent(samples)

    def decode(self, model: ModelRecipe, latent: Latent, monitor: Monitor) -> Image:  # noqa: ARG002 - all VAEs are one
        """Show the first three channels as colours, each value as a block of 8 by 8 pixels."""
        self._begin("decode")
        self._step("decode", 1, monitor)
        small = _colours(latent.samples)
        return Image(small.repeat(LATENT_SCALE, axis=1).repeat(LATENT_SCALE, axis=2), latent.seeds)

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
        """Write down what was asked for, in files without tensors."""
        self._begin("write_model")
        self._step("write_model", 1, monitor)
        asked = f"{_identity(model, ModelPart.UNET)} {layout} {dtype}"
        file = target if layout is Layout.SAFETENSORS else target / MARKED
        file.parent.mkdir(parents=True, exist_ok=True)
        write_safetensors(file, {}, {"asked": asked, MARK: mark})

    def close(self) -> None:
        """Count it; there is nothing to release."""
        self.closed += 1

    def _begin(self, call: str) -> None:
        self.calls.append(call)

    def _step(self, call: str, number: int, monitor: Monitor) -> None:
        monitor.raise_if_cancelled()
        if self.on_step is not None:
            self.on_step(call, number)
        if self.delay:
            time.sleep(self.delay)


def _identity(model: ModelRecipe, part: ModelPart) -> tuple[object, ...]:
    return model.name, model.patches_for(part)


def _noise(shape: tuple[int, ...], *key: object) -> FloatArray:
    """Normal numbers that depend on the key alone, in every process."""
    digest = hashlib.sha256(repr(key).encode()).digest()
    generator = np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "little")))
    return generator.standard_normal(shape, np.float32)


def _goal(model: ModelRecipe, request: SampleRequest) -> FloatArray:
    """The mean of each channel in the finished picture, shape (1, 4, 1, 1)."""
    prompts = (request.positive, request.negative)
    told: list[Any] = [None if p is None else _told(p) for p in prompts]
    scales = request.guidance_scales()
    guidance = scales if len(set(scales)) > 1 else scales[0]
    key: tuple[object, ...] = (_identity(model, ModelPart.UNET), *told, guidance, request.aesthetic_scores)
    key = (*key, *_options(request))
    return _noise((1, LATENT_CHANNELS, 1, 1), key) * np.float32(0.25)


def _options(request: SampleRequest) -> list[object]:
    """What of the request's options differs from their defaults."""
    guidance, plain = request.guidance, Guidance()
    unusual = {name: value for name, value in vars(guidance).items() if value != getattr(plain, name)}
    if guidance.unconditional is not None:
        unusual["unconditional"] = guidance.unconditional.pooled.tobytes()
    options = [
        option for option in (request.schedule, request.noise, request.solver) if option != type(option)()
    ]
    return [*options, *sorted(unusual.items())]


def _told(given: Conditioning) -> tuple[object, ...]:
    """What a conditioning says, the shorter for one prompt that acts everywhere and always."""
    plain = [(prompt.pooled.tobytes(), prompt.size) for prompt in given.prompts]
    acts = [
        (
            prompt.moments,
            prompt.span,
            prompt.strength,
            prompt.area,
            prompt.mask and (prompt.mask.values.tobytes(), prompt.mask.cropped, prompt.mask.feather),
        )
        for prompt in given.prompts
    ]
    usual = ((ALWAYS,), (0.0, 1.0), 1.0, None, None)
    return plain[0] if acts == [usual] else (*plain, *acts)


def _span(request: SampleRequest) -> tuple[int, int]:
    """First step to run, and the step to stop before."""
    last = request.steps if request.end_step is None else min(request.end_step, request.steps)
    if request.start_step is not None:
        return min(request.start_step, last), last
    if request.latent.handover is not None:
        done = 1 - request.latent.handover.timestep / _TRAINING_STEPS
        return min(round(done * request.steps), last), last
    share = 1.0 if request.latent.empty else request.denoise
    return min(request.steps - int(share * request.steps), last), last


def _start(request: SampleRequest, noise: FloatArray, first: int) -> FloatArray:
    given = request.latent
    if given.empty:
        return noise
    if given.handover is not None:
        return given.samples
    kept = np.float32(first / request.steps)
    return given.samples * kept + noise * (np.float32(1) - kept)


def _preview(samples: FloatArray) -> Image:
    return Image(_colours(samples))


def _colours(samples: FloatArray) -> FloatArray:
    """Latents as small pictures, shape (batch, height / 8, width / 8, 3)."""
    return np.clip(samples[:, :3].transpose(0, 2, 3, 1) / 2 + 0.5, 0, 1)
