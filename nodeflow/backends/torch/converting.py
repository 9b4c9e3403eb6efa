"""Writes a model as a single file or as a diffusers folder, whole or not at all, a tensor at a time.

What is written is what the recipe says: another VAE in its place, LoRAs and other checkpoints merged in, and
what it predicts.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import torch

from nodeflow.backends.torch.describing import descriptions, metadata_of, own_descriptions
from nodeflow.backends.torch.device import torch_dtype
from nodeflow.backends.torch.headers import read_weights
from nodeflow.backends.torch.layouts import to_original
from nodeflow.backends.torch.loading import check_fit
from nodeflow.backends.torch.merging import merged
from nodeflow.backends.torch.part_weights import part_weights
from nodeflow.backends.torch.prediction import markers, with_patches
from nodeflow.backends.torch.source import Source, locate_model
from nodeflow.backends.torch.weight import Weight, Weights
from nodeflow.errors import MissingFile, NodeFailed
from nodeflow.files.atomic import umask
from nodeflow.files.digests import files_in
from nodeflow.files.safetensors_writer import Progress, TensorToWrite, write_safetensors
from nodeflow.hardware import Dtype, Part
from nodeflow.models.mark import MARK
from nodeflow.values import Layout, ModelRecipe

_NAMES = {
    torch.float64: "F64",
    torch.float32: "F32",
    torch.float16: "F16",
    torch.bfloat16: "BF16",
    torch.float8_e4m3fn: "F8_E4M3",
    torch.float8_e5m2: "F8_E5M2",
    torch.int64: "I64",
    torch.int32: "I32",
    torch.int16: "I16",
    torch.int8: "I8",
    torch.uint8: "U8",
    torch.bool: "BOOL",
}
Warn = Callable[[str], object]


def write_model(
    model: ModelRecipe,
    target: Path,
    layout: Layout,
    *,
    dtype: Dtype | None = None,
    progress: Progress | None = None,
    warn: Warn | None = None,
    mark: str = "",
) -> None:
    """Write a model.

    Args:
        model: The model, with all that is to be merged into it.
        target: The file or folder to write; a file that is there is replaced, a folder is not.
        layout: What to write. A single file of another size than SDXL's gets a folder of its name beside it,
            with the JSON files that describe it.
        dtype: The precision to store; None: that of each weight in the source.
        progress: Told the bytes written so far and in all; may raise to stop.
        warn: Told what of a LoRA could not be merged.
        mark: What `nodeflow.models.mark_of` is to find in it.

    Raises:
        MissingFile: If the model or a LoRA is missing or damaged, or the target cannot be written.
        NodeFailed: If the model is not SDXL, what is to be merged does not fit it, or a weight would hold
            values that are no numbers.
    """
    source = locate_model(model)
    source = replace(source, scheduler=with_patches(source.scheduler, model.patches))
    weights = {}
    for part in filter(lambda part: part.has_weights, source.places):
        own = part_weights(source.place(part), part)
        check_fit(source, part, own)
        weights[part] = _stored(part, merged(part, own, model.patches, warn or _ignore), own, dtype)
    with _failures_named(target, _size(weights)):
        if layout is Layout.DIFFUSERS:
            _write_folder(source, weights, target, progress, mark)
        else:
            _write_file(weights, target, metadata_of(source, model, mark), progress, source)


def write_tensors(
    file: Path, target: Path, *, dtype: Dtype | None = None, progress: Progress | None = None
) -> None:
    """Write the tensors of any file of weights as safetensors, under the same names.

    Args:
        file: A `.safetensors`, `.ckpt`, `.pt`, `.pth` or `.bin` file.
        target: The file to write.
        dtype: The precision to store; None: as it is.
        progress: Told the bytes written so far and in all; may raise to stop.

    Raises:
        MissingFile: If the file is missing, damaged, or a pickle of more than weights, or cannot be written.
        NodeFailed: If a tensor would hold values that are no numbers.
    """
    tensors, metadata = read_weights(file)
    weights = {name: Weight.of(tensor) for name, tensor in tensors.items()}
    if dtype is not None:
        weights = {name: weight.cast(torch_dtype(dtype)) for name, weight in weights.items()}
    with _failures_named(target, sum(weight.nbytes for weight in weights.values())):
        write_safetensors(target, _to_write(weights), metadata, progress)


def _write_file(
    weights: Mapping[Part, Weights],
    target: Path,
    metadata: Mapping[str, str],
    progress: Progress | None,
    source: Source,
) -> None:
    together: dict[str, Weight] = {}
    for part, own in weights.items():
        together |= to_original(part, own, refiner=source.is_refiner)
    together |= {name: Weight.of(torch.zeros(0)) for name in markers(source.scheduler)}
    beside = _as_texts(own_descriptions(source))
    folder = target.with_suffix("")
    there = beside and folder.exists()
    if there and not _holds(folder, beside):
        raise MissingFile(f"{folder} is in the way", advice="Choose another name for the file")
    write_safetensors(target, _to_write(together), metadata, progress)
    if beside and not there:
        with _new_folder(folder) as draft:
            _write_texts(draft, beside)


def _write_folder(
    source: Source, weights: Mapping[Part, Weights], target: Path, progress: Progress | None, mark: str
) -> None:
    done, total = 0, _size(weights)
    metadata = {"format": "pt"} | ({MARK: mark} if mark else {})
    with _new_folder(target) as draft:
        _write_texts(draft, _as_texts(descriptions(source)))
        for part in (Part.TOKENIZER, Part.TOKENIZER_2):
            if part in source.places:
                shutil.copytree(source.places[part], draft / part)
        for part, own in weights.items():
            name = "model" if part.reads_text else "diffusion_pytorch_model"
            on = None if progress is None else partial(_further, progress, done, total)
            write_safetensors(draft / part / f"{name}.safetensors", _to_write(own), metadata, on)
            done += sum(weight.nbytes for weight in own.values())


def _size(weights: Mapping[Part, Weights]) -> int:
    return sum(weight.nbytes for part in weights.values() for weight in part.values())


def _further(progress: Progress, before: int, total: int, done: int, _: int) -> None:
    progress(before + done, total)


def _as_texts(documents: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    return {
        name: json.dumps(document, indent=2, sort_keys=True) + "\n" for name, document in documents.items()
    }


def _write_texts(folder: Path, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")


def _holds(folder: Path, texts: Mapping[str, str]) -> bool:
    """Whether a folder holds these files and no others, so that it need not be written again."""
    found = dict(files_in(folder)) if folder.is_dir() else {}
    return found.keys() == texts.keys() and all(
        file.read_bytes() == texts[name].encode() for name, file in found.items()
    )


def _stored(part: Part, weights: Weights, before: Weights, dtype: Dtype | None) -> dict[str, Weight]:
    """Weights in the precision to store.

    In 8 bits are only the matrices of the UNet and the text encoders; the rest would lose more than it saves.
    """
    if dtype is None:
        return {name: weight.cast(before[name].dtype) for name, weight in weights.items()}
    wanted = torch_dtype(dtype)
    if dtype is not Dtype.FP8:
        return {name: weight.cast(wanted) for name, weight in weights.items()}
    return {
        name: weight.cast(wanted if len(weight.shape) > 1 and part is not Part.VAE else torch.float16)
        for name, weight in weights.items()
    }


def _to_write(weights: Weights) -> dict[str, TensorToWrite]:
    return {
        name: TensorToWrite(_NAMES[weight.dtype], weight.shape, partial(_bytes, name, weight))
        for name, weight in weights.items()
    }


def _bytes(name: str, weight: Weight) -> memoryview:
    value = weight.value()
    if value.is_floating_point() and not torch.isfinite(_comparable(value)).all():
        stored = str(value.dtype).removeprefix("torch.")
        raise NodeFailed(
            f"the weight {name} would hold values that are no numbers, stored as {stored}",
            input="model",
            advice="Choose a wider precision, or leave out what is merged: a file is damaged, or its values "
            "are too large",
        )
    return value.contiguous().reshape(-1).view(torch.uint8).numpy().data


def _comparable(value: torch.Tensor) -> torch.Tensor:
    """The values in a precision that torch can look through: it cannot in 8 bits."""
    return value.float() if value.element_size() == 1 else value


def _ignore(_: str) -> None:
    return None


@contextmanager
def _new_folder(target: Path) -> Iterator[Path]:
    """A folder that appears under its name when everything in it is written."""
    draft = Path(tempfile.mkdtemp(prefix=".", dir=target.parent))
    try:
        draft.chmod(0o777 & ~umask())
        yield draft
        draft.rename(target)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


@contextmanager
def _failures_named(target: Path, size: int) -> Iterator[None]:
    """Refuse what cannot be written before hours of writing it."""
    try:
        if target.is_dir():
            raise MissingFile(f"{target} exists already", advice="Choose another name, or remove it first")
        target.parent.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(target.parent).free
        if free < size:
            message = f"{target} would take {size / 1e9:.1f} GB, and only {free / 1e9:.1f} GB are free there"
            raise MissingFile(message, advice="Free some space, or choose another place")
        yield
    except OSError as error:
        raise MissingFile(
            f"{target} cannot be written: {error.strerror or error}", advice="Choose another place"
        ) from error
