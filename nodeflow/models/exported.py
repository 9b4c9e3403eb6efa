"""Models exported to ONNX: a folder with a manifest that says all that is needed to run its files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import Any

from nodeflow.errors import MissingFile
from nodeflow.models.kinds import Architecture, ModelKind, Recognised

MANIFEST = "nodeflow-onnx.json"
FORMAT = 2
"""Of the manifest; raised when an older nodeflow could not run what it describes."""
_OLDER = {1}
"""Formats that are read as well; in 1, text encoders do not take `ATTENDED`."""
ATTENDED = "attended"
"""An input of text encoders: which tokens others attend to."""
GUIDANCE_SCALE = "guidance_scale"
"""An input that only UNets have which are told the guidance scale, and are not guided."""
_LONGEST = 2**20


class Network(StrEnum):
    """A network of an exported model, by the name of its folder."""

    TEXT_ENCODER = "text_encoder"
    TEXT_ENCODER_2 = "text_encoder_2"
    UNET = "unet"
    VAE_ENCODER = "vae_encoder"
    VAE_DECODER = "vae_decoder"


@dataclass(frozen=True)
class ExportedNetwork:
    """One network.

    Attributes:
        file: Its ONNX file, relative to the folder.
        digests: The SHA-256 of each of its files, weights beside it included, by relative path.
        parameters: How many numbers its weights have.
        error: Its largest difference from torch on an example, as a share of the largest output.
        inputs: What it takes: type and sides by name; sides that are words may be of any length.
        outputs: What it gives.
    """

    file: str
    digests: Mapping[str, str]
    parameters: int
    error: float = 0.0
    inputs: Mapping[str, list[Any]] = field(default_factory=dict)
    outputs: Mapping[str, list[Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class ExportedTokenizer:
    """A tokenizer: CLIP's vocabulary in a folder, and the tokens that have a meaning of their own."""

    folder: str
    begin: int
    end: int
    padding: int


@dataclass(frozen=True)
class ExportedText:
    """What a text encoder gives: how many layers it has, and the width of each one's states."""

    layers: int
    width: int


@dataclass(frozen=True)
class ExportedUnet:
    """What the UNet takes.

    Attributes:
        channels: 4, or 9 if it was made for inpainting.
        hidden: Width of the text encoders' states, side by side.
        added: Width of the pooled projection together with the sizes' embeddings.
        size: Width of one size's embedding.
        aesthetics: Whether it takes an aesthetic score in place of the target size.
    """

    channels: int
    hidden: int
    added: int
    size: int
    aesthetics: bool


@dataclass(frozen=True)
class ExportedVae:
    """What latents are: `(z - mean) · factor / std` of what the encoder gives; mean and std by channel.

    Attributes:
        channels: Of latents.
        scale: Pixels per latent sample along each side.
        factor: Brings latents near unit variance.
        mean: None: 0.
        std: None: 1.
    """

    channels: int
    scale: int
    factor: float
    mean: list[float] | None = None
    std: list[float] | None = None


@dataclass(frozen=True)
class ExportedModel:
    """An exported model.

    Attributes:
        path: Its folder.
        name: What it was called.
        kind: `base` or `refiner`.
        dtype: The precision of its weights: `fp32` or `fp16`.
        int8: Whether matrices are kept and multiplied in 8 bits.
        merged: What was merged into it, in words.
        networks: Its networks.
        tokenizers: By the name of the text encoder.
        texts: The text encoders.
        unet: The UNet.
        vae: The VAE.
        scheduler: Settings of the schedule that it was trained with, by diffusers' names.
        made_with: Versions of what exported it.
    """

    path: Path
    name: str
    kind: str
    dtype: str
    int8: bool
    merged: list[str]
    networks: Mapping[Network, ExportedNetwork]
    tokenizers: Mapping[Network, ExportedTokenizer]
    texts: Mapping[Network, ExportedText]
    unet: ExportedUnet
    vae: ExportedVae
    scheduler: Mapping[str, Any]
    made_with: Mapping[str, str]

    @classmethod
    def read(cls, path: Path) -> ExportedModel:
        """Read a folder's manifest.

        Raises:
            MissingFile: If it is damaged, of a later version, or names files outside of the folder.
        """
        file = path / MANIFEST
        try:
            with file.open("rb") as opened:
                text = opened.read(_LONGEST + 1)
            if len(text) > _LONGEST:
                raise ValueError("too long")
            found = _parsed(path, json.loads(text))
        except OSError as error:
            raise MissingFile(f"{file} cannot be read: {error.strerror or error}") from error
        except (ValueError, RecursionError, TypeError, KeyError, AttributeError) as error:
            raise MissingFile(f"{file} is damaged", advice="Export the model again") from error
        for name in found.files():
            if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
                raise MissingFile(f"{file} leads outside of its folder", advice="Export the model again")
        return found

    @property
    def is_refiner(self) -> bool:
        """Whether it reads text with the second encoder alone."""
        return Network.TEXT_ENCODER not in self.networks

    @property
    def is_told_guidance(self) -> bool:
        """Whether its UNet takes the guidance scale rather than being guided."""
        return GUIDANCE_SCALE in self.networks[Network.UNET].inputs

    def recognise(self) -> Recognised:
        """Say whether it is a base model or a refiner."""
        if self.kind == "refiner":
            return Recognised(ModelKind.REFINER, Architecture.SDXL_REFINER)
        return Recognised(ModelKind.CHECKPOINT, Architecture.SDXL)

    def files(self) -> dict[str, Path]:
        """What the model consists of, by relative path."""
        names = [MANIFEST, *(name for network in self.networks.values() for name in network.digests)]
        for tokenizer in self.tokenizers.values():
            names += [f"{tokenizer.folder}/{name}" for name in ("vocab.json", "merges.txt")]
        return {name: self.path / name for name in names}

    def check(self) -> None:
        """Check that every file is there.

        Raises:
            MissingFile: For the first that is not.
        """
        for name, path in self.files().items():
            if not path.is_file():
                raise MissingFile(f"the exported model {self.path} has no {name}", advice="Export it again")

    def dump(self) -> str:
        """The manifest as text."""
        plain = {"format": FORMAT, **asdict(self)}
        del plain["path"]
        return json.dumps(plain, indent=2, ensure_ascii=False) + "\n"


def is_exported(path: Path) -> bool:
    """Whether a folder holds an exported model."""
    return (path / MANIFEST).is_file()


def _parsed(path: Path, document: dict[str, Any]) -> ExportedModel:
    if document["format"] not in {FORMAT, *_OLDER}:
        message = f"{path / MANIFEST} is of format {document['format']}, which this version does not know"
        raise MissingFile(message, advice="Export the model again, or update nodeflow")
    given = {name: value for name, value in document.items() if name != "format"}
    given["networks"] = {Network(n): ExportedNetwork(**v) for n, v in given["networks"].items()}
    given["tokenizers"] = {Network(n): ExportedTokenizer(**v) for n, v in given["tokenizers"].items()}
    given["texts"] = {Network(n): ExportedText(**v) for n, v in given["texts"].items()}
    given["unet"], given["vae"] = ExportedUnet(**given["unet"]), ExportedVae(**given["vae"])
    return ExportedModel(path=path, **given)
