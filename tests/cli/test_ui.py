"""`nodeflow ui` where it cannot open a window."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from nodeflow.cli.main import app
from nodeflow.errors import UsageError
from ui import SCREENS, main


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other platforms always have a screen")
def test_without_a_screen_it_says_so_in_one_line() -> None:
    environment = {key: value for key, value in os.environ.items() if key not in SCREENS}
    command = [sys.executable, "-m", "nodeflow.cli.main", "ui"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == "error: the editor needs a screen. nodeflow run WORKFLOW needs none\n"


def test_without_qt_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.find_spec", lambda name: None)
    with pytest.raises(UsageError, match="needs Qt") as error:
        main()
    assert error.value.advice == "Install it with: pip install 'nodeflow[ui]'"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other platforms always have a screen")
def test_the_name_alone_shows_the_help_and_one_line_where_there_is_no_screen() -> None:
    environment = {key: value for key, value in os.environ.items() if key not in SCREENS}
    command = [sys.executable, "-m", "nodeflow.cli.main"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stdout.startswith("Usage: ")
    assert "doctor" in done.stdout
    assert done.stderr == "error: the editor needs a screen. nodeflow run WORKFLOW needs none\n"


def test_the_name_alone_opens_the_editor(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[tuple[str, ...]] = []

    def open_editor(files: tuple[str, ...]) -> int:
        opened.append(tuple(files))
        return 0

    monkeypatch.setattr("ui.main", open_editor)
    assert app([], standalone_mode=False) == 0
    assert opened == [()]
