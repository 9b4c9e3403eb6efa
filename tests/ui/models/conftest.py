"""The model browser beside a document, with models that are nothing but headers."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from ui.editing.editing import Editing
from ui.models.library import Models
from ui.models.panel import ModelBrowser
from ui.pictures.thumbnails import Thumbnails

Shapes = dict[str, tuple[int, ...]]
LORA: Shapes = {"lora_unet_down_blocks_1_attentions_0_attn2_to_k.lora_down.weight": (4, 2048)}
EMBEDDING: Shapes = {"clip_l": (1, 768), "clip_g": (1, 1280)}
WORDS = {"modelspec.trigger_phrase": "ink wash, wet paper", "modelspec.license": "CC-BY-4.0"}


def write_model(path: Path, shapes: Shapes, metadata: dict[str, str] | None = None) -> Path:
    """A safetensors file of zeros."""
    path.parent.mkdir(parents=True, exist_ok=True)
    header: dict[str, object] = {"__metadata__": metadata} if metadata else {}
    place = 0
    for name, shape in shapes.items():
        size = 2 * shape[0] * shape[1]
        header[name] = {"dtype": "F16", "shape": shape, "data_offsets": [place, place + size]}
        place += size
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + bytes(place))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A models folder with two LoRAs, one of them with a preview, an embedding, and a web page."""
    folder = tmp_path / "models"
    write_model(folder / "loras/styles/ink.safetensors", LORA, WORDS)
    preview = QImage(64, 64, QImage.Format.Format_RGB32)
    preview.fill(QColor("red"))
    preview.save(str(folder / "loras/styles/ink.png"))
    write_model(folder / "loras/neon.safetensors", LORA)
    write_model(folder / "embeddings/hands.safetensors", EMBEDDING)
    (folder / "loras/odd.safetensors").write_bytes(b"<html>")
    return folder


@pytest.fixture
def settled(qtbot: QtBot) -> Callable[[Models], None]:
    """Waits until all models are looked into."""
    return lambda models: qtbot.waitUntil(lambda: not models.busy)


@pytest.fixture
def panel(
    qtbot: QtBot, folder: Path, editing: Editing, settled: Callable[[Models], None]
) -> Iterator[ModelBrowser]:
    """The panel, following `text_to_image`."""
    desk = editing.desk
    models, thumbnails = Models(desk), Thumbnails(desk.folders.cache)
    desk.filesChanged.connect(models.look)
    panel = ModelBrowser()
    panel.resize(900, 600)
    panel.show_models(models, thumbnails)
    panel.rescanWanted.connect(desk.rescan)
    panel.show_editing(editing)
    panel.show()
    qtbot.waitExposed(panel)
    settled(models)
    yield panel
    models.end()
    thumbnails.end()
    panel.close()
    panel.deleteLater()
    models.deleteLater()
    thumbnails.deleteLater()
