"""How files and folders are named in messages."""

from __future__ import annotations

from pathlib import Path

import pytest

from nodeflow.files.names import shown_path


def test_folders_are_shown_from_the_home_folder_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert shown_path(tmp_path / "models" / "loras") == str(Path("~/models/loras"))
    assert shown_path(tmp_path.parent) == str(tmp_path.parent)
