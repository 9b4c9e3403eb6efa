"""The data set as one compact file: artwork as WebP bytes, subjects, the words' tokens and their meanings."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image

from training.config import work_folder
from training.subjects import Subject

STYLES = ("3d", "flat", "high-contrast")
HELD_OUT = "held-out"

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Pack:
    """The data set: subjects, the artwork of every style (one entry a subject, empty where there is none)."""

    subjects: tuple[Subject, ...]
    artwork: dict[str, list[bytes]]
    vocabulary: dict[str, Any]
    meanings: Floats | None = None

    def sprites(self, style: str, device: torch.device) -> torch.Tensor:
        """The artwork of a style, (N, 4, P, P) of bytes, RGBA; absent artwork is fully transparent."""
        pictures = [_decoded(data) if data else None for data in self.artwork[style]]
        side = next(picture.shape[0] for picture in pictures if picture is not None)
        empty = np.zeros((side, side, 4), np.uint8)
        stack = np.stack([empty if picture is None else picture for picture in pictures])
        return torch.from_numpy(stack).permute(0, 3, 1, 2).contiguous().to(device)

    def present(self, style: str) -> list[int]:
        """The subjects that have artwork in a style."""
        return [index for index, data in enumerate(self.artwork[style]) if data]


def _decoded(data: bytes) -> npt.NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGBA"))


def encoded(picture: Image.Image, side: int, quality: int) -> bytes:
    """A picture with transparency as WebP bytes, `side` pixels wide and high."""
    buffer = io.BytesIO()
    resized = picture.convert("RGBA").resize((side, side), Image.Resampling.LANCZOS)
    resized.save(buffer, "WEBP", quality=quality, method=2)
    return buffer.getvalue()


def _joined(items: Sequence[bytes]) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    ends = np.cumsum([0, *(len(item) for item in items)])
    return np.frombuffer(b"".join(items), np.uint8), ends.astype(np.int64)


def _text(value: object) -> npt.NDArray[np.uint8]:
    return np.frombuffer(json.dumps(value).encode(), np.uint8)


def write_pack(pack: Pack, path: Path) -> None:
    """Write the data set in one file."""
    arrays: dict[str, Any] = {
        "subjects": _text([asdict(subject) for subject in pack.subjects]),
        "vocabulary": _text(pack.vocabulary),
    }
    for style, items in pack.artwork.items():
        arrays[f"{style}/bytes"], arrays[f"{style}/ends"] = _joined(items)
    if pack.meanings is not None:
        arrays["meanings"] = pack.meanings.astype(np.float16)
    np.savez(path, **arrays)


def read_pack(path: Path | None = None) -> Pack:
    """Read the data set, from the work folder unless told otherwise.

    Raises:
        FileNotFoundError: When the data stage has not run.
    """
    file = path or work_folder() / "data.npz"
    if not file.exists():
        raise FileNotFoundError(f"{file} is missing: run python -m training.data, or carry it here")
    with np.load(file) as arrays:
        subjects = json.loads(arrays["subjects"].tobytes())
        artwork = {}
        for key in [name for name in arrays if name.endswith("/ends")]:
            style, ends = key.removesuffix("/ends"), arrays[key].tolist()
            data = arrays[f"{style}/bytes"].tobytes()
            artwork[style] = [data[a:b] for a, b in pairwise(ends)]
        meanings = arrays["meanings"].astype(np.float32) if "meanings" in arrays else None
        vocabulary = json.loads(arrays["vocabulary"].tobytes())
    known = tuple(Subject(**{**item, "tags": tuple(item["tags"])}) for item in subjects)
    return Pack(known, artwork, vocabulary, meanings)
