"""Processes of its own, with a Python beside it and in the stand-alone program."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from nodeflow import standalone
from nodeflow.hardware import HardwareProfile
from nodeflow.standalone import command_for, packages_folder


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start as the stand-alone program does, without leaving anything changed."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    for name in ("LD_LIBRARY_PATH", "LD_LIBRARY_PATH_ORIG"):
        monkeypatch.setenv(name, "/bundle")


def test_another_process_finds_modules_where_this_one_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "echoing.py").write_text("def say(*words): print(*words)\n")
    monkeypatch.syspath_prepend(tmp_path)
    done = subprocess.run(
        command_for("echoing:say", "two words", "more"), capture_output=True, text=True, check=True
    )
    assert done.stdout == "two words more\n"


def test_another_process_tells_what_the_machine_has() -> None:
    command = command_for("nodeflow.hardware.detection:tell")
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert HardwareProfile.from_json(done.stdout).devices


@pytest.mark.usefixtures("start")
def test_the_stand_alone_program_calls_what_it_is_started_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    packages = packages_folder()
    packages.mkdir(parents=True)
    (packages / "greeting.py").write_text("def greet(name): print('hello', name)\n")
    program, *arguments = command_for("greeting:greet", "you")
    assert program == sys.executable
    monkeypatch.setattr(sys, "argv", ["nodeflow", *arguments])
    standalone.main()
    assert capsys.readouterr().out == "hello you\n"


@pytest.mark.usefixtures("start")
@pytest.mark.parametrize("before", ["", "/opt/lib"])
def test_programs_of_the_system_get_the_systems_libraries(
    before: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", before)
    monkeypatch.setattr(sys, "argv", ["nodeflow", standalone.CALL, "os:getpid"])
    standalone.main()
    assert os.environ.get("LD_LIBRARY_PATH", "") == before
