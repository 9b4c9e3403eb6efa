"""From files to modules: tokenizers, and what has weights, from folders and single files alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
import transformers

from nodeflow.backends.torch.building import build, misfits
from nodeflow.backends.torch.device import torch_dtype
from nodeflow.backends.torch.memory import is_memory_error
from nodeflow.backends.torch.merging import merged
from nodeflow.backends.torch.part_weights import part_weights, weight_files
from nodeflow.backends.torch.source import Source
from nodeflow.backends.torch.weight import Weights
from nodeflow.errors import MissingFile, NodeflowError
from nodeflow.hardware import Mode, Part, Placed
from nodeflow.values import Patch


def load(
    source: Source,
    part: Part,
    placed: Placed | None,
    patches: Sequence[Patch] = (),
    warn: Callable[[str], object] = lambda _: None,
) -> Any:
    """Load a part in the precision that it computes in, without a detour through another.

    Args:
        source: The checkpoint.
        part: What is needed.
        placed: Where it runs and how; None for a tokenizer.
        patches: What is baked into its weights.
        warn: Told what of them has no place in it.

    Returns:
        The module, on its device if it stays there, else in RAM; or the tokenizer.

    Raises:
        MissingFile: If files are missing, damaged, incomplete or pickles.
    """
    place = source.place(part)
    with _failures_named(source, part):
        if placed is None:
            return transformers.CLIPTokenizer.from_pretrained(place, local_files_only=True)
        dtype = torch_dtype(placed.dtype)
        weights = merged(part, part_weights(place, part), patches, warn)
        aligned = placed.device.address == "cpu"
        module = build(part, source.configs[part], weights, dtype, aligned=aligned)
        _check_complete(source, part, module)
        stays = placed.mode in (Mode.FULL, Mode.RELOAD)
        device = placed.device.address if stays else "cpu"
        return module.to(device, dtype).eval().requires_grad_(False)


def check_weights(source: Source, part: Part) -> None:
    """Refuse a part of which there are no weights that could be opened, by names alone.

    Raises:
        MissingFile: If the checkpoint has no such part, or its folder holds no `.safetensors` file.
    """
    place = source.place(part)
    if part.has_weights and place.is_dir():
        weight_files(place)


def check_fit(source: Source, part: Part, weights: Weights) -> None:
    """Refuse weights that a part cannot be made of, by their names and shapes alone.

    Raises:
        MissingFile: If some are missing or of another size.
    """
    with _failures_named(source, part):
        wrong = misfits(part, source.configs[part], weights)
    if wrong:
        raise MissingFile(
            f"the {part.label} of '{_owner(source, part)}' lacks weights such as {wrong[0]}, or has them in "
            "another size",
            input="model",
            advice="Download it again, or choose another",
        )


def _check_complete(source: Source, part: Part, module: torch.nn.Module) -> None:
    """Refuse a module of which weights were not in the file: they would be left unset."""
    unset = [name for name, parameter in module.named_parameters() if parameter.is_meta]
    if unset:
        raise MissingFile(
            f"the {part.label} of '{_owner(source, part)}' lacks weights such as {unset[0]}",
            input="model",
            advice="Download it again, or choose another",
        )


@contextmanager
def _failures_named(source: Source, part: Part) -> Iterator[None]:
    try:
        yield
    except NodeflowError:
        raise
    except Exception as error:  # a damaged file makes the libraries raise nearly anything
        if is_memory_error(error):
            raise
        raise MissingFile(
            f"the {part.label} of '{_owner(source, part)}' cannot be read: "
            "its files are damaged or of another size",
            input="model",
            advice="Download it again, or choose another",
        ) from error


def _owner(source: Source, part: Part) -> str:
    """What a part came with: the checkpoint, or a file or folder of its own."""
    place, own = source.place(part), source.path.resolve()
    if place == own or own in place.parents:
        return source.path.name
    return place.parent.name if place.name == part else place.name  # of a folder, or a file by itself
