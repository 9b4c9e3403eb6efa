import os
from pathlib import Path

import pytest

from nodeflow.hardware.ram import Ram, cores, ram

MIB = 2**20


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    """A Linux with 8,000 MiB of memory, 6,000 of them available."""
    folder = tmp_path / "proc"
    (folder / "self").mkdir(parents=True)
    (folder / "meminfo").write_text(f"MemTotal: {8000 * 1024} kB\nMemAvailable: {6000 * 1024} kB\n")
    return folder


def group(folder: Path, **files: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)


def test_without_control_groups_the_machine_counts(proc: Path, tmp_path: Path) -> None:
    assert ram(proc, tmp_path) == Ram(8000 * MIB, 6000 * MIB)


def test_the_limit_of_a_container_counts(proc: Path, tmp_path: Path) -> None:
    (proc / "self" / "cgroup").write_text("0::/box\n")
    used = {"memory__current": str(1500 * MIB), "memory__stat": f"anon 1\ninactive_file {500 * MIB}\n"}
    group(tmp_path / "box", memory__max=str(4000 * MIB), **used)
    assert ram(proc, tmp_path) == Ram(4000 * MIB, 3000 * MIB)


def test_a_limit_around_an_unlimited_group_counts(proc: Path, tmp_path: Path) -> None:
    (proc / "self" / "cgroup").write_text("0::/slice/box\n")
    group(tmp_path / "slice" / "box", memory__max="max", memory__current="1")
    group(tmp_path / "slice", memory__max=str(2000 * MIB), memory__current="0")
    assert ram(proc, tmp_path) == Ram(2000 * MIB, 2000 * MIB)


def test_inside_a_container_the_visible_root_counts(proc: Path, tmp_path: Path) -> None:
    (proc / "self" / "cgroup").write_text("0::/a/path/of/the/host\n")
    group(tmp_path, memory__max=str(1000 * MIB), memory__current="0")
    assert ram(proc, tmp_path).total == 1000 * MIB


def test_control_groups_of_version_1_count(proc: Path, tmp_path: Path) -> None:
    (proc / "self" / "cgroup").write_text("9:cpu:/x\n4:memory:/box\n0::/\n")
    files = {"memory__limit_in_bytes": str(3000 * MIB), "memory__usage_in_bytes": str(1000 * MIB)}
    group(tmp_path / "memory" / "box", **files)
    assert ram(proc, tmp_path) == Ram(3000 * MIB, 2000 * MIB)


def test_a_group_beyond_its_limit_has_nothing_left(proc: Path, tmp_path: Path) -> None:
    (proc / "self" / "cgroup").write_text("0::/\n")
    group(tmp_path, memory__max=str(100 * MIB), memory__current=str(120 * MIB))
    assert ram(proc, tmp_path).available == 0


def test_other_systems_are_asked_in_their_own_way(tmp_path: Path) -> None:
    elsewhere = ram(tmp_path / "none", tmp_path)
    assert 0 < elsewhere.available <= elsewhere.total


def test_without_psutil_posix_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr("nodeflow.hardware.ram.import_module", missing)
    expected = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    assert ram(tmp_path / "none", tmp_path) == Ram(expected, expected // 2)


def test_this_machine_has_memory_and_cores() -> None:
    here = ram()
    assert 0 < here.available <= here.total
    assert 1 <= cores() <= (os.cpu_count() or 1)
