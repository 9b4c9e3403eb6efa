"""How each VAE's latents are best shown, kept on disk: another process need not fit a map again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from nodeflow.backends.torch.linear_preview import Floats
from nodeflow.backends.torch.source import Source
from nodeflow.backends.torch.stamp import stamp
from nodeflow.document.atomic import write_replacing
from nodeflow.hardware import Part

_FORMAT = 1
"""Raised when maps are fitted otherwise."""

SHAPE = (5, 3)


class Fit(NamedTuple):
    """What was found out about a VAE.

    Attributes:
        matrix: The linear map of its latents, shape (5, 3).
        decoder: The small decoder that shows them better; None: there is none.
    """

    matrix: Floats
    decoder: Path | None = None


def identity(source: Source, decoders: Sequence[Path]) -> str:
    """What a fit was made for: a VAE's files as they are now, and the decoders that were tried.

    Raises:
        MissingFile: If the checkpoint has no VAE, or its files are gone.
    """
    place, config = source.place(Part.VAE), source.configs[Part.VAE] / "config.json"
    files = [place, *([config] if config.parent != place else []), *decoders]
    return json.dumps([_FORMAT, [[str(file), stamp(file)] for file in files]])


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
