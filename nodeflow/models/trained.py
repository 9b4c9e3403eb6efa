"""How large the pictures were that a checkpoint was trained with."""

from __future__ import annotations

from contextlib import suppress

from nodeflow.errors import MissingFile
from nodeflow.models.diffusers_folder import DiffusersFolder, is_diffusers_folder
from nodeflow.models.entry import ModelEntry
from nodeflow.models.kinds import Architecture

_SIDES = {
    Architecture.SDXL: 1024,
    Architecture.SDXL_REFINER: 1024,
    Architecture.SD1: 512,
    Architecture.SD2: 768,
}
_LATENT = 8
"""Pixels of a latent's side, in all of these families."""


def trained_side(entry: ModelEntry) -> int | None:
    """Pixels of a side, had they all been squares: what its UNet says, else its family's; None: unknown."""
    told = None
    if is_diffusers_folder(entry.path):
        with suppress(MissingFile):
            told = DiffusersFolder.read(entry.path).config("unet").get("sample_size")
    return told * _LATENT if isinstance(told, int) and told > 0 else _SIDES.get(entry.architecture)
