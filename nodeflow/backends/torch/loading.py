"""From files to modules: tokenizers, diffusers' folders, and through `single_file` the original layout."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import diffusers
import torch
import transformers

from nodeflow.backends.torch.device import torch_dtype
from nodeflow.backends.torch.memory import is_memory_error
from nodeflow.backends.torch.single_file import from_single_file
from nodeflow.backends.torch.source import Source
from nodeflow.errors import MissingFile, NodeflowError
from nodeflow.hardware import Mode, Part, Placed

_CLASSES: dict[Part, Any] = {
    Part.TOKENIZER: transformers.CLIPTokenizer,
    Part.TOKENIZER_2: transformers.CLIPTokenizer,
    Part.TEXT_ENCODER: transformers.CLIPTextModel,
    Part.TEXT_ENCODER_2: transformers.CLIPTextModelWithProjection,
    Part.UNET: diffusers.UNet2DConditionModel,
    Part.VAE: diffusers.AutoencoderKL,
}


def load(source: Source, part: Part, placed: Placed | None) -> Any:
    """Load a part in the precision that it computes in, without a detour through another.

    Args:
        source: The checkpoint.
        part: What is needed.
        placed: Where it runs and how; None for a tokenizer.

    Returns:
        The module, on its device if it stays there, else in RAM; or the tokenizer.

    Raises:
        MissingFile: If files are missing, damaged, incomplete or pickles.
    """
    place = source.place(part)
    with _failures_named(source, part):
        if placed is None:
            return _CLASSES[part].from_pretrained(place, local_files_only=True)
        dtype = torch_dtype(placed.dtype)
        folder = place.is_dir()
        module = _from_folder(part, place, dtype) if folder else from_single_file(source, part, dtype)
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
    if part.has_weights and place.is_dir() and not any(place.glob("*.safetensors")):
        reason = "pickles, which are not opened" if any(place.glob("*.bin")) else "no weights"
        raise MissingFile(
            f"the folder {place} holds {reason}", input="model", advice="Get the .safetensors version."
        )


def _from_folder(part: Part, folder: Path, dtype: torch.dtype) -> Any:
    half_only = all(".fp16" in file.name for file in folder.glob("*.safetensors"))
    module, info = _CLASSES[part].from_pretrained(
        folder,
        dtype=dtype,
        variant="fp16" if half_only else None,
        use_safetensors=True,
        local_files_only=True,
        output_loading_info=True,
    )
    if info["missing_keys"]:
        raise MissingFile(
            f"the {part} in {folder} lacks weights such as {sorted(info['missing_keys'])[0]}",
            input="model",
            advice="Download the checkpoint again.",
        )
    return module


def _check_complete(source: Source, part: Part, module: torch.nn.Module) -> None:
    """Refuse a module of which weights were not in the file: they would be left unset."""
    unset = [name for name, parameter in module.named_parameters() if parameter.is_meta]
    if unset:
        raise MissingFile(
            f"the {part} in '{source.place(part).name}' lacks weights such as {unset[0]}",
            input="model",
            advice="Download the checkpoint again.",
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
            f"the {part} of '{source.path.name}' cannot be read: its files are damaged or of another size",
            input="model",
            advice="Download the checkpoint again, or choose another.",
        ) from error
