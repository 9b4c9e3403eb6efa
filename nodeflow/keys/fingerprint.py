"""What of a value enters a key: literals as they are, files by content, models by the part that is used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from enum import Enum
from functools import singledispatch
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

from nodeflow.files import read_shapes
from nodeflow.models import ModelEntry, is_diffusers_folder, is_exported, model_files
from nodeflow.models.exported import MANIFEST
from nodeflow.prompts import Syntax, is_marked, parse
from nodeflow.prompts.tokens import CHUNK
from nodeflow.prompts.vocabulary import clip_vocabulary
from nodeflow.values import (
    Curve,
    DeepShrinkPatch,
    FreeUPatch,
    Guidance,
    LoraPatch,
    MergePatch,
    ModelPart,
    ModelRecipe,
    Noise,
    Patch,
    PredictionPatch,
    Prompt,
    Schedule,
    Solver,
    Template,
)

_COMPONENTS = {
    ModelPart.TEXT_ENCODERS: ("tokenizer", "text_encoder"),
    ModelPart.UNET: ("unet/", "scheduler/", "model_index.json"),
    ModelPart.VAE: ("vae/",),
}
"""How the paths of a part's files begin in a diffusers folder; the index tells a refiner's UNet."""

_EXPORTED = {
    ModelPart.TEXT_ENCODERS: ("tokenizer", "text_encoder"),
    ModelPart.UNET: ("unet/",),
    ModelPart.VAE: ("vae_",),
}
"""The same in a folder exported to ONNX; its manifest concerns all parts."""

_GRAMMAR = 1
"""Raised when the same marked prompt comes to mean something else."""
_GRAMMAR_OF_CHANGES = 2
"""The same, for prompts that change during a run; in version 1 all their words were read all the time."""
_GRAMMAR_OF_NEIGHBOURS = 3
"""The same, where brackets part words of one weight in ComfyUI's syntax; before, it read them as one word."""


class FileDigests(Protocol):
    """Gives the digests of files, as far as it may read them."""

    def of(self, files: Mapping[str, Path]) -> str:
        """The digest of several files together, each counted under its name.

        Raises:
            NotYetRead: If it is not known and may not be computed now.
        """


class NotYetRead(Exception):  # noqa: N818 - no error: planning never reads big files
    """The digest of a file is needed that nobody has read yet."""


class NoFingerprint(Exception):  # noqa: N818 - no error: such results are just not kept
    """A value of which nobody said what in it matters."""


@singledispatch
def fingerprint(value: object, part: ModelPart | None, digests: FileDigests) -> Any:  # noqa: ARG001
    """What of `value` enters a key, as JSON.

    Args:
        value: Something that a file says or a light node made.
        part: The part of a model that matters; None: all of it.
        digests: Digests of files.

    Raises:
        NoFingerprint: If the type of value is not known here.
        NotYetRead: If a file would have to be read first.
    """
    raise NoFingerprint(type(value).__name__)


@fingerprint.register(bool)
@fingerprint.register(int)
@fingerprint.register(float)
@fingerprint.register(str)
@fingerprint.register(type(None))
def _plain(value: Any, part: ModelPart | None, digests: FileDigests) -> Any:  # noqa: ARG001
    return value


@fingerprint.register
def _choice(value: Enum, part: ModelPart | None, digests: FileDigests) -> Any:  # noqa: ARG001
    return value.value


@fingerprint.register
def _curve(value: Curve, part: ModelPart | None, digests: FileDigests) -> Any:  # noqa: ARG001
    return [list(point) for point in value.points]


@fingerprint.register
def _prompt(value: Prompt, part: ModelPart | None, digests: FileDigests) -> Any:  # noqa: ARG001
    """The text alone where it is read as it stands, as all were before prompts had marks and chunks."""
    if not is_marked(value.text) and _is_short(value.text):
        return value.text
    files = {name: digests.of({"": path}) for name, path in sorted(value.embeddings.items())}
    return {"prompt": value.text, "grammar": _grammar(value.text), "embeddings": files}


def _grammar(text: str) -> int:
    pieces = (pairwise(pieces) for pieces in parse(text, Syntax.COMFYUI).texts)
    if any(one.weight == other.weight for pairs in pieces for one, other in pairs):
        return _GRAMMAR_OF_NEIGHBOURS
    changes = parse(text).variations[0].text != text
    return _GRAMMAR_OF_CHANGES if changes else _GRAMMAR


def _is_short(text: str) -> bool:
    """Whether a text fits into one chunk. No token is shorter than a byte."""
    return len(text.encode("utf-8", "replace")) <= CHUNK or len(clip_vocabulary().encode(text)) <= CHUNK


@fingerprint.register
def _template(value: Template, part: ModelPart | None, digests: FileDigests) -> Any:  # noqa: ARG001
    """The text and the lists that it names, line by line: they are texts that people write, and short."""
    return {"template": value.text, "lists": {name: list(lines) for name, lines in value.lists.items()}}


@fingerprint.register(Schedule)
@fingerprint.register(Noise)
@fingerprint.register(Guidance)
@fingerprint.register(Solver)
def _options(value: Any, part: ModelPart | None, digests: FileDigests) -> Any:
    """What differs from its default, so that an option added later changes no key."""
    given = {field.name: getattr(value, field.name) for field in fields(value)}
    defaults = {field.name: field.default for field in fields(value)}
    return {name: fingerprint(item, part, digests) for name, item in given.items() if item != defaults[name]}


@fingerprint.register(list)
@fingerprint.register(tuple)
def _several(value: Any, part: ModelPart | None, digests: FileDigests) -> Any:
    return [fingerprint(item, part, digests) for item in value]


@fingerprint.register
def _file(value: Path, part: ModelPart | None, digests: FileDigests) -> Any:  # noqa: ARG001
    return {"file": digests.of({"": value})}


@fingerprint.register
def _entry(value: ModelEntry, part: ModelPart | None, digests: FileDigests) -> Any:
    return {"model": digests.of(_files(value.path, part))}


@fingerprint.register
def _recipe(value: ModelRecipe, part: ModelPart | None, digests: FileDigests) -> Any:
    patches = value.patches if part is None else value.patches_for(part)
    told = [fingerprint(patch, part, digests) for patch in patches if _reaches(patch, part)]
    if part is ModelPart.VAE and value.vae is not None:
        return {"vae": _part(value.vae, digests), **({"patches": told} if told else {})}
    recipe: dict[str, Any] = {"model": digests.of(_files(value.path, part)), "patches": told}
    if part is None and value.vae is not None:
        recipe["vae"] = _part(value.vae, digests)
    replaced = dict(value.parts) if part is None else value.parts_for(part)
    if replaced:
        recipe["parts"] = {name: _part(place, digests) for name, place in replaced.items()}
    return recipe


def _part(place: Path, digests: FileDigests) -> str:
    """The digest of a part of its own: a file, or a folder's weights and config."""
    if not place.is_dir():
        return digests.of(_with_description(place))
    return digests.of({file.name: file for file in sorted(place.iterdir()) if file.is_file()})


@fingerprint.register(FreeUPatch)
@fingerprint.register(DeepShrinkPatch)
@fingerprint.register(PredictionPatch)
def _numbers(value: Any, part: ModelPart | None, digests: FileDigests) -> Any:  # noqa: ARG001
    """A patch that is made of nothing but numbers."""
    return {type(value).__name__: dict(vars(value))}


@fingerprint.register
def _lora(value: LoraPatch, part: ModelPart | None, digests: FileDigests) -> Any:
    weights = {ModelPart.UNET: value.unet_weight, ModelPart.TEXT_ENCODERS: value.text_encoder_weight}
    used = {str(key): weight for key, weight in weights.items() if part in (None, key)}
    return {"lora": digests.of({"": value.path}), "weights": used}


@fingerprint.register
def _merge(value: MergePatch, part: ModelPart | None, digests: FileDigests) -> Any:
    shares = {str(key): value.weight(key) for key in ModelPart if part in (None, key)}
    merge: dict[str, Any] = {"merge": digests.of(_files(value.path, part)), "weights": shares}
    if value.minus is not None:
        merge["minus"] = digests.of(_files(value.minus, part))
    if value.blocks and part in (None, ModelPart.UNET):
        merge["blocks"] = [list(block) for block in value.blocks]
    return merge


def _files(model: Path, part: ModelPart | None) -> Mapping[str, Path]:
    """The files that a part of a model consists of; of a single file always the whole."""
    exported = is_exported(model)
    if not exported and not is_diffusers_folder(model):
        return _with_description(model)
    files = model_files(model)
    if part is None:
        return files
    wanted = (*_EXPORTED[part], MANIFEST) if exported else _COMPONENTS[part]
    return {name: path for name, path in files.items() if name.startswith(wanted)}


def _with_description(file: Path) -> Mapping[str, Path]:
    """A single file, and the JSON files in the folder of its name that describe it, where there are any."""
    described = sorted(file.with_suffix("").rglob("*.json"))
    return {"": file, **{path.relative_to(file.with_suffix("")).as_posix(): path for path in described}}


def _reaches(patch: Patch, part: ModelPart | None) -> bool:
    """Whether a LoRA's file holds anything for the text encoders; most hold none."""
    if part is not ModelPart.TEXT_ENCODERS or not isinstance(patch, LoraPatch):
        return True
    if patch.path.suffix != ".safetensors":
        return True
    return any("text_encoder" in name or name.startswith("lora_te") for name in read_shapes(patch.path))
