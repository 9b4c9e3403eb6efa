"""The JSON files that describe a model, and the metadata of a single file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nodeflow.backends.torch.headers import read_metadata
from nodeflow.backends.torch.prediction import prediction
from nodeflow.backends.torch.source import INDEX, SCHEDULER_CONFIG, Source, own_config
from nodeflow.models.mark import MARK
from nodeflow.values import LoraPatch, ModelRecipe

_OF_ITS_MAKING = ("architectures", "dtype", "torch_dtype", "transformers_version")
"""What a config says of the program that wrote it, rather than of the model."""
_ARCHITECTURE = "modelspec.architecture"

Documents = dict[str, Mapping[str, Any]]
"""JSON files, by their paths in a diffusers folder."""


def descriptions(source: Source) -> Documents:
    """All of a model's JSON files but those of the tokenizers."""
    index = {name: value for name, value in source.index.items() if value != [None, None]}
    documents: Documents = {INDEX: index, SCHEDULER_CONFIG: source.scheduler}
    for part, folder in source.configs.items():
        if part.has_weights:
            documents[f"{part}/config.json"] = _read(folder / "config.json")
    return documents


def own_descriptions(source: Source) -> Documents:
    """A model's JSON files if they say anything else than those of SDXL, which need not lie beside a file."""
    own, usual = descriptions(source), own_config(source.is_refiner)
    alike = all(_alike(document, _read(usual / name)) for name, document in own.items())
    return {} if alike else own


def metadata_of(source: Source, model: ModelRecipe, mark: str = "") -> dict[str, str]:
    """What a single file says of itself, as the Stability AI Model Metadata Standard has it.

    What its source said of itself stays, but for what is no longer so.

    Args:
        source: Where the model's parts lie.
        model: The model.
        mark: What `nodeflow.models.mark_of` is to find in it.
    """
    said = read_metadata(source.path).items()
    kept = {key: value for key, value in said if "hash" not in key and key != MARK}
    kind = "refiner" if source.is_refiner else "base"
    written = {
        "format": "pt",
        "modelspec.sai_model_spec": "1.0.0",
        "modelspec.prediction_type": {"v_prediction": "v"}.get(prediction(source.scheduler), "epsilon"),
    }
    usual = {_ARCHITECTURE: f"stable-diffusion-xl-v1-{kind}", "modelspec.title": model.name}
    loras = [patch.name for patch in model.patches if isinstance(patch, LoraPatch)]
    merged = {"modelspec.merged_from": ", ".join([model.name, *loras])} if model.patches else {}
    return {**usual, **kept, **written, **merged, **({MARK: mark} if mark else {})}


def _alike(own: Mapping[str, Any], usual: Mapping[str, Any]) -> bool:
    """Whether a config means what SDXL's does. What only one of them says is as if unset."""
    said = {key: value for key, value in own.items() if key[:1] != "_" and key not in _OF_ITS_MAKING}
    return all(
        _plain(value) == _plain(usual.get(key, False if value is True else value))
        for key, value in said.items()
    )


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _read(file: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return document
