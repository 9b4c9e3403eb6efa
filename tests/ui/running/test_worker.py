"""The editor as it is delivered: a worker process runs the bundled model."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ui.app import make_runner
from ui.canvas.status import Phase
from ui.window.testing import folders_in, open_window

HEAVY = {"torch", "diffusers", "transformers"}


@pytest.mark.full
def test_a_worker_process_paints_the_template(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("config", "cache", "output"):
        monkeypatch.setenv(f"NODEFLOW_{name.upper()}_DIR", str(getattr(folders_in(tmp_path), name)))
    heavy = HEAVY & sys.modules.keys()
    with open_window(tmp_path, make_runner=make_runner) as window:
        window.documents.open_template("text_to_image")
        editing = window.editing
        assert editing is not None
        qtbot.waitUntil(lambda: "will run" in editing.running.line, timeout=60_000)
        previews: list[int] = []

        def look() -> None:
            preview = editing.scene.status("sampler").preview
            if preview is not None:
                previews.append(preview.width())

        editing.runChanged.connect(look)
        QTest.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(lambda: not window.desk.engine.busy, timeout=120_000)
        assert editing.scene.status("save").phase is Phase.DONE, window.notice.text
        assert editing.scene.status("save").preview is not None
        assert previews
        assert len(list((tmp_path / "output").rglob("*.png"))) == 1
    assert HEAVY & sys.modules.keys() == heavy, "the window's process imports no torch"
