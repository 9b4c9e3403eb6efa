"""Reads weights files; names first, so that a wrong or damaged one is refused before anything big happens."""

from __future__ import annotations

import pickle
import re
from collections.abc import Collection, Mapping
from enum import Enum, auto
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open

from nodeflow.backends.torch.memory import is_memory_error
from nodeflow.errors import MissingFile, NodeFailed
from nodeflow.files import PICKLES, read_pickle, read_shapes
from nodeflow.files.pickle_header import more_than_weights


class Family(Enum):
    """A kind of single-file checkpoint."""

    BASE = auto()
    REFINER = auto()


def checkpoint_family(file: Path, names: Collection[str]) -> Family:
    """Tell what a single-file checkpoint is by the names of its weights.

    Args:
        file: The file, for messages.
        names: As `read_names` gave them.

    Raises:
        MissingFile: If the file lacks a part.
        NodeFailed: If it is not SDXL in the original layout.
    """

    def has(prefix: str) -> bool:
        return any(name.startswith(prefix) for name in names)

    # The module names of the original SDXL code (github.com/Stability-AI/generative-models).
    if has("conditioner.embedders.1."):
        family = Family.BASE
    elif has("conditioner.embedders.0."):
        family = Family.REFINER
    else:
        what = (
            "a Stable Diffusion 1 or 2 checkpoint" if has("cond_stage_model.") else "not an SDXL checkpoint"
        )
        raise NodeFailed(f"'{file.name}' is {what}", input="model", advice="Choose an SDXL checkpoint")
    for prefix, part in (("model.diffusion_model.", "UNet"), ("first_stage_model.", "VAE")):
        if not has(prefix):
            raise MissingFile(
                f"the checkpoint '{file.name}' has no {part}", input="model", advice="Choose a complete one"
            )
    return family


def is_checkpoint(file: Path) -> bool:
    """Whether a file holds a whole model rather than a LoRA, a VAE or anything else.

    Raises:
        MissingFile: If the file is damaged, or is a pickle that holds more than weights.
    """
    return any(name.startswith("model.diffusion_model.") for name in read_names(file))


def read_weights(file: Path) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    """Read a small weights file whole.

    Args:
        file: A `.safetensors`, `.pt`, `.bin` or `.ckpt` file.

    Returns:
        The tensors by name, on the CPU, and the file's metadata.

    Raises:
        MissingFile: If the file is missing, damaged, or a pickle that holds more than weights.
    """
    try:
        if file.suffix == ".safetensors":
            with safe_open(file, "pt") as opened:
                tensors = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118 - not a dict
                return tensors, opened.metadata() or {}
        return _tensors(torch.load(file, map_location="cpu", weights_only=True)), {}
    except _READING_ERRORS as error:
        raise _refusal(file, error) from error


def read_part(file: Path, prefixes: tuple[str, ...]) -> dict[str, torch.Tensor]:
    """Read those weights of a large file whose names begin in one of some ways; no others are touched.

    Args:
        file: A `.safetensors` or `.ckpt` file.
        prefixes: How the names begin.

    Returns:
        The tensors by their full names, on the CPU, read from disk as they are used.

    Raises:
        MissingFile: If the file is missing, damaged, or a pickle that holds more than weights.
    """
    try:
        if file.suffix == ".safetensors":
            with safe_open(file, "pt") as opened:
                return {name: opened.get_tensor(name) for name in opened.keys() if name.startswith(prefixes)}  # noqa: SIM118 - not a dict
        tensors = _tensors(torch.load(file, map_location="cpu", weights_only=True, mmap=_can_be_mapped(file)))
    except _READING_ERRORS as error:
        if is_memory_error(error):
            raise
        raise _refusal(file, error) from error
    return {name: tensor for name, tensor in tensors.items() if name.startswith(prefixes)}


def _can_be_mapped(file: Path) -> bool:
    """Whether torch can read a pickled file bit by bit; those from before torch 1.6 it cannot."""
    with file.open("rb") as opened:
        return opened.read(2) == b"PK"


def read_names(file: Path) -> Collection[str]:
    """Read the names of a file's tensors.

    Args:
        file: A `.safetensors` or `.ckpt` file.

    Raises:
        MissingFile: If the file is damaged, or is a pickle that holds more than weights.
    """
    try:
        if file.suffix == ".safetensors":
            with safe_open(file, "pt") as opened:
                return tuple(opened.keys())
    except _READING_ERRORS as error:
        raise _refusal(file, error) from error
    return _blank_tensors(file).keys()


def _blank_tensors(file: Path) -> Mapping[str, torch.Tensor]:
    """A pickle's tensors without values: mapped, and on the "meta" device, only names and shapes are read."""
    try:
        mapped = _can_be_mapped(file)
        return _tensors(torch.load(file, map_location="meta", weights_only=True, mmap=mapped))
    except _READING_ERRORS as error:
        raise _refusal(file, error) from error


def read_shapes_of(file: Path) -> Mapping[str, tuple[int, ...]]:
    """Read the names and shapes of a file's tensors, whatever its kind.

    Raises:
        MissingFile: If the file is damaged, or is a pickle that holds more than weights.
    """
    try:
        if file.suffix.lower() not in PICKLES:
            return read_shapes(file)
        return {name: tensor.shape for name, tensor in read_pickle(file).tensors.items()}
    except MissingFile as error:
        error.input = "model"
        raise


def read_metadata(file: Path) -> dict[str, str]:
    """What a safetensors file says of itself; of anything else, nothing."""
    if file.suffix != ".safetensors":
        return {}
    try:
        with safe_open(file, "pt") as opened:
            return opened.metadata() or {}
    except _READING_ERRORS as error:
        raise _refusal(file, error) from error


_READING_ERRORS = (
    OSError,
    ValueError,
    RuntimeError,
    EOFError,
    KeyError,
    SafetensorError,
    pickle.UnpicklingError,
)


def _tensors(data: Any) -> dict[str, torch.Tensor]:
    for group in ("state_dict", "string_to_param"):  # of Lightning's checkpoints, of textual inversions
        data = data.get(group, data) if isinstance(data, dict) else {}
    return {name: value for name, value in data.items() if isinstance(value, torch.Tensor)}


def _refusal(file: Path, error: Exception) -> MissingFile:
    if isinstance(error, FileNotFoundError):
        return MissingFile(f"there is no file {file}", input="model")
    if isinstance(error, pickle.UnpicklingError) and "weights" in str(error).lower():
        named = re.search(r"GLOBAL (\S+)", str(error))
        refusal = more_than_weights(f"'{file.name}'", named[1] if named else "")
        refusal.input = "model"
        return refusal
    return MissingFile(
        f"'{file.name}' is damaged or not a weights file", input="model", advice="Download it again"
    )
