"""The bundled models, exported once for all tests that run them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from nodeflow.backends.onnx import OnnxBackend
from nodeflow.backends.torch.exporting import export_model
from nodeflow.folders import BUNDLED_MODELS
from nodeflow.values import ModelRecipe


@pytest.fixture(scope="session")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], ModelRecipe]:
    """Export a bundled checkpoint, once."""
    folder = tmp_path_factory.mktemp("exported")

    def model(name: str) -> ModelRecipe:
        target: Path = folder / name
        if not target.exists():
            export_model(ModelRecipe(name, BUNDLED_MODELS / "checkpoints" / name), target)
        return ModelRecipe(name, target)

    return model


@pytest.fixture(scope="session")
def onnx_backend() -> OnnxBackend:
    return OnnxBackend("cpu")
