"""Files of textual inversions (arXiv:2208.01618): which tensor is for which of SDXL's encoders."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from nodeflow.errors import MissingFile, NodeFailed
from nodeflow.files import PICKLES, read_pickle, read_shapes
from nodeflow.prompts.tokens import CHUNK

_NAMES = {1: "clip_l", 2: "clip_g"}


def find_tensor(name: str, file: Path, encoder: int, width: int | None = None) -> tuple[str, int] | None:
    """Find an encoder's part of a textual inversion by the file's header.

    Args:
        name: As the prompt names it, for messages.
        file: A file with `clip_l` and `clip_g`, or with one tensor for the encoder it fits.
        encoder: 1 for CLIP-L, 2 for OpenCLIP bigG.
        width: The encoder's; None: not known, and none is refused.

    Returns:
        The tensor's name, and how many vectors it holds; None if there is nothing for this encoder.

    Raises:
        MissingFile: If the file cannot be read, or is a pickle of more than weights.
        NodeFailed: If it was made for another encoder, or is too long for a chunk.
    """
    shapes = _shapes(file)
    own = _NAMES[encoder]
    if shapes.keys() & set(_NAMES.values()):
        chosen = own if own in shapes else None
    else:
        chosen = next((key for key, shape in shapes.items() if width in (None, shape[-1])), None)
    if chosen is None:
        return None
    *count, found = shapes[chosen]
    if width not in (None, found):
        message = f"the embedding {name!r} has vectors of width {found}; text encoder {encoder} takes {width}"
        raise NodeFailed(message, input="text", advice="Choose one made for this kind of model")
    vectors = count[0] if count else 1
    if vectors > CHUNK:
        message = f"the embedding {name!r} has {vectors} vectors, more than the {CHUNK} that fit in a chunk"
        raise NodeFailed(message, input="text")
    return chosen, vectors


def _shapes(file: Path) -> Mapping[str, tuple[int, ...]]:
    pickled = file.suffix.lower() in PICKLES
    try:
        tensors = read_pickle(file).tensors if pickled else {}
    except MissingFile as error:
        error.input = "text"
        raise
    shapes = {key: tensor.shape for key, tensor in tensors.items()} if pickled else read_shapes(file)
    return {key: shape for key, shape in shapes.items() if len(shape) in (1, 2)}
