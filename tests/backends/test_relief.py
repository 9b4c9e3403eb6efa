"""Running out of memory, injected: what is tried in which order, and that pictures are equal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import diffusers
import numpy as np
import pytest
import torch
import transformers
from diffusers.models.autoencoders.vae import Decoder, Encoder

from nodeflow.backends import PromptRequest
from nodeflow.backends.torch import TorchBackend
from nodeflow.backends.torch.memory import is_memory_error
from nodeflow.backends.torch.relief import Call, Way
from nodeflow.errors import OutOfMemory
from nodeflow.hardware import Arrangement, Device, DeviceKind, Mode, Part, Request, Wishes, detect
from nodeflow.hardware.ram import Ram
from nodeflow.values import Image, Latent, LoraPatch, ModelPart, ModelRecipe

pytestmark = [
    pytest.mark.filterwarnings("ignore:__array_:DeprecationWarning"),  # diffusers with numpy 2.4
    pytest.mark.filterwarnings("ignore::Warning:peft"),  # silenced outside of pytest; see `quiet`
]


def exhaust() -> None:
    raise torch.OutOfMemoryError("out of memory")


@pytest.fixture
def short_of_memory(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Have a class of modules run out of memory `times` times, each at the `at`-th call of an attempt."""

    def arm(kind: Any, times: int, at: int = 1, fail: Callable[[], Any] = exhaust) -> None:
        forward, state = kind.forward, {"left": times, "calls": 0}

        def failing(self: Any, *args: Any, **kwargs: Any) -> Any:
            state["calls"] += 1
            if state["left"] and state["calls"] == at:
                state.update(left=state["left"] - 1, calls=0)
                fail()
            return forward(self, *args, **kwargs)

        monkeypatch.setattr(kind, "forward", failing)

    return arm


def mode_of(backend: TorchBackend, model: ModelRecipe, part: Part) -> Mode:
    """The mode that a part was last used in."""
    found = [c for _, need, c in backend._access.store._entries.values() if need.part is part]
    return found[0].placed.mode if found and found[0].placed else Mode.RELOAD  # let go of after its turn


@pytest.mark.parametrize(
    ("times", "mode", "says", "fail"),
    [
        (1, Mode.FULL, ["let go of"], lambda: torch.empty(2**60)),
        (2, Mode.RELOAD, ["let go", "turn"], lambda: bytearray(2**62)),
        (3, Mode.DISK, ["", "", "layer"], exhaust),
    ],
)
def test_sampling_goes_on_in_ever_lighter_ways(
    *,
    times: int,
    mode: Mode,
    says: list[str],
    fail: Callable[[], Any],
    pocket: ModelRecipe,
    lora: Callable[..., LoraPatch],
    request_for: Callable[..., Any],
    sample: Callable[..., Latent],
    short_of_memory: Callable[..., None],
    monitor: Any,
    make_monitor: Any,
) -> None:
    own, model = TorchBackend("cpu"), pocket.with_patch(lora("flat"))
    expected = sample(model, steps=3).samples
    short_of_memory(diffusers.UNet2DConditionModel, times, at=2, fail=fail)
    ours = own.sample(model, request_for(steps=3), monitor)
    np.testing.assert_array_equal(ours.samples, expected)
    assert len(monitor.warnings) == len(says)
    assert all(part in text for part, text in zip(says, monitor.warnings, strict=True))
    assert monitor.deviations == []
    assert mode_of(own, model, Part.UNET) is mode
    again = make_monitor()
    np.testing.assert_array_equal(own.sample(model, request_for(steps=3), again).samples, expected)
    assert again.warnings == []


def test_what_did_not_help_is_told_and_the_next_run_works(
    *,
    pocket: ModelRecipe,
    request_for: Callable[..., Any],
    sample: Callable[..., Latent],
    short_of_memory: Callable[..., None],
    monitor: Any,
    make_monitor: Any,
) -> None:
    own = TorchBackend("cpu")
    short_of_memory(diffusers.UNet2DConditionModel, 4)
    with pytest.raises(OutOfMemory, match="UNet") as caught:
        own.sample(pocket, request_for(steps=1), monitor)
    assert caught.value.advice
    assert len(monitor.warnings) == 3
    ours = own.sample(pocket, request_for(steps=1), make_monitor())
    np.testing.assert_array_equal(ours.samples, sample(steps=1).samples)


def test_what_was_relieved_is_remembered_for_that_size_and_larger(
    pocket: ModelRecipe,
    empty: Callable[..., Latent],
    request_for: Callable[..., Any],
    short_of_memory: Callable[..., None],
    make_monitor: Any,
) -> None:
    own = TorchBackend("cpu")
    short_of_memory(diffusers.UNet2DConditionModel, 3)
    own.sample(pocket, request_for(steps=1), make_monitor())
    modes = []
    for side in (64, 128, 192):
        own.sample(pocket, request_for(steps=1, latent=empty(side, side)), make_monitor())
        modes.append(mode_of(own, pocket, Part.UNET))
    assert modes == [Mode.FULL, Mode.DISK, Mode.DISK]


def test_text_is_encoded_in_a_lighter_way(
    *, backend: TorchBackend, pocket: ModelRecipe, short_of_memory: Callable[..., None], monitor: Any
) -> None:
    prompt = PromptRequest("a panda")
    expected = backend.encode_text(pocket, prompt, monitor)
    own = TorchBackend("cpu")
    short_of_memory(transformers.CLIPTextModelWithProjection, 2)
    ours = own.encode_text(pocket, prompt, monitor)
    np.testing.assert_array_equal(ours.encoder_2, expected.encoder_2)
    assert mode_of(own, pocket, Part.TEXT_ENCODER_2) is Mode.RELOAD
    assert "text encoders" in monitor.warnings[1]


@pytest.fixture
def no_room_for_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the VAE's halves take no more than a tile of 512 pixels."""
    for kind, side in ((Decoder, 64), (Encoder, 512)):
        forward = kind.forward

        def limited(self: Any, x: torch.Tensor, *rest: Any, forward: Any = forward, side: int = side) -> Any:
            if max(x.shape[-2:]) > side:
                exhaust()
            return forward(self, x, *rest)

        monkeypatch.setattr(kind, "forward", limited)


def test_pictures_too_large_are_worked_on_in_tiles(
    pocket: ModelRecipe, no_room_for_the_whole: None, monkeypatch: pytest.MonkeyPatch, make_monitor: Any
) -> None:
    own = TorchBackend("cpu")
    rng = np.random.default_rng(0)
    latent = Latent(rng.standard_normal((1, 4, 72, 16)).astype(np.float32))
    monitor = make_monitor()
    image = own.decode(pocket, latent, monitor)
    encoded = own.encode_image(pocket, image, monitor)
    assert monitor.deviations == [(ModelPart.VAE, {"tile": "512"})] * 2
    assert ["tiles" in text for text in monitor.warnings] == [False, True] * 2
    remembered = make_monitor()
    np.testing.assert_array_equal(own.decode(pocket, latent, remembered).pixels, image.pixels)
    assert remembered.deviations == [(ModelPart.VAE, {"tile": "512"})]
    assert len(remembered.warnings) == 1

    monkeypatch.undo()
    whole = TorchBackend("cpu")
    pixels = whole.decode(pocket, latent, make_monitor()).pixels
    assert np.abs(pixels - image.pixels).mean() < 0.01
    encoded_whole = whole.encode_image(pocket, Image(image.pixels), make_monitor())
    assert np.abs(encoded.samples - encoded_whole.samples).mean() < 0.05


def test_a_small_picture_has_no_tiles_to_be_taken_in(
    pocket: ModelRecipe, short_of_memory: Callable[..., None], monitor: Any
) -> None:
    short_of_memory(Decoder, 2)
    latent = Latent(np.zeros((1, 4, 8, 8), np.float32))
    own = TorchBackend("cpu")
    with pytest.raises(OutOfMemory, match="VAE"):
        own.decode(pocket, latent, monitor)
    assert monitor.deviations == []
    assert own.decode(pocket, latent, monitor).size == (64, 64)


def test_other_errors_are_not_taken_for_want_of_memory(
    pocket: ModelRecipe, short_of_memory: Callable[..., None], request_for: Callable[..., Any], monitor: Any
) -> None:
    def break_down() -> None:
        raise RuntimeError("something else")

    short_of_memory(diffusers.UNet2DConditionModel, 1, fail=break_down)
    with pytest.raises(RuntimeError, match="something else"):
        TorchBackend("cpu").sample(pocket, request_for(steps=1), monitor)
    assert monitor.warnings == []
    assert not is_memory_error(ValueError("out of memory"))


def test_running_out_while_loading_makes_room_too(
    pocket: ModelRecipe, monkeypatch: pytest.MonkeyPatch, monitor: Any
) -> None:
    own = TorchBackend("cpu")
    own.encode_text(pocket, PromptRequest("a panda"), monitor)
    original = diffusers.AutoencoderKL.from_config.__func__
    failures = iter([True])

    def failing(cls: Any, *args: Any, **kwargs: Any) -> Any:
        if next(failures, False):
            raise RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory")
        return original(cls, *args, **kwargs)

    monkeypatch.setattr(diffusers.AutoencoderKL, "from_config", classmethod(failing))
    own.decode(pocket, Latent(np.zeros((1, 4, 8, 8), np.float32)), monitor)
    held = {need.part for _, need, component in own._access.store._entries.values() if component.placed}
    assert held == {Part.VAE}  # the text encoders gave way


def ways(pocket: ModelRecipe, kind: DeviceKind, mode: Mode, part: Part = Part.UNET, side: int = 1024) -> Any:
    """The modes and tiles that a device of some kind would try."""
    placed = Arrangement(detect(), Wishes(device="cpu"), Request()).placed(pocket, part)
    unified = kind in (DeviceKind.CPU, DeviceKind.METAL)
    device = Device(kind, "any", 1, 1, (), (), unified=unified)
    whole = ModelPart.VAE if part is Part.VAE else ModelPart.UNET
    return Call(whole, replace(placed, device=device, mode=mode), size=(1, side, side)).ways


@pytest.mark.parametrize(
    ("kind", "mode", "lighter"),
    [
        (DeviceKind.CUDA, Mode.FULL, [Mode.MODEL_OFFLOAD, Mode.GROUP_OFFLOAD, Mode.SEQUENTIAL]),
        (DeviceKind.CUDA, Mode.RELOAD, [Mode.GROUP_OFFLOAD, Mode.SEQUENTIAL]),
        (DeviceKind.CUDA, Mode.GROUP_OFFLOAD, [Mode.SEQUENTIAL]),
        (DeviceKind.CUDA, Mode.SEQUENTIAL, []),
        (DeviceKind.METAL, Mode.FULL, [Mode.RELOAD, Mode.DISK]),
        (DeviceKind.CPU, Mode.RELOAD, [Mode.DISK]),
        (DeviceKind.CPU, Mode.DISK, []),
    ],
)
def test_the_ladder_of_each_device(
    kind: DeviceKind, mode: Mode, lighter: list[Mode], pocket: ModelRecipe
) -> None:
    assert [way.mode for way in ways(pocket, kind, mode)] == [mode, *lighter]


def test_the_vae_has_tiles_instead(pocket: ModelRecipe) -> None:
    assert ways(pocket, DeviceKind.CUDA, Mode.FULL, Part.VAE) == (Way(Mode.FULL), Way(Mode.FULL, 512))
    assert ways(pocket, DeviceKind.CUDA, Mode.FULL, Part.VAE, side=512) == (Way(Mode.FULL),)


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let so many megabytes of RAM be free."""

    def set_free(megabytes: float) -> None:
        amount = int(megabytes * 1e6)
        monkeypatch.setattr("nodeflow.backends.torch.relief.ram", lambda: Ram(amount, amount))

    return set_free


def test_what_the_computer_cannot_hold_is_decoded_in_tiles_without_trying_it_whole(
    pocket: ModelRecipe, empty: Callable[..., Latent], free: Callable[[float], None], monitor: Any
) -> None:
    free(200)
    TorchBackend("cpu").decode(pocket, empty(640, 640), monitor)
    (warning,) = monitor.warnings
    assert "in tiles of 512 pixels" in warning


def test_what_it_cannot_hold_in_any_way_is_refused_with_what_it_takes(
    pocket: ModelRecipe,
    empty: Callable[..., Latent],
    request_for: Callable[..., Any],
    free: Callable[[float], None],
    monitor: Any,
) -> None:
    free(200)
    with pytest.raises(
        OutOfMemory, match=r"UNet.*: 6000 x 4000 pixels take about 1\.3 GB, and 0\.2 GB are free"
    ):
        TorchBackend("cpu").sample(pocket, request_for(steps=1, latent=empty(4000, 6000)), monitor)
    free(4000)
    assert TorchBackend("cpu").sample(pocket, request_for(steps=1), monitor).size == (128, 128)
