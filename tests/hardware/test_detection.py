"""What is found on this machine, and on others, whose torch is imitated."""

import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from nodeflow.hardware import DeviceKind, Dtype, HardwareProfile, detect
from nodeflow.hardware.ram import Ram

GIB = 2**30
HALVES = (Dtype.BF16, Dtype.FP16)


def off() -> SimpleNamespace:
    return SimpleNamespace(is_available=lambda: False)


def fake_torch(**parts: Any) -> SimpleNamespace:
    """A torch without accelerators, except for the given parts."""
    mkldnn = SimpleNamespace(_is_mkldnn_bf16_supported=lambda: False)
    defaults: dict[str, Any] = {
        "cuda": off(),
        "xpu": off(),
        "backends": SimpleNamespace(mps=off()),
        "version": SimpleNamespace(hip=None),
        "ops": SimpleNamespace(mkldnn=mkldnn),
        "__version__": "2.9",
    }
    return SimpleNamespace(**{**defaults, **parts})


def cards(*properties: SimpleNamespace) -> SimpleNamespace:
    """`torch.cuda` or `torch.xpu` with these cards, each with 1 of 12 GiB in use."""
    return SimpleNamespace(
        is_available=lambda: True,
        device_count=lambda: len(properties),
        get_device_properties=lambda index: properties[index],
        mem_get_info=lambda index: (11 * GIB, 12 * GIB),
        memory_reserved=lambda index: 2 * GIB,
    )


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What is detected with a given torch."""

    def run(torch: SimpleNamespace) -> HardwareProfile:
        monkeypatch.setattr("nodeflow.hardware.detection.import_module", lambda name: torch)
        return detect()

    return run


def test_this_machine_has_a_cpu_that_never_computes_in_fp16() -> None:
    machine = detect()
    assert machine.cpu.free > 0
    assert Dtype.FP32 in machine.cpu.safe
    assert Dtype.FP16 not in machine.cpu.safe
    assert machine.cpu.unified


def test_without_torch_there_is_a_cpu_and_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr("nodeflow.hardware.detection.import_module", missing)
    machine = detect()
    assert machine.devices == (machine.cpu,)
    assert "torch is not installed" in machine.notes[0]


def test_importing_the_package_does_not_import_torch() -> None:
    code = "import sys, nodeflow.hardware, nodeflow.cli.doctor; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_only_what_torch_may_take_of_a_card_is_free(found: Any) -> None:
    cuda = cards(SimpleNamespace(major=8, name="RTX 3060"))
    cuda.get_per_process_memory_fraction = lambda index: 0.5
    (card,) = found(fake_torch(cuda=cuda)).accelerators
    assert (card.free, card.total) == (4 * GIB, 12 * GIB)  # half of 12, of which torch has 2 already


def test_cuda_cards_are_told_apart_by_age(found: Any) -> None:
    generations = [(6, "GTX 1080"), (7, "RTX 2080"), (7, "GTX 1660"), (8, "RTX 3060"), (9, "H100")]
    properties = [SimpleNamespace(name=name, major=major, minor=0) for major, name in generations]
    machine = found(fake_torch(cuda=cards(*properties)))
    fast = [device.fast for device in machine.accelerators]
    assert fast == [(), (Dtype.FP16,), (), HALVES, HALVES]
    safe_in_fp16 = [Dtype.FP16 in device.safe for device in machine.accelerators]
    assert safe_in_fp16 == [True, True, False, True, True]
    assert machine.accelerators[3].address == "cuda:3"
    assert (machine.accelerators[0].free, machine.accelerators[0].total) == (11 * GIB, 12 * GIB)


def test_rocm_answers_to_cudas_name(found: Any) -> None:
    old = SimpleNamespace(name="RX 6800", gcnArchName="gfx1030")
    new = SimpleNamespace(name="RX 7900 XT", gcnArchName="gfx1100")
    machine = found(fake_torch(cuda=cards(old, new), version=SimpleNamespace(hip="6.2")))
    assert [device.kind for device in machine.accelerators] == [DeviceKind.ROCM] * 2
    assert [device.fast for device in machine.accelerators] == [(Dtype.FP16,), HALVES]
    assert machine.accelerators[1].address == "cuda:1"


def test_intels_cards_and_shared_graphics_are_told_apart(found: Any) -> None:
    names = (
        "Intel(R) Arc(TM) A770 Graphics",
        "Intel(R) Arc(TM) Graphics",
        "Intel(R) Arc(TM) 140V GPU (16GB)",
    )
    xpu = cards(*(SimpleNamespace(name=name, total_memory=12 * GIB) for name in names))
    machine = found(fake_torch(xpu=xpu))
    assert [device.unified for device in machine.accelerators] == [False, True, True]
    assert machine.accelerators[0].free == 11 * GIB


def test_where_intels_free_memory_is_unknown_what_torch_reserved_is_taken_off(found: Any) -> None:
    xpu = cards(SimpleNamespace(name="Arc B580", total_memory=12 * GIB))
    del xpu.mem_get_info
    assert found(fake_torch(xpu=xpu)).accelerators[0].free == 10 * GIB


def test_metal_shares_the_memory(found: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nodeflow.hardware.detection.ram", lambda: Ram(16 * GIB, 9 * GIB))
    backends = SimpleNamespace(mps=SimpleNamespace(is_available=lambda: True))
    mps = SimpleNamespace(driver_allocated_memory=lambda: GIB)
    (device,) = found(fake_torch(backends=backends, mps=mps)).accelerators
    assert (device.address, device.unified, device.fast) == ("mps", True, (Dtype.FP16,))
    assert device.total == 16 * GIB * 2 // 3
    assert device.free == 9 * GIB


@pytest.mark.parametrize("capable", [True, False])
def test_bf16_on_a_cpu_needs_instructions_for_it(found: Any, capable: bool) -> None:
    mkldnn = SimpleNamespace(_is_mkldnn_bf16_supported=lambda: capable)
    cpu = found(fake_torch(ops=SimpleNamespace(mkldnn=mkldnn))).cpu
    assert (Dtype.BF16 in cpu.safe) is capable
    assert (Dtype.BF16 in cpu.fast) is capable


def test_a_torch_without_that_test_means_no_bf16(found: Any) -> None:
    assert found(fake_torch(ops=SimpleNamespace())).cpu.fast == (Dtype.FP32,)
