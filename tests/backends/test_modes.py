"""Every memory mode that a CPU can run, against parts that stay loaded; with LoRAs, cancelled, on and off."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from nodeflow.backends import PromptRequest, SampleRequest
from nodeflow.backends.torch import TorchBackend, modes
from nodeflow.backends.torch.component import Component
from nodeflow.errors import Cancelled
from nodeflow.hardware import Arrangement, Dtype, Mode, Part, Placement, Wishes, detect
from nodeflow.values import Latent, LoraPatch, ModelRecipe

pytestmark = [
    pytest.mark.filterwarnings("ignore:__array_:DeprecationWarning"),  # diffusers with numpy 2.4
    pytest.mark.filterwarnings("ignore::Warning:peft"),  # silenced outside of pytest; see `quiet`
]

BY_LAYER = [Mode.GROUP_OFFLOAD, Mode.SEQUENTIAL, Mode.DISK]
MODES = [Mode.MODEL_OFFLOAD, Mode.RELOAD, *BY_LAYER]


class Forced(Arrangement):
    """An arrangement on the CPU with some of its decisions changed, also to what no CPU would be given."""

    def __init__(
        self, *, changes: dict[str, Any] | None = None, unet: dict[str, Any] | None = None, **parts: Any
    ) -> None:
        super().__init__(detect(), Wishes(device="cpu"))
        self._changes = changes or {}
        self._unet = unet or {}
        self._parts = parts

    def placement(self, model: ModelRecipe) -> Placement:
        found = super().placement(model)
        components = tuple(
            replace(placed, **(self._unet if placed.size.part is Part.UNET else {}), **self._parts)
            for placed in found.components
        )
        return replace(found, components=components, **self._changes)


def run(backend: Any, model: ModelRecipe, request: SampleRequest, make_monitor: Any) -> Any:
    """A picture of a prompt that this backend encodes too."""
    prompt = backend.encode_text(model, PromptRequest("a red apple"), make_monitor())
    latent = backend.sample(model, replace(request, positive=prompt), make_monitor())
    return backend.decode(model, latent, make_monitor()).pixels


@pytest.fixture(scope="module")
def expected(
    *,
    backend: TorchBackend,
    pocket: ModelRecipe,
    lora: Callable[..., LoraPatch],
    request_for: Callable[..., Any],
    make_monitor: Any,
) -> dict[ModelRecipe, Any]:
    """The pictures of the model, and of the model with a LoRA, where every part stays loaded."""
    models = pocket, pocket.with_patch(lora("flat"))
    pictures = {model: run(backend, model, request_for(steps=2), make_monitor) for model in models}
    assert (pictures[models[0]] != pictures[models[1]]).any()
    return pictures


@pytest.mark.parametrize("mode", MODES)
def test_a_mode_changes_nothing(
    mode: Mode, expected: dict[ModelRecipe, Any], request_for: Callable[..., Any], make_monitor: Any
) -> None:
    moded = TorchBackend("cpu").arranged(Forced(mode=mode))
    plain, styled = expected
    for model in (plain, styled, styled, plain):
        found = run(moded, model, request_for(steps=2), make_monitor)
        np.testing.assert_array_equal(found, expected[model])


@pytest.mark.parametrize("mode", MODES)
def test_cancelling_leaves_a_mode_usable(
    *,
    mode: Mode,
    backend: TorchBackend,
    pocket: ModelRecipe,
    request_for: Callable[..., Any],
    make_monitor: Any,
) -> None:
    moded = TorchBackend("cpu").arranged(Forced(mode=mode))
    request = request_for(steps=2)
    for question in (2, 9):
        with pytest.raises(Cancelled):
            moded.sample(pocket, request, make_monitor(cancel_at=question))
    expected = backend.sample(pocket, request, make_monitor()).samples
    np.testing.assert_array_equal(moded.sample(pocket, request, make_monitor()).samples, expected)


def test_layers_on_disk_take_no_memory_and_leave_nothing_behind(
    pocket: ModelRecipe, request_for: Callable[..., Any], make_monitor: Any
) -> None:
    moded = TorchBackend("cpu").arranged(Forced(mode=Mode.DISK))
    moded.sample(pocket, request_for(steps=1), make_monitor())
    with moded.lease(pocket, Part.UNET) as lease:
        folder = Path(lease[Part.UNET].module.nodeflow_folder)
        assert lease[Part.UNET].address is None
    size = sum(file.stat().st_size for file in folder.iterdir())
    moded.close()
    del lease
    gc.collect()
    assert size > 40_000_000  # pocket's 11 million parameters in float32
    assert not folder.exists()


def test_8_bit_weights_are_near_and_carry_loras(
    *,
    backend: TorchBackend,
    pocket: ModelRecipe,
    lora: Callable[..., LoraPatch],
    request_for: Callable[..., Any],
    make_monitor: Any,
) -> None:
    request = request_for(steps=2)
    styled = pocket.with_patch(lora("high-contrast"))
    whole = [backend.sample(model, request, make_monitor()).samples for model in (pocket, styled)]
    results = []
    for mode in (Mode.FULL, Mode.SEQUENTIAL, Mode.DISK):
        narrow = TorchBackend("cpu").arranged(Forced(unet={"mode": mode, "weights": Dtype.FP8}))
        ours = [narrow.sample(model, request, make_monitor()).samples for model in (pocket, styled, pocket)]
        results.append(ours)
        np.testing.assert_array_equal(ours[0], ours[2])
        for mine, theirs in zip(ours, whole, strict=False):
            # 3 bits of mantissa are off by 6 % at most; seen over all weights: 0.04 on average, up to 0.21.
            assert 0 < np.abs(mine - theirs).mean() < 0.08
            assert np.abs(mine - theirs).max() < 0.4
        with narrow.lease(pocket, Part.UNET) as lease:
            dtypes = {name: p.dtype for name, p in lease[Part.UNET].module.named_parameters()}
        assert {dtype for name, dtype in dtypes.items() if "lora_" in name} == {torch.float32}
        assert torch.float8_e4m3fn in dtypes.values()
    for other in results[1:]:
        np.testing.assert_array_equal(other, results[0])


def test_16_bits_are_near(
    backend: TorchBackend, pocket: ModelRecipe, request_for: Callable[..., Any], make_monitor: Any
) -> None:
    half = TorchBackend("cpu").arranged(Forced(dtype=Dtype.BF16, weights=Dtype.BF16))
    request = request_for(steps=2)
    prompt = half.encode_text(pocket, PromptRequest("a red apple on a green background"), make_monitor())
    np.testing.assert_allclose(prompt.encoder_2, request.positive.encoder_2, atol=0.3)
    latent = backend.sample(pocket, request, make_monitor())
    ours = half.sample(pocket, request, make_monitor())
    assert 0 < np.abs(ours.samples - latent.samples).mean() < 0.08
    decoded = backend.decode(pocket, latent, make_monitor())
    np.testing.assert_allclose(half.decode(pocket, latent, make_monitor()).pixels, decoded.pixels, atol=0.06)
    np.testing.assert_allclose(
        half.encode_image(pocket, decoded, make_monitor()).samples,
        backend.encode_image(pocket, decoded, make_monitor()).samples,
        atol=0.2,
    )


def test_tiles_are_near_and_only_as_long_as_arranged(
    backend: TorchBackend, pocket: ModelRecipe, sample: Callable[..., Latent], make_monitor: Any
) -> None:
    latent = sample(steps=3)
    whole = backend.decode(pocket, latent, make_monitor())
    tiled = backend.arranged(Forced(changes={"vae_tile": 64}))
    pixels = tiled.decode(pocket, latent, make_monitor()).pixels
    assert 0 < np.abs(pixels - whole.pixels).mean() < 0.03  # tiny tiles: norms see a ninth of the picture
    encoded = tiled.encode_image(pocket, whole, make_monitor()).samples
    expected = backend.encode_image(pocket, whole, make_monitor()).samples
    assert 0 < np.abs(encoded - expected).mean() < 0.1
    np.testing.assert_array_equal(backend.decode(pocket, latent, make_monitor()).pixels, whole.pixels)


def test_sliced_attention_is_equal_but_for_rounding(
    backend: TorchBackend, pocket: ModelRecipe, request_for: Callable[..., Any], make_monitor: Any
) -> None:
    request = request_for(steps=2)
    whole = backend.sample(pocket, request, make_monitor()).samples
    view = backend.arranged(Forced(changes={"attention_slicing": True}))
    sliced = view.sample(pocket, request, make_monitor()).samples
    np.testing.assert_allclose(sliced, whole, atol=1e-3)
    with backend.lease(pocket, Part.UNET) as lease:
        assert lease[Part.UNET].sliced
    np.testing.assert_array_equal(backend.sample(pocket, request, make_monitor()).samples, whole)


def test_what_does_not_fit_onto_a_device_goes_back() -> None:
    class Large(torch.nn.Linear):
        def to(self, device: Any) -> Any:  # type: ignore[override]
            moved.append(str(device))
            if str(device) == "cuda:0":
                raise torch.OutOfMemoryError("CUDA out of memory")
            return self

    moved: list[str] = []
    component = Component(Large(2, 2), on_device=False)
    with pytest.raises(torch.OutOfMemoryError):
        modes.move(component, torch.device("cuda:0"))
    assert moved == ["cuda:0", "cpu"]
