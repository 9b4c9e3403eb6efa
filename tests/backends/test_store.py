"""What stays in memory and what gives way: caps, leases, turns on a device, and loading ahead."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import numpy as np
import pytest
import torch

from nodeflow.backends.torch import TorchBackend, memory, modes, store
from nodeflow.backends.torch.loading import load
from nodeflow.backends.torch.need import Need
from nodeflow.backends.torch.source import locate
from nodeflow.backends.torch.store import ModelStore
from nodeflow.hardware import (
    Arrangement,
    Device,
    DeviceKind,
    Dtype,
    Mode,
    Part,
    Placed,
    Request,
    Wishes,
    detect,
)
from nodeflow.values import ModelPart, ModelRecipe

pytestmark = pytest.mark.filterwarnings("ignore:__array_:DeprecationWarning")  # diffusers with numpy 2.4

SMALL = Request(width=64, height=64)


@pytest.fixture(scope="module")
def small() -> Arrangement:
    """An arrangement for small pictures, whose work takes little beside the weights."""
    return Arrangement(detect(), Wishes(device="cpu"), SMALL)


def capped(small: Arrangement, cap: int) -> TorchBackend:
    return TorchBackend("cpu", ModelStore({"cpu": cap})).arranged(small)


def touch(backend: TorchBackend, model: ModelRecipe, part: Part) -> Any:
    """Use a part, and keep an eye on it without keeping it alive."""
    with backend.lease(model, part) as lease:
        return weakref.ref(lease[part].module)


def alive(watched: Any) -> bool:
    gc.collect()
    return watched() is not None


def test_the_least_recently_used_gives_way(
    small: Arrangement, pocket: ModelRecipe, pocket_refiner: ModelRecipe
) -> None:
    sizes = {part: small.placed(pocket, part).nbytes for part in (Part.UNET, Part.VAE, Part.TEXT_ENCODER)}
    new = small.placed(pocket_refiner, Part.UNET).nbytes + small.working_bytes(pocket_refiner, Part.UNET)
    work = 2 * small.working_bytes(pocket, Part.TEXT_ENCODER)
    room = (
        new + sizes[Part.TEXT_ENCODER] + sizes[Part.VAE] + work
    )  # so the base's UNet has to go, if it is alone
    own = capped(small, room)
    unet = touch(own, pocket, Part.UNET)
    vae, encoder = touch(own, pocket, Part.VAE), touch(own, pocket, Part.TEXT_ENCODER)
    touch(own, pocket_refiner, Part.UNET)
    assert [alive(part) for part in (unet, vae, encoder)] == [False, True, True]

    own = capped(small, room)
    unet = touch(own, pocket, Part.UNET)
    vae, encoder = touch(own, pocket, Part.VAE), touch(own, pocket, Part.TEXT_ENCODER)
    touch(own, pocket, Part.UNET)  # now the VAE was not used for longest
    touch(own, pocket_refiner, Part.UNET)
    assert [alive(part) for part in (unet, vae, encoder)] == [False, False, False]


def test_what_is_lent_never_gives_way(
    small: Arrangement, pocket: ModelRecipe, pocket_refiner: ModelRecipe
) -> None:
    own = capped(small, 1)
    with own.lease(pocket, Part.UNET) as lease:
        first = lease[Part.UNET].module
        vae = touch(own, pocket, Part.VAE)
        touch(own, pocket_refiner, Part.UNET)
        assert not alive(vae)
        with own.lease(pocket, Part.UNET) as again:
            assert again[Part.UNET].module is first


def test_nothing_gives_way_to_what_is_loaded_ahead(
    small: Arrangement, pocket: ModelRecipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = []

    def watched_load(*args: Any) -> Any:
        loaded.append(args[1])
        return load(*args)

    monkeypatch.setattr(store, "load", watched_load)
    unet, vae = (small.placed(pocket, part).nbytes for part in (Part.UNET, Part.VAE))
    own = capped(small, unet + vae + small.working_bytes(pocket, Part.VAE))
    own.prepare(pocket, ModelPart.UNET)
    with own.lease(pocket, Part.UNET):  # its work needs some of the rest
        own.prepare(pocket, ModelPart.VAE)
    assert loaded == [Part.UNET]
    own.prepare(pocket, ModelPart.VAE)  # nothing works any more
    assert loaded == [Part.UNET, Part.VAE]


def test_loading_ahead_never_raises(small: Arrangement, pocket: ModelRecipe, tmp_path: Any) -> None:
    capped(small, 10**9).prepare(ModelRecipe("none", tmp_path), ModelPart.UNET)


def test_sampling_goes_on_while_another_part_is_loaded_ahead(
    pocket: ModelRecipe, request_for: Callable[..., Any], make_monitor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = TorchBackend("cpu")
    request = request_for(steps=1)
    before = own.sample(pocket, request, make_monitor())
    loading, sampled = Event(), Event()

    def slow_load(*args: Any) -> Any:
        loading.set()
        assert sampled.wait(timeout=60)
        return load(*args)

    monkeypatch.setattr(store, "load", slow_load)
    with ThreadPoolExecutor(1) as pool:
        ahead = pool.submit(own.prepare, pocket, ModelPart.VAE)
        assert loading.wait(timeout=60)
        after = own.sample(pocket, request, make_monitor())
        sampled.set()
        ahead.result(timeout=60)
    np.testing.assert_array_equal(after.samples, before.samples)
    monkeypatch.setattr(store, "load", None)  # it is there already
    touch(own, pocket, Part.VAE)


def test_a_fitted_preview_does_not_wait_for_a_decode(
    pocket: ModelRecipe, request_for: Callable[..., Any], monitor: Any
) -> None:
    own = TorchBackend("cpu")
    own.sample(pocket, request_for(steps=1), monitor)
    (preview,) = monitor.previews
    first = preview()
    with own.lease(pocket, Part.VAE), ThreadPoolExecutor(1) as pool:  # as a decode holds it
        second = pool.submit(preview).result(timeout=60)
    np.testing.assert_array_equal(first.pixels, second.pixels)


@pytest.fixture
def moves(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The moves between a card and RAM, written down instead of made."""
    made: list[str] = []

    def move(component: Any, device: torch.device) -> None:
        assert component.placed is not None
        made.append(f"{component.placed.size.part} to {device.type}")
        component.on_device = device == component.device

    monkeypatch.setattr(modes, "move", move)
    monkeypatch.setattr(memory, "free_bytes", lambda _: 10**12)
    monkeypatch.setattr(memory, "release", lambda _: None)
    return made


def on_card(arrangement: Arrangement, model: ModelRecipe, part: Part, mode: Mode) -> list[Need]:
    card = Device(DeviceKind.CUDA, "a card", 10**9, 10**9, (), (Dtype.FP32,))
    size = arrangement.placed(model, part).size
    return [Need(locate(model.path), part, Placed(size, card, Dtype.FP32, Dtype.FP32, mode), 1)]


def test_parts_take_turns_on_a_device(small: Arrangement, pocket: ModelRecipe, moves: list[str]) -> None:
    own = ModelStore()
    unet = on_card(small, pocket, Part.UNET, Mode.MODEL_OFFLOAD)
    vae = on_card(small, pocket, Part.VAE, Mode.MODEL_OFFLOAD)
    with own.lease(unet):
        pass
    with own.lease(unet):
        assert moves == ["unet to cuda"]  # it stays until another needs the device
    with own.lease(vae):
        assert moves[1:] == ["unet to cpu", "vae to cuda"]
        with own.lease(unet):
            assert moves[3:] == ["unet to cuda"]  # both work, so neither is moved away


def test_what_waits_in_ram_may_stay_on_the_device_instead(
    small: Arrangement, pocket: ModelRecipe, moves: list[str]
) -> None:
    own = ModelStore()
    with own.lease(on_card(small, pocket, Part.VAE, Mode.MODEL_OFFLOAD)) as lease:
        first = lease[Part.VAE]
    with own.lease(on_card(small, pocket, Part.VAE, Mode.FULL)) as lease:
        assert lease[Part.VAE] is first
    with own.lease(on_card(small, pocket, Part.UNET, Mode.MODEL_OFFLOAD)):
        assert moves == ["vae to cuda", "unet to cuda"]
