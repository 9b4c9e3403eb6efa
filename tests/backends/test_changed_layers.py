"""Layers that are changed for a while: as diffusers changes them, however they compute."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from diffusers.hooks import HookRegistry, LayerSkipConfig, apply_layer_skip

from nodeflow.backends.torch import TorchBackend
from nodeflow.backends.torch.layers import Layers
from nodeflow.hardware import Mode, Part
from nodeflow.values import Guidance, GuidanceMethod, Latent, ModelRecipe

from .test_modes import BY_LAYER, Forced

METHODS = [GuidanceMethod.PAG, GuidanceMethod.SLG, GuidanceMethod.SEG, GuidanceMethod.AUTO]
ARRANGEMENTS: dict[str, dict[str, Any]] = {
    **{str(mode): {"mode": mode} for mode in (*BY_LAYER, Mode.MODEL_OFFLOAD)},
    "sliced": {"changes": {"attention_slicing": True}},
}


@contextmanager
def skipped(layers: Layers, **what: bool) -> Iterator[None]:
    """Layers changed by diffusers."""
    for path, indices in layers.blocks().items():
        apply_layer_skip(layers.unet, LayerSkipConfig(indices, path, **what))
    yield
    HookRegistry.check_if_exists_or_initialize(layers.unet).remove_hook("layer_skip_hook", recurse=True)


@pytest.mark.parametrize(
    ("method", "way", "what"),
    [
        (GuidanceMethod.SLG, "left_out", {}),
        (
            GuidanceMethod.PAG,
            "without_looking_around",
            {"skip_attention": False, "skip_attention_scores": True, "skip_ff": False},
        ),
    ],
)
def test_layers_are_changed_as_by_diffusers(
    *,
    method: GuidanceMethod,
    way: str,
    what: dict[str, bool],
    sample: Callable[..., Latent],
    empty: Callable[..., Latent],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fields: dict[str, Any] = {
        "latent": empty(64, 72),
        "steps": 2,
        "guidance": Guidance(method, layers="mid up.0"),
    }
    ours = sample(**fields)
    monkeypatch.setattr(Layers, way, lambda layers: skipped(layers, **what))
    np.testing.assert_allclose(ours.samples, sample(**fields).samples, atol=1e-6)


@pytest.mark.filterwarnings("ignore:__array_:DeprecationWarning")  # diffusers with numpy 2.4
@pytest.mark.parametrize("arranged", ARRANGEMENTS)
@pytest.mark.parametrize("method", METHODS)
def test_they_change_however_they_compute(
    *,
    method: GuidanceMethod,
    arranged: str,
    pocket: ModelRecipe,
    request_for: Callable[..., Any],
    sample: Callable[..., Latent],
    empty: Callable[..., Latent],
    make_monitor: Any,
) -> None:
    moded = TorchBackend("cpu").arranged(Forced(**ARRANGEMENTS[arranged]))
    fields: dict[str, Any] = {"latent": empty(64, 72), "steps": 2}
    guidance = Guidance(method, layers="mid up.1")
    changed = moded.sample(pocket, request_for(**fields, guidance=guidance), make_monitor()).samples
    # At this size, a matrix product's last bits depend on where in memory its weights lie.
    np.testing.assert_allclose(changed, sample(**fields, guidance=guidance).samples, atol=1e-4)
    plain = moded.sample(pocket, request_for(**fields), make_monitor()).samples
    np.testing.assert_allclose(plain, sample(**fields).samples, atol=1e-4)
    assert np.abs(changed - plain).max() > 1e-2
    with moded.lease(pocket, Part.UNET) as lease:
        block = lease[Part.UNET].module.mid_block.attentions[0].transformer_blocks[0]
        assert not any(
            "layers" in repr(vars(part).get("forward")) for part in (block, block.attn1, block.attn1.to_q)
        )
