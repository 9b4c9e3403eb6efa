"""What a person at a terminal sees."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from nodeflow.cli.progress import duration

pytestmark = pytest.mark.skipif(os.name == "nt", reason="pseudo-terminals are of POSIX")
TINY = Path(__file__).parents[1] / "data" / "tiny_program.py"


def shown(*arguments: str) -> str:
    """Everything the program writes to a terminal of 80 columns."""
    import pty

    ours, theirs = pty.openpty()
    command = [sys.executable, str(TINY), *arguments]
    environment = {**os.environ, "COLUMNS": "80", "TERM": "xterm"}
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment) as process:
        os.close(theirs)
        chunks = []
        while chunk := _read(ours):
            chunks.append(chunk)
        process.wait()
    os.close(ours)
    return b"".join(chunks).decode()


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # how a closed terminal says that it is over
        return b""


def screen(text: str) -> list[str]:
    """The lines that stay on the screen: carries out the few commands that bars use."""
    lines = [""]
    row = column = 0
    for part in re.findall(r"\x1b\[[?0-9;]*[A-Za-z]|\r|\n|[^\x1b\r\n]+", text):
        if part == "\r":
            column = 0
        elif part == "\n":
            row += 1
            lines += [""] * (row == len(lines))
        elif part.endswith("A") and part[0] == "\x1b":
            row -= int(part[2:-1])
        elif part.endswith("K") and part[0] == "\x1b":
            lines[row] = ""
        elif part[0] != "\x1b":
            lines[row] = lines[row][:column].ljust(column) + part
            column += len(part)
    return [line.rstrip() for line in lines if line.strip()]


def write(**nodes: Any) -> None:
    paint = {"type": "Paint", "inputs": {"steps": 3, "wait": 0.15}}
    Path("apple.json").write_text(json.dumps({"format": 1, "nodes": {"paint": paint, **nodes}}))


def fed(kind: str, feed: str) -> dict[str, Any]:
    return {"type": kind, "inputs": {"image": {"from": f"{feed}.image"}}}


def test_files_and_problems_stand_above_the_bars_each_on_its_line(tmp_path: Path) -> None:
    write(
        warned=fed("Warn", "paint"),
        save=fed("SaveImage", "warned"),
        bad=fed("Fail", "paint"),
        end=fed("SaveImage", "bad"),
    )
    text = shown("run", "apple.json", "--out", "out")
    lines = screen(text)
    assert {"out/" in line for line in lines if line.endswith("_0.png")} == {True}
    assert "warning: warned: this may take long" in lines
    assert "error: bad: RuntimeError: line one line two" in lines
    bars = [line for line in lines if line[0] in "✓✗"]
    ended = [line.split()[:2] for line in bars]
    assert ended[:2] == [["✓", "paint"], ["✓", "warned"]]
    assert sorted(ended[2:]) == [["✓", "save"], ["✗", "bad"]], "writing a picture holds nothing up"
    assert max(map(len, bars)) <= 80
    assert "2/3" in text
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l"), "the cursor is shown again"


def test_an_error_before_the_run_is_one_line_without_bars() -> None:
    write(save=fed("SaveImage", "nobody"))
    assert shown("run", "apple.json").splitlines() == [
        "error: save.image: is linked to 'nobody', and there is no such node"
    ]


@pytest.mark.parametrize(("variable", "coloured"), [("NO_COLOR", False), ("LANG", True)])
def test_colours_are_for_those_who_want_them(
    variable: str, coloured: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv(variable, "C.UTF-8")
    assert ("\x1b[1;31merror:" in shown("run", "none.json")) is coloured


def test_without_a_terminal_only_files_are_printed() -> None:
    write(save=fed("SaveImage", "paint"))
    command = [sys.executable, str(TINY), "run", "apple.json", "--out", "a.png"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("a.png\n", "")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0.0 s"), (9.94, "9.9 s"), (9.96, "10 s"), (59.4, "59 s"), (59.6, "1:00"), (3599.6, "1:00:00")],
)
def test_times_read_well(seconds: float, text: str) -> None:
    assert duration(seconds) == text
