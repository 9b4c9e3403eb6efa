"""Models of SDXL's real topology, narrow and random, give torch's pictures when they are exported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nodeflow.backends import PromptRequest, SampleRequest
from nodeflow.backends.onnx import OnnxBackend
from nodeflow.backends.torch import TorchBackend
from nodeflow.backends.torch.exporting import export_model
from nodeflow.models import ExportedModel
from nodeflow.values import Inpainting, Latent, ModelRecipe, Scheduler
from tests.backends.original import narrow_components, original_layout, write

pytestmark = [
    pytest.mark.full,  # up to a minute each
    pytest.mark.filterwarnings("ignore:__array_:DeprecationWarning"),  # diffusers with numpy 2.4
]

NETWORK = 1e-4
"""Largest difference of a network's outputs from torch's, as a share of the largest of them."""
PICTURE = 2 / 255

KINDS: dict[str, tuple[str, dict[str, Any], Scheduler]] = {
    "base": ("base", {}, Scheduler.EULER),
    "refiner": ("refiner", {}, Scheduler.EULER),
    "inpaint": ("base", {"in_channels": 9}, Scheduler.EULER_ANCESTRAL),
    "told the guidance scale": ("base", {"time_cond_proj_dim": 33}, Scheduler.LCM),
}


def start(kind: str) -> Latent:
    """A picture of odd sides to go on from, with what a UNet for inpainting sees beside it."""
    random = np.random.default_rng(0)
    clean, surroundings = random.standard_normal((2, 1, 4, 9, 7), np.float32)
    mask = np.zeros((1, 9, 7), np.float32)
    mask[:, 3:, 2:] = 1
    inpainting = Inpainting(mask, surroundings=surroundings) if kind == "inpaint" else None
    return Latent(clean, inpainting=inpainting)


def picture(backend: Any, model: ModelRecipe, kind: str, scale: float, monitor: Any) -> Any:
    positive, negative = (
        backend.encode_text(model, PromptRequest(text), monitor) for text in ("a (red:1.3) fox", "")
    )
    scheduler = KINDS[kind][2]
    request = SampleRequest(start(kind), positive, negative, 7, 4, scale, scheduler, denoise=0.75)
    return backend.decode(model, backend.sample(model, request, monitor), monitor).pixels


@pytest.mark.parametrize("kind", KINDS)
def test_a_single_file_of_the_real_topology_renders_torchs_picture(
    kind: str, tmp_path: Path, backend: TorchBackend, onnx_backend: OnnxBackend, monitor: Any
) -> None:
    family, changed, _ = KINDS[kind]
    components = narrow_components(family, **changed)
    source = write(original_layout(components), components, family, tmp_path / "narrow.safetensors")
    exported = export_model(source, tmp_path / "exported")
    assert all(network.error < NETWORK for network in exported.networks.values())
    assert ExportedModel.read(exported.path).unet.channels == changed.get("in_channels", 4)
    model = ModelRecipe("exported", exported.path)
    expected = picture(backend, source, kind, 5.0, monitor)
    np.testing.assert_allclose(picture(onnx_backend, model, kind, 5.0, monitor), expected, atol=PICTURE)
    assert abs(picture(backend, source, kind, 2.0, monitor) - expected).max() > PICTURE
