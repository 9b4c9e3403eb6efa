"""The family's sizes and budgets as `family.toml` states them, and where training keeps its files."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
CAPTIONS = HERE / "evaluation_captions.json"


@dataclass(frozen=True)
class DataSettings:
    """How artwork is stored and captions are dropped."""

    sprite: int
    quality: int
    seed: int
    reserved: tuple[str, ...]
    drop_caption: float
    often: tuple[str, ...] = ()  # labels that three quarters of the scenes show; empty: all alike


@dataclass(frozen=True)
class TextSize:
    """One CLIP text encoder."""

    width: int
    layers: int
    heads: int
    activation: str


@dataclass(frozen=True)
class VAESize:
    """The autoencoder: four resolutions, one residual block each."""

    channels: tuple[int, ...]
    groups: int


@dataclass(frozen=True)
class UNetSize:
    """One UNet: channels and heads for each resolution, input channels, number of time ids."""

    channels: tuple[int, ...]
    heads: tuple[int, ...]
    inputs: int
    ids: int
    groups: int


@dataclass(frozen=True)
class Friend:
    """What the embedding learns: a subject, perhaps turned to a named hue, from the vectors of a word."""

    subject: str
    like: str
    hue: str = ""


@dataclass(frozen=True)
class Stage:
    """The budget of one training stage; `sizes` are pairs of picture side and share of the time."""

    minutes: float
    batch: int
    rate: float
    repeats: int = 1
    sizes: tuple[tuple[int, float], ...] = ((128, 1.0),)

    def size_at(self, progress: float) -> int:
        """Give the picture side in pixels at a point of the run, 0 to 1."""
        passed = 0.0
        for size, share in self.sizes:
            passed += share
            if progress < passed:
                return size
        return self.sizes[-1][0]


@dataclass(frozen=True)
class Family:
    """Everything that `family.toml` says."""

    data: DataSettings
    text_encoder: TextSize
    text_encoder_2: TextSize
    vae: VAESize
    unet: dict[str, UNetSize]
    rank: int
    triggers: dict[str, str]
    friend: Friend
    stages: dict[str, Stage] = field(default_factory=dict)

    @property
    def context(self) -> int:
        """The width of the conditioning that the base's UNet reads: both encoders' side by side."""
        return self.text_encoder.width + self.text_encoder_2.width


def _tuples(values: dict[str, Any]) -> dict[str, Any]:
    def frozen(value: Any) -> Any:
        return tuple(frozen(item) for item in value) if isinstance(value, list) else value

    return {key: frozen(value) for key, value in values.items()}


def _changed(values: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    merged = dict(values)
    for key, change in changes.items():
        merged[key] = _changed(values.get(key, {}), change) if isinstance(change, dict) else change
    return merged


def load_family(path: Path | None = None) -> Family:
    """Read the family's configuration; `NODEFLOW_TRAINING_FAMILY` may name a file with what differs."""
    raw = tomllib.loads((HERE / "family.toml").read_text(encoding="utf-8"))
    other = path or os.environ.get("NODEFLOW_TRAINING_FAMILY")
    if other:
        raw = _changed(raw, tomllib.loads(Path(other).read_text(encoding="utf-8")))
    return Family(
        data=DataSettings(**_tuples(raw["data"])),
        text_encoder=TextSize(**raw["text_encoder"]),
        text_encoder_2=TextSize(**raw["text_encoder_2"]),
        vae=VAESize(**_tuples(raw["vae"])),
        unet={name: UNetSize(**_tuples(size)) for name, size in raw["unet"].items()},
        rank=raw["lora"]["rank"],
        triggers=raw["lora"]["triggers"],
        friend=Friend(**raw["friend"]),
        stages={name: Stage(**_tuples(stage)) for name, stage in raw["stages"].items()},
    )


def work_folder() -> Path:
    """Where data, checkpoints and pictures of the training lie; `NODEFLOW_TRAINING_WORK` may name another."""
    folder = Path(os.environ.get("NODEFLOW_TRAINING_WORK", HERE / "work"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
