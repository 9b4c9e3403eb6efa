"""From files to modules ready to run: diffusers' folders, and single files in the original layout."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import diffusers
import torch
import transformers

from nodeflow.backends.torch.device import Device
from nodeflow.backends.torch.source import Part, Source
from nodeflow.errors import MissingFile, NodeflowError

_CLASSES: dict[Part, Any] = {
    Part.TOKENIZER: transformers.CLIPTokenizer,
    Part.TOKENIZER_2: transformers.CLIPTokenizer,
    Part.TEXT_ENCODER: transformers.CLIPTextModel,
    Part.TEXT_ENCODER_2: transformers.CLIPTextModelWithProjection,
    Part.UNET: diffusers.UNet2DConditionModel,
    Part.VAE: diffusers.AutoencoderKL,
}
_TOKENIZERS = {Part.TOKENIZER, Part.TOKENIZER_2}


def load(source: Source, part: Part, device: Device) -> dict[Part, Any]:
    """Load a part, and with it whatever has to be loaded at the same time.

    Args:
        source: The checkpoint.
        part: What is needed.
        device: Where it goes and in which precision.

    Returns:
        `part` alone from a folder; all weights of a single file, since they are converted together.

    Raises:
        MissingFile: If files are missing, damaged, incomplete or pickles.
    """
    place = source.place(part)
    with _failures_named(source, part):
        if part in _TOKENIZERS:
            return {part: _CLASSES[part].from_pretrained(place, local_files_only=True)}
        parts = {part: _from_folder(part, place)} if place.is_dir() else _from_single_file(source)
        for loaded, module in parts.items():
            _check_complete(source, loaded, module)
            dtype = device.vae_dtype if loaded is Part.VAE else device.dtype
            module.to(device.device, dtype).eval().requires_grad_(False)
        return parts


def _from_folder(part: Part, folder: Path) -> Any:
    files = list(folder.glob("*.safetensors"))
    if not files:
        reason = "pickles, which are not opened" if list(folder.glob("*.bin")) else "no weights"
        raise MissingFile(
            f"the folder {folder} holds {reason}", input="model", advice="Get the .safetensors version."
        )
    half_only = all(".fp16" in file.name for file in files)
    module, info = _CLASSES[part].from_pretrained(
        folder,
        dtype=torch.float32,
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


def _from_single_file(source: Source) -> dict[Part, Any]:
    """Convert from the original layout; a refiner's only pipeline is the one for img2img."""
    pipeline = (
        diffusers.StableDiffusionXLImg2ImgPipeline
        if source.is_refiner
        else diffusers.StableDiffusionXLPipeline
    )
    tokenizers = {
        part.value: _CLASSES[part].from_pretrained(place, local_files_only=True)
        for part, place in source.places.items()
        if part in _TOKENIZERS
    }
    loaded = pipeline.from_single_file(
        str(source.path),
        config=str(source.config),
        torch_dtype=torch.float32,
        local_files_only=True,
        **tokenizers,
    )
    return {part: getattr(loaded, part) for part in source.places if part not in _TOKENIZERS}


def _check_complete(source: Source, part: Part, module: torch.nn.Module) -> None:
    """Refuse a module of which weights were not in the file: they would be left unset."""
    unset = [name for name, parameter in module.named_parameters() if parameter.is_meta]
    if unset:
        raise MissingFile(
            f"the {part} in '{source.path.name}' lacks weights such as {unset[0]}",
            input="model",
            advice="Download the checkpoint again.",
        )


@contextmanager
def _failures_named(source: Source, part: Part) -> Iterator[None]:
    try:
        yield
    except (NodeflowError, MemoryError, torch.OutOfMemoryError):
        raise
    except Exception as error:  # a damaged file makes the libraries raise nearly anything
        raise MissingFile(
            f"the {part} of '{source.path.name}' cannot be read: its files are damaged or of another size",
            input="model",
            advice="Download the checkpoint again, or choose another.",
        ) from error
