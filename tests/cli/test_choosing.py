"""Choosing pictures on a terminal, and what happens where there is none."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from nodeflow.cli.choosing import read_choice
from nodeflow.errors import ExitCode
from tests.cli.conftest import TINY, Program

PROMPT = "which go on? (1-3, several as 3, 1) "
WORKFLOW = """{"format": 1, "nodes": {
  "many": {"type": "SolidColor", "inputs": {"width": 64, "height": 64, "batch_size": 3}},
  "choose": {"type": "ChooseImage", "inputs": {"image": {"from": "many.image"}}},
  "save": {"type": "SaveImage", "inputs": {"image": {"from": "choose.image"}}}
}}"""


@pytest.fixture(autouse=True)
def workflow() -> None:
    Path("choose.json").write_text(WORKFLOW)


class Terminal:
    """The program on a terminal, with somebody in front of it."""

    def __init__(self) -> None:
        import pty

        self._ours, theirs = pty.openpty()
        environment = {**os.environ, "COLUMNS": "80", "TERM": "xterm"}
        command = [sys.executable, str(TINY), "run", "choose.json", "--out", "out"]
        self.process = subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True
        )
        os.close(theirs)
        self.text = ""

    def until(self, words: str) -> None:
        """Read until some words are there."""
        while words not in self.text:
            chunk = self._read()
            assert chunk, f"{words!r} never came: {self.text}"
            self.text += chunk

    def quiet(self, seconds: float) -> bool:
        """Whether nothing is written for some time."""
        return not select.select([self._ours], [], [], seconds)[0]

    def type(self, text: str) -> None:
        """Type, once what is there was read."""
        self.text = ""
        os.write(self._ours, text.encode())

    def end(self) -> int:
        """Read the rest; gives the exit code."""
        while chunk := self._read():
            self.text += chunk
        return self.process.wait(60)

    def close(self) -> None:
        """Leave nothing behind."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self._ours)

    def _read(self) -> str:
        try:
            return os.read(self._ours, 65536).decode()
        except OSError:  # how a closed terminal says that it is over
            return ""


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    if os.name == "nt":
        pytest.skip("pseudo-terminals are of POSIX")
    terminal = Terminal()
    yield terminal
    terminal.close()


def test_pictures_are_chosen_on_the_terminal(terminal: Terminal) -> None:
    terminal.until(PROMPT)
    folder = Path(terminal.text.split("3 pictures are in ")[1].split()[0])
    assert sorted(path.name for path in folder.iterdir()) == ["1.png", "2.png", "3.png"]
    assert terminal.quiet(0.5), "nothing is drawn over what is typed"
    terminal.type("4\n")
    terminal.until("write numbers from 1 to 3")
    terminal.until(PROMPT)
    terminal.type("3, 1\n")
    assert terminal.end() == ExitCode.DONE
    assert len(list(Path("out").rglob("*.png"))) == 2
    assert not folder.exists()


def test_the_end_of_input_cancels(terminal: Terminal) -> None:
    terminal.until(PROMPT)
    terminal.type("\x04")
    assert terminal.end() == ExitCode.CANCELLED
    assert "cancelled; 0 files were saved" in terminal.text


def test_an_interrupt_cancels_while_it_waits(terminal: Terminal) -> None:
    terminal.until(PROMPT)
    terminal.process.send_signal(signal.SIGINT)
    assert terminal.end() == ExitCode.CANCELLED


def test_without_a_terminal_one_line_says_what_to_set(tmp_path: Path) -> None:
    command = [sys.executable, str(TINY), "run", "choose.json", "--out", "out"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert done.returncode == ExitCode.NODE_FAILED
    line, *others = done.stderr.splitlines()
    assert line.startswith("error: choose.choice: ")
    assert "Set choice" in line
    assert others == ["warning: save: did not run, because choose failed"]


def test_a_choice_given_on_the_command_line_asks_nobody(tiny: Program) -> None:
    answer = tiny("run", "choose.json", "--set", "choose.choice=3, 1", "--out", "out")
    assert (answer.code, answer.err) == (ExitCode.DONE, "")
    assert len(answer.out.splitlines()) == 2


@pytest.mark.parametrize(
    ("line", "places"),
    [
        ("2\n", (1,)),
        ("3, 1", (2, 0)),
        ("3 1", (2, 0)),
        ("0", ()),
        ("4", ()),
        ("-1", ()),
        ("x", ()),
        ("\n", ()),
    ],
)
def test_lines_are_read_as_people_write_them(line: str, places: tuple[int, ...]) -> None:
    assert read_choice(line, 3) == places
