from collections.abc import Mapping
from pathlib import Path

import pytest

from nodeflow.errors import MissingFile, UsageError
from nodeflow.hardware import Device, DeviceKind, Dtype, HardwareProfile, read_profile

CPU = Device(DeviceKind.CPU, "a CPU", 8, 4, (Dtype.FP32,), (Dtype.FP32,), unified=True)


def test_every_profile_survives_being_written_down(machines: Mapping[str, HardwareProfile]) -> None:
    for machine in machines.values():
        assert HardwareProfile.from_json(machine.to_json()) == machine


def test_a_profile_is_read_out_of_what_doctor_prints() -> None:
    machine = HardwareProfile((CPU,), 2)
    assert HardwareProfile.from_json(f'{{"profile": {machine.to_json()}, "placement": {{}}}}') == machine


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"devices": [], "cores": 1}', '{"devices": 3, "cores": 1}']
)
def test_what_is_no_profile_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="hardware profile"):
        HardwareProfile.from_json(text)


def test_a_missing_profile_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingFile, match="gone"):
        read_profile(tmp_path / "gone.json")


def test_a_machine_has_exactly_one_cpu() -> None:
    with pytest.raises(UsageError, match="exactly one CPU"):
        HardwareProfile((CPU, CPU), 2)


def test_devices_are_addressed_as_torch_does() -> None:
    addresses = [
        Device(kind, "x", 1, 1, (), (Dtype.FP32,), index=1).address
        for kind in (DeviceKind.CUDA, DeviceKind.ROCM, DeviceKind.XPU, DeviceKind.METAL, DeviceKind.CPU)
    ]
    assert addresses == ["cuda:1", "cuda:1", "xpu:1", "mps", "cpu"]
