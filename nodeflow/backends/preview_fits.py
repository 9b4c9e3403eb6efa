"""How each VAE's latents are best shown, kept on disk: another process need not fit a map again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from nodeflow.files.atomic import write_replacing
from nodeflow.values.arrays import FloatArray

_FORMAT = 1
"""Raised when maps are fitted otherwise."""

SHAPE = (5, 3)


class Fit(NamedTuple):
    """What was found out about a VAE.

    Attributes:
        matrix: The linear map of its latents, shape (5, 3).
        decoder: The small decoder that shows them better; None: there is none.
    """

    matrix: FloatArray
    decoder: Path | None = None


def identity(files: Iterable[tuple[Path, Any]]) -> str:
    """What a fit was made for.

    Args:
        files: The VAE's files and the decoders that were tried, each with a sign of its content as it is now.
    """
    return json.dumps([_FORMAT, [[str(file), sign] for file, sign in files]])


class KeptFits:
    """Fits in a folder, a file each. What is damaged or made for another VAE counts as missing.

    Args:
        folder: Where they lie; made when needed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, known: str) -> Fit | None:
        """The fit of an identity, if there is one. Never raises."""
        try:
            kept = json.loads(self._path(known).read_text("utf-8"))
            matrix = np.array(kept["matrix"], np.float32)
            decoder = kept["decoder"]
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            return None
        files = [file for file, _ in json.loads(known)[1]]
        sound = kept["of"] == known and matrix.shape == SHAPE and bool(np.isfinite(matrix).all())
        if not sound or decoder not in (None, *files):
            return None
        return Fit(matrix, None if decoder is None else Path(decoder))

    def save(self, known: str, fit: Fit) -> None:
        """Keep a fit; where that is impossible, it is made again."""
        decoder = None if fit.decoder is None else str(fit.decoder)
        kept: dict[str, Any] = {"of": known, "matrix": fit.matrix.tolist(), "decoder": decoder}
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            write_replacing(self._path(known), json.dumps(kept).encode())

    def _path(self, known: str) -> Path:
        return self._folder / f"{hashlib.sha256(known.encode()).hexdigest()}.json"
