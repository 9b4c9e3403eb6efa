"""What words mean, from a small sentence encoder, so that unseen words land near the seen ones they resemble.

The encoder (all-MiniLM-L6-v2, Apache 2.0) comes as a package of the registry and is only needed here;
without it embeddings start at random and unseen words stay unknown.
"""

from __future__ import annotations

import importlib.util
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import torch

from training.config import work_folder
from training.pack import Floats
from training.words import BUNDLED, FULL

PACKAGE = "all_minilm_l6_v2"
BATCH = 512


def _encoder_folder() -> Path | None:
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        return None
    place = work_folder() / "packages" / PACKAGE
    if not place.exists():
        with zipfile.ZipFile(Path(found.origin).parent / "model.zip") as archive:
            archive.extractall(place)
    return next(
        (file.parent for file in sorted(place.rglob("config.json")) if "model_type" in file.read_text()), None
    )


def encode_texts(texts: list[str], folder: Path) -> Floats:
    """Sentence embeddings (N, 384) of unit length: the mean of the last hidden states."""
    from transformers import AutoModel, AutoTokenizer

    tokenizer: Any = AutoTokenizer.from_pretrained(str(folder))
    model: Any = AutoModel.from_pretrained(str(folder)).eval()
    rows = []
    for start in range(0, len(texts), BATCH):
        inputs = tokenizer(texts[start : start + BATCH], padding=True, truncation=True, return_tensors="pt")
        with torch.inference_mode():
            hidden = model(**inputs).last_hidden_state
        mask = inputs["attention_mask"][..., None]
        mean = (hidden * mask).sum(1) / mask.sum(1)
        rows.append(torch.nn.functional.normalize(mean, dim=1).numpy())
    return np.concatenate(rows)


def token_texts() -> list[str]:
    """Every token of CLIP's vocabulary as readable text."""
    from transformers import CLIPTokenizer

    tokenizer = CLIPTokenizer.from_pretrained(str(BUNDLED / "tokenizer"))
    names = tokenizer.convert_ids_to_tokens(list(range(FULL)))
    return [name.replace("</w>", "") for name in names]


def all_meanings() -> Floats | None:
    """The meanings of the whole vocabulary (49408, 384), computed once; None without the encoder."""
    kept = work_folder() / "meanings.npy"
    if kept.exists():
        return np.asarray(np.load(kept), np.float32)
    folder = _encoder_folder()
    if folder is None:
        return None
    table = encode_texts(token_texts(), folder)
    np.save(kept, table.astype(np.float16))
    return table


def meanings_of(ids: list[int]) -> Floats | None:
    """The meanings of some tokens, in their order; None without the encoder."""
    folder = _encoder_folder()
    if folder is None:
        return None
    texts = token_texts()
    return encode_texts([texts[token] for token in ids], folder)


def starting_rows(meanings: Floats, width: int) -> torch.Tensor:
    """Token embeddings to start from: the meanings' main directions, (N, width), with a spread of 0.3."""
    centred = torch.from_numpy(meanings) - torch.from_numpy(meanings).mean(0)
    _, _, directions = torch.pca_lowrank(centred, q=width, center=False)
    rows = centred @ directions
    return rows / rows.std() * 0.3


def spread_rows(rows: torch.Tensor, known: Floats, wanted: Floats, temperature: float = 0.05) -> torch.Tensor:
    """Rows for unseen tokens: the trained rows' average, weighted by likeness of meaning (Nadaraya-Watson).

    Args:
        rows: Trained embeddings, (N, width).
        known: Their meanings, (N, 384) of unit length.
        wanted: Meanings of the unseen, (M, 384).
        temperature: Of the softmax over cosines; lower is nearer to the single best word.
    """
    likeness = torch.from_numpy(wanted) @ torch.from_numpy(known).T
    return (likeness / temperature).softmax(1) @ rows
