"""The profile that planning uses: torch is never imported for it in this process."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from nodeflow.hardware import HardwareProfile, detect, remembered

WITHOUT_TORCH = """
import sys
from pathlib import Path
from nodeflow.hardware import machine
print(machine(Path(sys.argv[1])).to_json())
assert "torch" not in sys.modules
"""


def test_a_build_for_the_cpu_needs_no_torch_and_finds_the_same(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_TORCH, str(tmp_path)], capture_output=True, text=True, check=True
    )
    found, looked = HardwareProfile.from_json(done.stdout), detect()
    assert [(d.address, d.fast, d.safe) for d in found.devices] == [
        (d.address, d.fast, d.safe) for d in looked.devices
    ]


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch, machines: Mapping[str, HardwareProfile]) -> list[int]:
    """A machine with a card, as torch would find it; counts how often it is looked at."""
    count: list[int] = []

    def look() -> HardwareProfile:
        count.append(1)
        return machines["CUDA 8 GB"]

    monkeypatch.delitem(sys.modules, "torch", raising=False)
    monkeypatch.setattr(remembered, "_torch_build", lambda: "2.13.0+cu130")
    monkeypatch.setattr(remembered, "_look", look)
    monkeypatch.setattr(remembered, "_cuda_free", lambda: [3 * 2**30])
    return count


def test_accelerators_are_looked_at_once(looks: list[int], tmp_path: Path) -> None:
    first, second = (remembered.machine(tmp_path / "new") for _ in range(2))
    assert (first.accelerators, len(looks)) == (second.accelerators, 1)


def test_free_memory_is_asked_anew(looks: list[int], tmp_path: Path) -> None:
    (card,) = remembered.machine(tmp_path).accelerators
    assert card.free == 3 * 2**30 < card.total


@pytest.mark.parametrize(
    "damage", ["", "{", "[]", '{"identity": 1}', '{"identity": "IDENTITY", "profile": {}}']
)
def test_a_damaged_memory_is_looked_at_again(looks: list[int], tmp_path: Path, damage: str) -> None:
    remembered.machine(tmp_path)
    file = tmp_path / "hardware-1.json"
    identity = json.loads(file.read_text())["identity"]
    file.write_text(damage.replace("IDENTITY", identity))
    remembered.machine(tmp_path)
    assert len(looks) == 2


def test_another_torch_is_looked_at_again(
    looks: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remembered.machine(tmp_path)
    monkeypatch.setattr(remembered, "_torch_build", lambda: "2.14.0+cu130")
    remembered.machine(tmp_path)
    assert len(looks) == 2


def test_where_nothing_can_be_written_it_still_answers(looks: list[int], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert remembered.machine(tmp_path / "file" / "folder").accelerators
    assert looks
