import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from nodeflow.cli.doctor import run_doctor
from nodeflow.errors import ExitCode, MissingFile, UsageError
from nodeflow.hardware import KNOWN_SDXL, HardwareProfile, Quality, Wishes, place


@pytest.fixture
def profile_of(machines: Mapping[str, HardwareProfile], tmp_path: Path) -> Mapping[str, Path]:
    """A profile file for each machine."""
    files = {}
    for name, machine in machines.items():
        files[name] = tmp_path / f"{name}.json"
        files[name].write_text(machine.to_json())
    return files


def test_the_report_fits_on_one_screen(
    profile_of: Mapping[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    for file in profile_of.values():
        assert run_doctor(file, "", as_json=False) is ExitCode.DONE
        lines = capsys.readouterr().out.splitlines()
        assert sum(len(line) // 100 + 1 for line in lines) <= 28


def test_the_report_says_what_where_and_why(
    profile_of: Mapping[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    run_doctor(profile_of["CUDA 8 GB"], "", as_json=False)
    text = capsys.readouterr().out
    assert "SDXL base, 1 picture of 1024 x 1024, quality 'balanced'" in text
    assert "UNet                      5.13 GB  cuda:0   bf16                waits in RAM" in text
    assert "of free cuda:0" in text
    assert "Keeping all parts on cuda:0 would take" in text
    assert "Nobody has run" not in text
    assert "What would change it" in text


def test_json_holds_the_whole_decision(
    machines: Mapping[str, HardwareProfile],
    profile_of: Mapping[str, Path],
    capsys: pytest.CaptureFixture[str],
) -> None:
    run_doctor(profile_of["2 x CUDA 12 GB"], "", as_json=True)
    text = capsys.readouterr().out
    assert HardwareProfile.from_json(text) == machines["2 x CUDA 12 GB"]
    assert json.loads(text)["placement"] == place(machines["2 x CUDA 12 GB"], KNOWN_SDXL).to_json()


def test_this_machine_and_a_checkpoint_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_doctor(None, "pocket", as_json=True, refiner="pocket-refiner", size=(256, 256, 1)) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["checkpoint"] == "pocket with pocket-refiner"
    assert {component["model"] for component in document["placement"]["components"]} == {"base", "refiner"}


def test_what_does_not_fit_shows_in_the_exit_code(profile_of: Mapping[str, Path]) -> None:
    code = run_doctor(
        profile_of["CPU 8 GB"], "", False, wishes=Wishes(quality=Quality.EXACT), size=(8192, 8192, 1)
    )
    assert code is ExitCode.OUT_OF_MEMORY


def test_unknown_devices_and_missing_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no device 'cuda:7'"):
        run_doctor(None, "", False, wishes=Wishes(device="cuda:7"))
    with pytest.raises(MissingFile, match="cannot be read"):
        run_doctor(tmp_path / "gone.json", "", False)
