"""A light start: what the window imports until it is painted, and what it costs."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QIcon

from nodeflow.folders import ICON

HEAVY = {"torch", "diffusers", "transformers", "accelerate", "peft", "onnxruntime"}
LATER = {"pydantic", "networkx", "numpy", "PIL", "rapidfuzz", "nodes", "ui.canvas", "ui.document.session"}
SECONDS = 0.6
"""Of processor time until the first paint, on a machine that counts to three million in 0.15 s."""

SCRIPT = """
import json, sys, time
from ui import app as program

app = program.make_application()
window = program.make_window(app)
told = {}

def painted():
    told["seconds"] = time.process_time()
    told["painted"] = sorted(sys.modules)

def loaded():
    told["loaded"] = sorted(sys.modules)
    told["page"] = window.pages.currentWidget() is window.pages.start
    window.close()
    print(json.dumps(told))

window.painted.connect(painted)
window.loaded.connect(loaded)
app.exec()
"""


def start(home: Path) -> dict[str, object]:
    """Start the program in a process of its own and hear what it says about its first paint."""
    folders = {name: str(home / name) for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")}
    environment = {**os.environ, **folders, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", SCRIPT]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=60)
    told: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return told


def slowness() -> float:
    """How much slower this machine is now than one that counts to three million in 0.15 s; at least 1."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    count = "n = 0\nfor i in range(3_000_000): n += i"
    subprocess.run([sys.executable, "-c", count], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return max(1.0, (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / 0.15)


def test_nothing_heavy_is_imported_for_the_window(tmp_path: Path) -> None:
    told = start(tmp_path)
    assert told["page"], "nothing was open, so the start page is shown"
    painted, loaded = told["painted"], told["loaded"]
    assert isinstance(painted, list)
    assert isinstance(loaded, list)
    assert "PySide6.QtWidgets" in painted
    assert not (HEAVY | LATER) & set(painted)
    assert "ui.canvas.canvas" in loaded
    assert not HEAVY & set(loaded)


def test_the_first_paint_costs_little_processor_time(tmp_path: Path) -> None:
    tries = []
    for _ in range(5):
        limit = SECONDS * slowness()
        seconds = start(tmp_path)["seconds"]
        assert isinstance(seconds, float)
        tries.append(seconds / limit)
        if tries[-1] < 1:
            return
    pytest.fail(f"the best of five took {min(tries):.2f} of the time allowed")


@pytest.mark.parametrize("side", [16, 256])
@pytest.mark.usefixtures("qapp")
def test_the_program_has_an_icon_at_all_sizes(side: int) -> None:
    image = QIcon(str(ICON)).pixmap(side, side).toImage()
    assert image.pixelColor(side // 2, side // 4).alpha() == 255
    assert image.pixelColor(0, 0).alpha() == 0
