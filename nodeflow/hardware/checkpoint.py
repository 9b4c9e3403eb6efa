"""Measures the components of a checkpoint on disk by its headers. No weights are read."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from pathlib import Path

from nodeflow.errors import MissingFile
from nodeflow.files import PICKLES, Header, TensorInfo, read_any, read_header, read_pickle
from nodeflow.hardware.sizes import KNOWN_SDXL, ComponentSize, Model, Part
from nodeflow.models import DiffusersFolder, ExportedModel, is_diffusers_folder, is_exported
from nodeflow.models.variants import weight_names

# The module names of the original SDXL code (github.com/Stability-AI/generative-models).
_PREFIXES = {
    "conditioner.embedders.0.transformer.": Part.TEXT_ENCODER,
    "conditioner.embedders.1.model.": Part.TEXT_ENCODER_2,
    "conditioner.embedders.0.model.": Part.TEXT_ENCODER_2,  # the refiner's only one
    "model.diffusion_model.": Part.UNET,
    "first_stage_model.": Part.VAE,
}
_NOT_LOADED = ("logit_scale",)  # trained with CLIP, but of no use to a text encoder


def component_sizes(checkpoint: Path) -> tuple[ComponentSize, ...]:
    """Measure a checkpoint's components.

    Args:
        checkpoint: A folder in diffusers' layout, or a single file in the original one. A pickle that cannot
            be read is taken to be as large as SDXL's base: whoever loads it says what is wrong with it.

    Returns:
        One entry for each component that the checkpoint has, in the order of `Part`.

    Raises:
        MissingFile: If files are missing or damaged.
    """
    if is_exported(checkpoint):
        return _of_export(checkpoint)
    if is_diffusers_folder(checkpoint):
        return _of_folder(checkpoint)
    if checkpoint.suffix.lower() not in PICKLES:
        return _of_file(checkpoint, read_header(checkpoint))
    try:
        return _of_file(checkpoint, read_pickle(checkpoint))
    except MissingFile:
        if not checkpoint.is_file():
            raise
        return KNOWN_SDXL


def part_size(part: Part, place: Path, model: Model = Model.BASE) -> ComponentSize:
    """Measure a part that lies by itself.

    Args:
        part: Which it is.
        place: A folder with weights and `config.json`, or a single `.safetensors` file.
        model: The model it is used with.

    Raises:
        MissingFile: If files are missing or damaged.
    """
    tensors = _tensors_in(place) if place.is_dir() else list(read_any(place).tensors.values())
    safe = part is not Part.VAE or (place.is_dir() and not _forces_upcast(place))
    return _size(part, tensors, model, str(place.resolve()), fp16_safe=safe)


def _of_folder(checkpoint: Path) -> tuple[ComponentSize, ...]:
    folders = DiffusersFolder.read(checkpoint).components
    parts = [part for part in Part if part in folders]
    model = _model(parts)
    sizes = []
    for part in parts:
        tensors = _tensors_in(folders[part]) if part.has_weights else ()
        safe = part is not Part.VAE or not _forces_upcast(folders[part])
        sizes.append(_size(part, tensors, model, str(folders[part].resolve()), fp16_safe=safe))
    return tuple(sizes)


def _of_export(checkpoint: Path) -> tuple[ComponentSize, ...]:
    """Networks by the part that they are of; the VAE's two halves are one."""
    exported = ExportedModel.read(checkpoint)
    model = Model.REFINER if exported.is_refiner else Model.BASE
    counts: dict[Part, int] = {}
    for name, network in exported.networks.items():
        part = Part.VAE if name.startswith(Part.VAE) else Part(name)
        counts[part] = counts.get(part, 0) + network.parameters
    source = str(checkpoint.resolve())
    return tuple(ComponentSize(p, counts[p], counts[p], 0, model, source) for p in Part if p in counts)


def _of_file(checkpoint: Path, header: Header) -> tuple[ComponentSize, ...]:
    tensors: dict[Part, list[TensorInfo]] = {}
    for name, tensor in header.tensors.items():
        part = next((part for prefix, part in _PREFIXES.items() if name.startswith(prefix)), None)
        if part is not None and not name.endswith(_NOT_LOADED):
            tensors.setdefault(part, []).append(tensor)
    if Part.UNET not in tensors:
        raise MissingFile(f"{checkpoint} has no UNet", advice="Choose a complete SDXL checkpoint")
    model = _model(tensors)
    tokenizers = {Part.TOKENIZER_2} | ({Part.TOKENIZER} if model is Model.BASE else set())
    parts = [part for part in Part if part in tensors.keys() | tokenizers]
    source = str(checkpoint.resolve())
    # The file doesn't say whether its VAE may compute in float16; SDXL's own may not.
    return tuple(
        _size(part, tensors.get(part, ()), model, source, fp16_safe=part is not Part.VAE) for part in parts
    )


def _model(parts: Iterable[Part]) -> Model:
    return Model.BASE if Part.TEXT_ENCODER in parts else Model.REFINER


def _tensors_in(folder: Path) -> list[TensorInfo]:
    """The tensors that would be loaded: those of the full precision's files, where there are two."""
    files = [folder / name for name in weight_names(file.name for file in folder.glob("*.safetensors"))]
    if not files:
        raise MissingFile(f"{folder} holds no .safetensors file", advice="Get the .safetensors version")
    return [tensor for file in files for tensor in read_header(file).tensors.values()]


def _size(
    part: Part, tensors: Iterable[TensorInfo], model: Model, source: str, *, fp16_safe: bool
) -> ComponentSize:
    weights = [tensor for tensor in tensors if "F" in tensor.dtype]  # integers are positions, not weights
    counts = [math.prod(tensor.shape) for tensor in weights]
    size = sum(tensor.nbytes for tensor in weights)
    return ComponentSize(part, sum(counts), max(counts, default=0), size, model, source, fp16_safe)


def _forces_upcast(vae: Path) -> bool:
    """Whether a VAE's config says that it overflows in float16; diffusers assumes so where it is silent."""
    try:
        config = json.loads((vae / "config.json").read_text("utf-8"))
    except (OSError, ValueError):
        return True
    return not isinstance(config, Mapping) or bool(config.get("force_upcast", True))
