"""The plug is pulled on the real program; at the next start the canvas is there, to the last edit."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from nodeflow.document.files import find_workflow, load_workflow
from tests.journeys.hand import Hand
from ui.document.recovery import recover


@contextmanager
def program(home: Path, *files: str) -> Iterator[subprocess.Popen[bytes]]:
    """The program as users start it, in folders of its own."""
    folders = {name: str(home / name) for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")}
    command = [sys.executable, "-m", "nodeflow.cli.main", "ui", *files]
    with subprocess.Popen(command, env={**os.environ, **folders}) as process:
        try:
            yield process
        finally:
            process.kill()


def window_of(process: subprocess.Popen[bytes], qtbot: QtBot, title: str) -> None:
    """Wait until the program's window shows something, and bring it to the front."""
    find = ["xdotool", "search", "--onlyvisible", "--name", title]
    qtbot.waitUntil(
        lambda: subprocess.run(find, capture_output=True, check=False).returncode == 0, timeout=30_000
    )
    subprocess.run([*find, "windowactivate"], check=True)
    qtbot.wait(700)
    assert process.poll() is None


def journals(home: Path) -> list[Path]:
    return list(home.glob("**/*.journal"))


@pytest.mark.parametrize("wait", [0.0, 0.4])
def test_nothing_is_lost(qtbot: QtBot, hand: Hand, tmp_path: Path, wait: float) -> None:
    path = Path(shutil.copy(find_workflow("text_to_image"), tmp_path / "apple.json"))
    with program(tmp_path, str(path)) as running:
        window_of(running, qtbot, "apple")
        hand.key("ctrl+a", "ctrl+d")
        for words in ("empty latent", "sampler", "vae decode"):
            hand.key("Tab")
            hand.rest(400)
            hand.type(words)
            hand.key("Return")
            hand.rest(300)
        time.sleep(wait)
        running.send_signal(signal.SIGKILL)
    assert load_workflow(path) == load_workflow(path).at(path), "the file is whole"
    assert len(load_workflow(path).nodes) == 7
    (found,) = recover(journals(tmp_path)[0].parent)
    assert len(found.workflow.nodes) == 17

    with program(tmp_path) as running:
        window_of(running, qtbot, "Unsaved work")
        hand.key("Return")
        window_of(running, qtbot, "apple")
        hand.key("ctrl+s")
        qtbot.waitUntil(lambda: len(load_workflow(path).nodes) == 17, timeout=10_000)
        hand.key("ctrl+q")
        assert running.wait(10) == 0
    assert load_workflow(path).nodes == found.workflow.nodes
    assert not journals(tmp_path)
