"""A mark in a model that nodeflow wrote, by which it knows again what it was made from."""

from __future__ import annotations

from pathlib import Path

from nodeflow.errors import MissingFile
from nodeflow.files import read_header

MARK = "nodeflow.mark"
"""Its key in the metadata of a safetensors file."""
MARKED = Path("unet", "diffusion_pytorch_model.safetensors")
"""Where the mark of a diffusers folder is."""


def mark_of(path: Path) -> str:
    """The mark of a file or folder; empty if it has none, is no model, or is damaged."""
    try:
        return read_header(path / MARKED if path.is_dir() else path).metadata.get(MARK, "")
    except MissingFile:
        return ""
