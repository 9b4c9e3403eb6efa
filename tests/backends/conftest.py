"""What the torch backend's tests share: one backend, and diffusers' own pipelines as oracles."""

from __future__ import annotations

import os

os.environ["HF_HUB_OFFLINE"] = "1"  # before any library reads it: a test that needs the network must fail

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import pytest
import torch

import nodeflow
from nodeflow.backends import Preview, PromptRequest, SampleRequest
from nodeflow.backends.torch import TorchBackend
from nodeflow.errors import Cancelled
from nodeflow.values import Conditioning, Latent, LoraPatch, ModelPart, ModelRecipe, Scheduler

BUNDLED = Path(nodeflow.__file__).parent / "bundled"
CHECKPOINTS = BUNDLED / "models" / "checkpoints"

torch.set_num_threads(1)  # these models are tiny: threads would only wait for each other on a busy machine


@dataclass
class RecordingMonitor:
    """Keeps what was reported; cancels at the `cancel_at`-th question whether to go on (counted from 1).

    With `keeps_state`, what a call saves is in `kept`; what it goes on from must be put there.
    """

    cancel_at: int | None = None
    asked: int = 0
    steps: list[tuple[int, int]] = field(default_factory=list)
    previews: list[Preview] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    deviations: list[tuple[ModelPart, dict[str, str]]] = field(default_factory=list)
    keeps_state: bool = False
    kept: bytes | None = None
    resumptions: list[tuple[int, int]] = field(default_factory=list)

    def progress(self, step: int, steps: int, preview: Preview | None = None) -> None:
        self.steps.append((step, steps))
        if preview is not None:
            self.previews.append(preview)

    def raise_if_cancelled(self) -> None:
        self.asked += 1
        if self.asked == self.cancel_at:
            raise Cancelled

    def warn(self, message: str) -> None:
        self.warnings.append(message)

    def deviate(self, part: ModelPart, **facts: str) -> None:
        self.deviations.append((part, facts))

    @property
    def state(self) -> KeptState | None:
        return KeptState(self) if self.keeps_state else None


@dataclass
class KeptState:
    """A state file in memory: what a monitor's `kept` holds, from an earlier run or from this one."""

    monitor: RecordingMonitor

    def load(self) -> bytes | None:
        return self.monitor.kept

    def save(self, state: bytes) -> None:
        self.monitor.kept = state

    def resumed(self, step: int, steps: int) -> None:
        self.monitor.resumptions.append((step, steps))


@pytest.fixture
def monitor() -> RecordingMonitor:
    return RecordingMonitor()


@pytest.fixture(scope="session")
def make_monitor() -> Callable[..., RecordingMonitor]:
    return RecordingMonitor


@pytest.fixture(scope="session")
def backend() -> TorchBackend:
    return TorchBackend("cpu")


@pytest.fixture(scope="session")
def pocket() -> ModelRecipe:
    return ModelRecipe("pocket", CHECKPOINTS / "pocket")


@pytest.fixture(scope="session")
def pocket_refiner() -> ModelRecipe:
    return ModelRecipe("pocket-refiner", CHECKPOINTS / "pocket-refiner")


@pytest.fixture(scope="session")
def lora() -> Callable[..., LoraPatch]:
    """Make a patch of a bundled LoRA, or of a file."""

    def make(name: str, weight: float = 1.0, path: Path | None = None) -> LoraPatch:
        file = path or BUNDLED / "models" / "loras" / f"{name}.safetensors"
        return LoraPatch(name, file, weight, weight)

    return make


def _empty(height: int = 128, width: int = 128, batch: int = 1) -> Latent:
    return Latent(np.zeros((batch, 4, height // 8, width // 8), np.float32), empty=True)


@pytest.fixture(scope="session")
def empty() -> Callable[..., Latent]:
    """Make an empty latent of a height and width in pixels."""
    return _empty


@pytest.fixture(scope="session")
def encode(backend: TorchBackend) -> Callable[..., Conditioning]:
    """Encode a prompt."""

    def run(model: ModelRecipe, text: str, text_2: str | None = None, clip_skip: int = 0) -> Conditioning:
        return backend.encode_text(model, PromptRequest(text, text_2, clip_skip), RecordingMonitor())

    return run


@pytest.fixture(scope="session")
def request_for(encode: Callable[..., Conditioning], pocket: ModelRecipe) -> Callable[..., SampleRequest]:
    """Make a request with small defaults; keywords override its fields."""
    defaults: dict[str, Any] = {
        "latent": _empty(),
        "positive": encode(pocket, "a red apple on a green background"),
        "negative": encode(pocket, "blurry"),
        "seed": 7,
        "steps": 6,
        "guidance_scale": 5.0,
        "scheduler": Scheduler.EULER,
    }

    def make(**fields: Any) -> SampleRequest:
        return SampleRequest(**{**defaults, **fields})

    return make


@pytest.fixture(scope="session")
def sample(
    backend: TorchBackend, pocket: ModelRecipe, request_for: Callable[..., Any]
) -> Callable[..., Latent]:
    """Sample with `request_for`'s defaults."""

    def run(model: ModelRecipe = pocket, monitor: RecordingMonitor | None = None, **fields: Any) -> Latent:
        return backend.sample(model, request_for(**fields), monitor or RecordingMonitor())

    return run


@pytest.fixture(scope="session")
def picture(backend: TorchBackend, pocket: ModelRecipe, sample: Callable[..., Latent]) -> Callable[..., Any]:
    """Sample and decode to 8 bits, shape (batch, height, width, 3)."""

    def run(model: ModelRecipe = pocket, **fields: Any) -> Any:
        image = backend.decode(model, sample(model, **fields), RecordingMonitor())
        return (image.pixels * 255).round().astype(np.uint8)

    return run


@pytest.fixture(scope="session")
def pipeline() -> Any:
    """Plain diffusers on the bundled base, with weights of its own."""
    return diffusers.StableDiffusionXLPipeline.from_pretrained(
        CHECKPOINTS / "pocket", dtype=torch.float32, use_safetensors=True
    )


@pytest.fixture(scope="session")
def refiner_pipeline(pipeline: Any) -> Any:
    """Plain diffusers on the bundled refiner, with the base's components where the two share them."""
    shared = {name: getattr(pipeline, name) for name in ("vae", "text_encoder_2", "tokenizer_2")}
    return diffusers.StableDiffusionXLImg2ImgPipeline.from_pretrained(
        CHECKPOINTS / "pocket-refiner", dtype=torch.float32, use_safetensors=True, **shared
    )


@pytest.fixture(scope="session")
def img2img_pipeline(pipeline: Any) -> Any:
    """Plain diffusers' img2img on the bundled base."""
    return diffusers.StableDiffusionXLImg2ImgPipeline(**pipeline.components)
