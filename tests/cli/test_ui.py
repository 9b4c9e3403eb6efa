"""`nodeflow ui` where it cannot open a window."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

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
