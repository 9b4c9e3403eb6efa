"""Thousands of models stay quick to list, to search and to scroll, and are looked into once."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nodeflow.files import Header, read_header
from nodeflow.models import portrait as portrait_module
from tests.ui.models.conftest import LORA, write_model
from ui.models.library import BATCH, Models
from ui.models.panel import ModelBrowser

MANY = 2_500


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "models"
    one = write_model(folder / "loras/0/model 0.safetensors", LORA).read_bytes()
    for number in range(1, MANY):
        path = folder / f"loras/{number % 50}/model {number}.safetensors"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(one)
    for path in folder.rglob("*.safetensors"):
        os.utime(path, (1e9, 1e9))  # long ago: of new files nothing is remembered yet
    return folder


def test_only_what_is_seen_is_drawn_and_a_search_finds_one(panel: ModelBrowser, qtbot: QtBot) -> None:
    assert panel.model is not None
    assert len(panel.model.portraits) >= MANY
    asked: list[object] = []
    real = panel.model.preview
    panel.model.preview = lambda portrait: asked.append(portrait) or real(portrait)  # type: ignore[method-assign, func-returns-value]
    panel.view.scrollToBottom()
    panel.view.viewport().repaint()
    assert 0 < len(asked) < 200
    QTest.keyClicks(panel.search, "model 2499")
    qtbot.waitUntil(lambda: panel.count.text().startswith("1 "))


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files whose headers are read."""
    found: list[Path] = []

    def reading(path: Path) -> Header:
        found.append(path)
        return read_header(path)

    monkeypatch.setattr(portrait_module, "read_any", reading)
    return found


def test_they_are_told_in_batches_and_read_once(
    read: list[Path], panel: ModelBrowser, settled: Callable[[Models], None]
) -> None:
    models: Any = panel._models
    assert len(read) >= MANY
    read.clear()
    told: list[int] = []
    models.told.connect(lambda: told.append(1))
    models.look()
    settled(models)
    assert read == []
    assert len(told) >= MANY // BATCH
