"""Pictures, models and workflows dragged from a file manager onto the canvas."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from nodeflow.document.files import dump_workflow, find_workflow, load_workflow
from nodeflow.document.values import Link
from nodeflow.folders import BUNDLED_MODELS
from nodeflow.pictures.delivery import Delivery
from nodeflow.values import Image
from tests.journeys.hand import Hand, Places
from ui.editing.editing import Editing
from ui.editing.testing import differences
from ui.window.main_window import MainWindow

OpenTemplate = Callable[[str], tuple[Editing, Places]]


class FileManager(QLabel):
    """A small window from which one file can be dragged."""

    def __init__(self) -> None:
        super().__init__("drag me", None, Qt.WindowType.FramelessWindowHint)
        self.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint)
        self.setGeometry(1370, 400, 60, 40)
        self.path = Path()

    def mouseMoveEvent(self, _event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Begin to drag the file."""
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(self.path))])
        drag = QDrag(self)
        drag.setMimeData(data)
        drag.exec(Qt.DropAction.CopyAction)
        drag.deleteLater()


@pytest.fixture
def manager(qtbot: QtBot) -> Iterator[FileManager]:
    """The file manager, beside the window."""
    shown = FileManager()
    shown.show()
    qtbot.waitExposed(shown)
    yield shown
    shown.close()
    shown.deleteLater()


def test_a_model_file_becomes_its_loader_inside_the_wire(
    hand: Hand, open_template: OpenTemplate, manager: FileManager, tmp_path: Path
) -> None:
    editing, places = open_template("Text to image")
    models = tmp_path / "models" / "loras"
    models.mkdir(parents=True)
    manager.path = Path(
        shutil.copy(BUNDLED_MODELS / "loras" / "flat.safetensors", models / "sketchy.safetensors")
    )
    hand.carry(manager, editing.canvas.viewport(), places.wire("sampler", "model"))
    (name,) = editing.selection
    node = editing.document.workflow.nodes[name]
    assert node.type == "LoRALoader"
    assert node.inputs["lora"] == "sketchy"
    assert editing.document.workflow.nodes["sampler"].inputs["model"] == Link(name, "model")
    assert differences(editing) == []


def test_a_picture_restores_the_workflow_it_came_from(
    window: MainWindow, hand: Hand, open_template: OpenTemplate, manager: FileManager, tmp_path: Path
) -> None:
    editing, places = open_template("Text to image")
    workflow = dump_workflow(load_workflow("two_loras"))
    picture = Image(np.full((1, 64, 64, 3), 0.5, np.float32))
    (manager.path,) = Delivery(tmp_path, "two_loras", workflow).save(picture, "from_a_friend", "save")
    hand.carry(manager, editing.canvas.viewport(), places.at(editing.canvas.visible_rect().center()))
    hand.until(lambda: window.editing is not editing, "the workflow is open in a tab of its own")
    assert window.editing is not None
    types = {node.type for node in window.editing.document.workflow.nodes.values()}
    assert {"LoRALoader", "Sampler"} <= types
    hand.shot("workflow_from_picture", window)


def test_any_other_picture_becomes_a_node(
    hand: Hand, open_template: OpenTemplate, manager: FileManager, tmp_path: Path
) -> None:
    editing, places = open_template("Text to image")
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    manager.path = Path(shutil.copy(find_workflow("text_to_image").with_name("sketch.png"), pictures))
    hand.carry(manager, editing.canvas.viewport(), places.node("decode").center() + QPoint(0, 150))
    (name,) = editing.selection
    assert editing.document.workflow.nodes[name].type == "LoadImage"
    assert editing.document.workflow.nodes[name].inputs["file"] == "sketch.png"
    hand.drag(editing.canvas.viewport(), places.output(name, "image"), places.input("save", "image"))
    assert editing.document.workflow.nodes["save"].inputs["image"] == Link(name, "image")
