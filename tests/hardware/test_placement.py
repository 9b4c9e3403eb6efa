"""What is decided for machines as people have them, with the sizes of the real SDXL."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from nodeflow.errors import UsageError
from nodeflow.hardware import (
    KNOWN_REFINER,
    KNOWN_SDXL,
    Dtype,
    HardwareProfile,
    Mode,
    Model,
    Part,
    Placed,
    Placement,
    Quality,
    Request,
    place,
)

GOLDEN = Path(__file__).with_name("placements.txt").read_text("utf-8")


def _rows(text: str) -> Iterator[tuple[Quality, tuple[str, ...]]]:
    """The rows of the golden table, each with the quality above it."""
    quality = Quality.EXACT
    for line in text.splitlines():
        if line.startswith("["):
            quality = Quality(line.strip("[]"))
        elif "|" in line and not line.startswith("machine "):
            yield quality, tuple(cell.strip() for cell in line.split("|"))


ROWS = [pytest.param(quality, row, id=f"{quality}: {row[0]}") for quality, row in _rows(GOLDEN)]
Machines = Mapping[str, HardwareProfile]
MakeMachine = Callable[..., HardwareProfile]


def cell(placed: Placed) -> str:
    """A component's row in the table: device, precision, what it is kept in if different, mode."""
    kept = "" if placed.weights is placed.dtype else f"/{placed.weights}"
    return f"{placed.device.address} {placed.dtype}{kept} {placed.mode}"


@pytest.mark.parametrize(("quality", "row"), ROWS)
def test_the_decision_for_a_machine(machines: Machines, quality: Quality, row: tuple[str, ...]) -> None:
    name, encoders, unet, vae, peaks = row
    placement = place(machines[name], KNOWN_SDXL, Request(quality=quality))
    tiled = " tiled" if placement.vae_tile else ""
    assert cell(placement.of(Part.TEXT_ENCODER)) == encoders
    assert cell(placement.of(Part.TEXT_ENCODER_2)) == encoders
    assert cell(placement.of(Part.UNET)) == unet
    assert cell(placement.of(Part.VAE)) + tiled == vae
    assert " ".join(f"{peak.bytes / 2**30:.1f}" for peak in placement.peaks) == peaks
    assert placement.fits


def test_the_table_covers_every_machine(machines: Machines) -> None:
    for quality in Quality:
        assert [name for listed, (name, *_) in _rows(GOLDEN) if listed is quality] == list(machines)


REASONS = {
    "CUDA 4 GB": ("So the UNet's layers come from RAM", "Text is encoded on the CPU", "in tiles of 512"),
    "CUDA 8 GB": ("all parts on cuda:0 would take", "each part moves from RAM to cuda:0 for its turn"),
    "CUDA 24 GB": ("There is room enough on cuda:0", "The VAE stays in fp32."),
    "2 x CUDA 12 GB": ("the UNet runs on cuda:0, the rest on cuda:1",),
    "Metal 16 GB": ("room enough on mps", "head by head", "in fp16 it would overflow"),
    "CPU 32 GB": ("room enough on cpu", "It computes in fp32: this CPU has nothing faster."),
    "CPU 32 GB with bf16": ("This CPU has instructions for bf16.",),
}


@pytest.mark.parametrize("name", REASONS)
def test_the_reason_in_plain_words(machines: Machines, name: str) -> None:
    placement = place(machines[name], KNOWN_SDXL)
    for words in REASONS[name]:
        assert words in placement.reason


def test_what_would_change_it_is_true(make_machine: MakeMachine) -> None:
    machine = make_machine(8)
    before = place(machine, KNOWN_SDXL)
    assert before.changes[0] == "With 1.5 GB more free memory on cuda:0, all parts stay loaded."
    assert "With quality 'fast', all parts stay loaded with the UNet in 8 bits." in before.changes
    card, cpu = machine.devices
    larger = replace(card, free=card.free + int(1.45 * 2**30))
    assert place(HardwareProfile((larger, cpu), 8), KNOWN_SDXL).of(Part.UNET).mode is Mode.FULL
    fast = place(machine, KNOWN_SDXL, Request(quality=Quality.FAST))
    assert fast.of(Part.UNET).mode is Mode.FULL


def test_the_fastest_arrangement_has_nothing_to_wish_for(machines: Machines) -> None:
    assert place(machines["CUDA 24 GB"], KNOWN_SDXL).changes == ()


def test_what_cannot_fit_says_so(make_machine: MakeMachine) -> None:
    placement = place(make_machine(ram=8), KNOWN_SDXL, Request(8192, 8192, batch=4, quality=Quality.EXACT))
    assert not placement.fits
    assert placement.reason.startswith("This does not fit:")
    assert any(peak.bytes > peak.free for peak in placement.peaks)
    assert placement.changes


def unets(placement: Placement) -> list[str]:
    return [placement.of(Part.UNET, model).device.address for model in Model]


def test_two_cards_keep_base_and_refiner_apart(make_machine: MakeMachine) -> None:
    placement = place(make_machine(12, 12), KNOWN_SDXL + KNOWN_REFINER)
    assert unets(placement) == ["cuda:0", "cuda:1"]
    assert {placed.mode for placed in placement.components} == {Mode.FULL}
    assert "the base runs on cuda:0, the refiner on cuda:1" in placement.reason


def test_one_card_holds_base_and_refiner_in_turn(make_machine: MakeMachine) -> None:
    placement = place(make_machine(8), KNOWN_SDXL + KNOWN_REFINER)
    assert unets(placement) == ["cuda:0", "cuda:0"]
    assert placement.of(Part.UNET, Model.REFINER).mode is Mode.MODEL_OFFLOAD


def test_what_models_share_is_counted_once(make_machine: MakeMachine) -> None:
    machine = make_machine(24)
    alike = [replace(size, source="the same") for size in KNOWN_SDXL]
    again = [replace(size, source="the same", model=Model.REFINER) for size in KNOWN_SDXL]
    assert place(machine, alike + again).peaks == place(machine, alike).peaks


def test_a_refiner_alone_is_placed_like_any_model(make_machine: MakeMachine) -> None:
    placement = place(make_machine(12), KNOWN_REFINER)
    assert placement.of(Part.UNET, Model.REFINER).mode is Mode.FULL
    with pytest.raises(KeyError):
        placement.of(Part.TEXT_ENCODER, Model.REFINER)


def test_batches_are_decoded_one_by_one(make_machine: MakeMachine) -> None:
    assert place(make_machine(24), KNOWN_SDXL, Request(batch=4)).vae_slicing
    assert not place(make_machine(24), KNOWN_SDXL).vae_slicing


def test_only_what_ran_is_called_tried(machines: Machines) -> None:
    untried = [name for name, machine in machines.items() if place(machine, KNOWN_SDXL).untried]
    by_disk = ["CUDA 4 GB, RAM 8"]
    assert untried == by_disk + [name for name in machines if name.startswith(("ROCm", "XPU", "Metal"))]


def test_an_fp16_safe_vae_may_run_in_fp16_when_speed_counts(machines: Machines) -> None:
    fixed = [replace(size, fp16_safe=True) for size in KNOWN_SDXL]
    request = Request(quality=Quality.FAST)
    assert place(machines["Metal 32 GB"], fixed, request).of(Part.VAE).dtype is Dtype.FP16
    assert place(machines["Metal 32 GB"], KNOWN_SDXL, request).of(Part.VAE).dtype is Dtype.FP32


def test_the_user_decides_if_he_wants(make_machine: MakeMachine) -> None:
    machine = make_machine(24, 8)
    chosen = Request(device="cuda:1", dtype=Dtype.FP16, mode=Mode.SEQUENTIAL, eight_bit=True)
    unet = place(machine, KNOWN_SDXL, chosen).of(Part.UNET)
    assert unet.device.address == "cuda:1"
    assert (unet.dtype, unet.weights, unet.mode) == (Dtype.FP16, Dtype.FP8, Mode.SEQUENTIAL)
    on_cpu = place(machine, KNOWN_SDXL, Request(device="cpu"))
    assert {placed.device.address for placed in on_cpu.components} == {"cpu"}


IMPOSSIBLE = {
    "a CPU computes fp16 20 to 40 times slower": Request(dtype=Dtype.FP16, device="cpu"),
    "there is no device 'cuda:7'": Request(device="cuda:7"),
    "the mode 'model_offload' cannot be had on cpu": Request(device="cpu", mode=Mode.MODEL_OFFLOAD),
}


@pytest.mark.parametrize("words", IMPOSSIBLE)
def test_wishes_that_nothing_can_fulfil_are_refused(make_machine: MakeMachine, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        place(make_machine(12), KNOWN_SDXL, IMPOSSIBLE[words])


def test_metal_has_no_8_bit_weights(machines: Machines) -> None:
    with pytest.raises(UsageError, match="8-bit weights cannot be had on mps"):
        place(machines["Metal 32 GB"], KNOWN_SDXL, Request(eight_bit=True, device="mps"))


def test_there_is_no_picture_of_no_pixels() -> None:
    with pytest.raises(UsageError, match="at least 1"):
        Request(width=0)
