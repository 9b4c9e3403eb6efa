"""What holds for every machine and request."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from nodeflow.hardware import (
    KNOWN_REFINER,
    KNOWN_SDXL,
    ComponentSize,
    Device,
    DeviceKind,
    Dtype,
    HardwareProfile,
    Mode,
    Part,
    Placement,
    Quality,
    Request,
    place,
)

GIB = 2**30
FEW: Any = {"deadline": None, "max_examples": 60}
HALVES = (Dtype.BF16, Dtype.FP16)
DTYPES = [(HALVES, (*HALVES, Dtype.FP32)), ((), (Dtype.FP16, Dtype.FP32)), ((), (Dtype.FP32,))]

memory = st.integers(0, 48 * GIB)


@st.composite
def machines(draw: st.DrawFn) -> HardwareProfile:
    """A machine with up to two cards, or with graphics that share the RAM."""
    cards: list[Device] = [_accelerator(draw, index) for index in range(draw(st.integers(0, 2)))]
    if cards and draw(st.sampled_from([True, False])):
        cards = [replace(cards[0], kind=DeviceKind.METAL, unified=True)]
    dtypes = draw(st.sampled_from([(Dtype.FP32,), (Dtype.BF16, Dtype.FP32)]))
    free = draw(memory)
    cpu = Device(DeviceKind.CPU, "a CPU", free, free, dtypes, dtypes, unified=True)
    return HardwareProfile((*cards, cpu), 4)


def _accelerator(draw: st.DrawFn, index: int) -> Device:
    kind = draw(st.sampled_from([DeviceKind.CUDA, DeviceKind.ROCM, DeviceKind.XPU]))
    fast, safe = draw(st.sampled_from(DTYPES))
    free = draw(memory)
    return Device(kind, "a card", free, free, fast, safe, index + 2 * (kind is DeviceKind.ROCM))


requests = st.builds(
    Request,
    width=st.integers(1, 40).map(lambda n: n * 64),
    height=st.integers(1, 40).map(lambda n: n * 64),
    batch=st.integers(1, 4),
    guided=st.booleans(),
    quality=st.sampled_from(Quality),
)
Model = tuple[ComponentSize, ...]
models = st.sampled_from([KNOWN_SDXL, KNOWN_SDXL + KNOWN_REFINER])


def with_more(machine: HardwareProfile, extra: list[int]) -> HardwareProfile:
    devices = zip(machine.devices, extra, strict=False)
    return replace(machine, devices=tuple(replace(d, free=d.free + more) for d, more in devices))


def slowness(placement: Placement) -> tuple[bool, int]:
    """Whether the UNet runs on the CPU, and how slow its mode is."""
    unet = placement.of(Part.UNET)
    return unet.device.kind is DeviceKind.CPU, list(Mode).index(unet.mode)


@settings(**FEW)
@given(machines(), models, requests, st.lists(memory, min_size=3, max_size=3))
def test_more_memory_never_gives_a_slower_mode(
    machine: HardwareProfile, model: Model, request: Request, extra: list[int]
) -> None:
    before, after = (place(m, model, request) for m in (machine, with_more(machine, extra)))
    if before.fits:
        assert after.fits
        assert after.rank <= before.rank
        assert slowness(after) <= slowness(before)


@settings(**FEW)
@given(machines(), models, requests)
def test_what_fits_leaves_a_tenth_of_the_memory_free(
    machine: HardwareProfile, model: Model, request: Request
) -> None:
    placement = place(machine, model, request)
    within = all(peak.bytes <= 0.9 * peak.free for peak in placement.peaks)
    assert within is placement.fits
    assert placement.reason.startswith("This does not fit") is not placement.fits


@settings(**FEW)
@given(machines(), models, requests)
def test_precision_is_safe_everywhere_and_never_fp16_on_a_cpu(
    machine: HardwareProfile, model: Model, request: Request
) -> None:
    for placed in place(machine, model, request).components:
        assert placed.dtype in placed.device.safe
        if placed.device.kind is DeviceKind.CPU:
            assert Dtype.FP16 not in (placed.dtype, placed.weights)
        if request.quality is Quality.EXACT:
            assert placed.dtype is placed.weights is Dtype.FP32
        if placed.size.part is Part.VAE and request.quality is not Quality.FAST:
            assert placed.dtype is Dtype.FP32


@settings(**FEW)
@given(machines(), models, requests)
def test_placing_is_pure_and_complete(machine: HardwareProfile, model: Model, request: Request) -> None:
    placement = place(machine, model, request)
    assert placement == place(HardwareProfile.from_json(machine.to_json()), model, request)
    assert [placed.size for placed in placement.components] == [s for s in model if s.part.has_weights]
    if request.quality is Quality.EXACT:
        assert placement.vae_tile is None


@settings(**FEW)
@given(machines(), requests)
def test_a_smaller_picture_is_never_slower(machine: HardwareProfile, request: Request) -> None:
    smaller = replace(request, width=max(request.width // 2, 1), batch=1)
    before, after = (place(machine, KNOWN_SDXL, r) for r in (request, smaller))
    if before.fits:
        assert slowness(after) <= slowness(before)
