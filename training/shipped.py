"""Starts stages from models that exist: `--from FOLDER`, laid out as the bundled models.

Widths come from the models' own configurations, not from `family.toml`.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from safetensors.torch import load_file

from training.config import Family, TextSize, UNetSize, VAESize
from training.nets import TOKENS, Conditioner
from training.pack import Pack
from training.words import END, START, Words

BASE = "checkpoints/pocket"
ENCODERS = ("text_encoder", "text_encoder_2")


def _config(folder: Path, part: str) -> Any:
    return json.loads((_place(folder, "pocket", part) / "config.json").read_text(encoding="utf-8"))


def _place(folder: Path, name: str, part: str) -> Path:
    place = folder / "checkpoints" / name / part
    if not place.is_dir():
        raise FileNotFoundError(f"{place} is missing: --from names a folder laid out as the bundled models")
    return place


def _text_size(config: dict[str, Any]) -> TextSize:
    names = ("hidden_size", "num_hidden_layers", "num_attention_heads", "hidden_act")
    return TextSize(*(config[name] for name in names))


def sized_as(folder: Path | None, family: Family) -> Family:
    """The family with the sizes of the base in `folder`; as it is without a folder.

    Raises:
        FileNotFoundError: When the folder has no base.
    """
    if folder is None:
        return family
    vae, unet = _config(folder, "vae"), _config(folder, "unet")
    base = UNetSize(
        tuple(unet["block_out_channels"]),
        tuple(unet["attention_head_dim"]),
        unet["in_channels"],
        family.unet["base"].ids,
        unet["norm_num_groups"],
    )
    return replace(
        family,
        text_encoder=_text_size(_config(folder, "text_encoder")),
        text_encoder_2=_text_size(_config(folder, "text_encoder_2")),
        vae=VAESize(tuple(vae["block_out_channels"]), vae["norm_num_groups"]),
        unet={**family.unet, "base": base},
    )


def load_vae(folder: Path) -> tuple[Any, float]:
    """The autoencoder in single precision, and its scaling factor."""
    vae: Any = AutoencoderKL.from_pretrained(folder / BASE / "vae", torch_dtype=torch.float32)
    return vae, float(vae.config.scaling_factor)


def load_unet(folder: Path, name: str = "pocket") -> Any:
    """A UNet of the folder in single precision.

    Raises:
        FileNotFoundError: When the folder has no such model.
    """
    return UNet2DConditionModel.from_pretrained(_place(folder, name, "unet"), torch_dtype=torch.float32)


def unknown_row(table: torch.Tensor) -> torch.Tensor:
    """What stands for unseen words: the row that most tokens share, or the mean where no two are alike."""
    rows, counts = torch.unique(table, dim=0, return_counts=True)
    return rows[counts.argmax()] if counts.max() > 1 else table.mean(0)


def compact_rows(table: torch.Tensor, ids: list[int]) -> torch.Tensor:
    """The rows of a whole vocabulary that training uses: known tokens, unknown, start, end."""
    return torch.cat([table[ids], unknown_row(table)[None], table[[START, END]]])


def load_text(folder: Path, family: Family, pack: Pack) -> Conditioner:
    """Both text encoders over the compact vocabulary. `family` must be sized as the folder's base."""
    words = Words(pack.vocabulary)
    text = Conditioner(family, words.size)
    for name, encoder in zip(ENCODERS, (text.first, text.second), strict=True):
        state = load_file(folder / BASE / name / "model.safetensors")
        key = next(key for key in state if key.endswith(TOKENS))
        state[key] = compact_rows(state[key].float(), words.ids)
        own = {key.removeprefix("text_model."): key for key in encoder.state_dict()}
        renamed = {own[key.removeprefix("text_model.")]: value.float() for key, value in state.items()}
        encoder.load_state_dict(renamed)
    return text


def known_labels(folder: Path | None, pack: Pack) -> tuple[str, ...]:
    """The labels of the subjects all of whose words the folder's base knows; empty without a folder."""
    if folder is None:
        return ()
    words = Words(pack.vocabulary)
    state = load_file(folder / BASE / ENCODERS[0] / "model.safetensors")
    table = next(value for key, value in state.items() if key.endswith(TOKENS))
    unseen = (table == unknown_row(table)).all(1)
    known = {place for place, token in enumerate(words.ids) if not unseen[token]}

    def has(label: str) -> bool:
        return all(int(token) in known for token in words.encode(label) if token < words.unknown)

    return tuple(subject.label for subject in pack.subjects if has(subject.label))
