"""What is exported computes what torch does; what is merged is in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nodeflow.backends.onnx import OnnxBackend
from nodeflow.backends.torch import TorchBackend
from nodeflow.backends.torch.exporting import export_model
from nodeflow.errors import MissingFile, NodeFailed
from nodeflow.hardware import Dtype
from nodeflow.models import ExportedModel
from nodeflow.values import ModelRecipe

pytestmark = pytest.mark.full  # half a minute each

FP32, INT8 = 1e-5, 0.1
"""Largest difference of a network's outputs from torch's, as a share of the largest of them."""


@pytest.mark.parametrize(("name", "networks"), [("pocket", 5), ("pocket-refiner", 4)])
def test_every_network_is_torchs(name: str, networks: int, exported: Callable[[str], ModelRecipe]) -> None:
    found = ExportedModel.read(exported(name).path)
    assert len(found.networks) == networks
    assert all(0 < network.error < FP32 for network in found.networks.values())
    assert not list(exported(name).path.parent.glob(".*"))  # nothing is left of the work


def test_loras_are_merged(
    *,
    tmp_path: Path,
    backend: TorchBackend,
    onnx_backend: OnnxBackend,
    pocket: ModelRecipe,
    lora: Any,
    request_for: Any,
    monitor: Any,
) -> None:
    styled = pocket.with_patch(lora("flat", 0.7)).with_patch(lora("high-contrast", -0.5))
    found = export_model(styled, tmp_path / "styled")
    assert [line.partition(",")[0] for line in found.merged] == ["LoRA 'flat'", "LoRA 'high-contrast'"]
    ours = onnx_backend.sample(ModelRecipe("styled", found.path), request_for(), monitor)
    theirs = backend.sample(styled, request_for(), monitor)
    plain = backend.sample(pocket, request_for(), monitor)
    np.testing.assert_allclose(ours.samples, theirs.samples, atol=2e-3)
    assert np.abs(plain.samples - theirs.samples).max() > 0.1


@pytest.mark.parametrize(
    ("options", "worst"), [({"int8": True}, INT8), ({"dtype": Dtype.FP16}, 5e-2)], ids=str
)
def test_smaller_models_differ_little(
    options: dict[str, Any], worst: float, tmp_path: Path, pocket: ModelRecipe, exported: Any
) -> None:
    small = export_model(pocket, tmp_path / "small", **options)
    assert max(network.error for network in small.networks.values()) < worst
    whole = ExportedModel.read(exported("pocket").path)
    size, least = (sum(file.stat().st_size for file in model.files().values()) for model in (whole, small))
    assert least < 0.9 * size


def test_nothing_is_overwritten_or_left_behind(tmp_path: Path, pocket: ModelRecipe) -> None:
    (tmp_path / "there").mkdir()
    with pytest.raises(MissingFile, match="there is in the way"):
        export_model(pocket, tmp_path / "there")

    def stop(done: int, total: int) -> None:
        if done:
            raise NodeFailed("enough")

    with pytest.raises(NodeFailed, match="enough"):
        export_model(pocket, tmp_path / "new", progress=stop)
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


def test_what_cannot_be_exported_is_refused(tmp_path: Path, pocket: ModelRecipe, exported: Any) -> None:
    with pytest.raises(NodeFailed, match=r"cannot be exported in bf16\. Use fp32 or fp16"):
        export_model(pocket, tmp_path / "new", dtype=Dtype.BF16)
    with pytest.raises(NodeFailed, match="'pocket' is exported to ONNX already"):
        export_model(exported("pocket"), tmp_path / "new")
