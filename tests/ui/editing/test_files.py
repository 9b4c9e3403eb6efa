"""The clipboard and files: copied, pasted, dropped."""

from __future__ import annotations

import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image as PILImage
from PIL.PngImagePlugin import PngInfo
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication

from nodeflow.document.files import dump_workflow, load_workflow, save_workflow
from nodeflow.document.model import Workflow
from nodeflow.document.values import Link
from nodeflow.pictures.delivery import Delivery
from nodeflow.values import Image
from ui.bare_canvas.testing import Hand
from ui.canvas.curves import points
from ui.canvas.link_item import LinkKey
from ui.desk import Desk
from ui.editing.editing import Editing
from ui.editing.testing import Told, differences

NONE = Qt.KeyboardModifier.NoModifier
LORA = {"lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn2_to_k.lora_down.weight": (4, 2048)}


def drop(editing: Editing, data: QMimeData, place: QPointF) -> None:
    """As a file manager does it."""
    pixel = editing.canvas.mapFromScene(place)
    enter = QDragEnterEvent(pixel, Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, NONE)
    QApplication.sendEvent(editing.canvas.viewport(), enter)
    assert enter.isAccepted()
    event = QDropEvent(QPointF(pixel), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, NONE)
    QApplication.sendEvent(editing.canvas.viewport(), event)


def files(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def lora(path: Path) -> Path:
    """A LoRA of nothing: a header is what tells it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    header = {
        name: {"dtype": "F16", "shape": shape, "data_offsets": [0, 2 * shape[0] * shape[1]]}
        for name, shape in LORA.items()
    }
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + bytes(2 * 4 * 2048))
    return path


def picture(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    PILImage.new("RGB", (8, 8), "red").save(path)
    return path


def test_copies_go_from_one_document_to_another(
    editing: Editing, open_editing: Callable[[Workflow | str], Editing]
) -> None:
    other = open_editing(Workflow(nodes={}))
    editing.scene.select({"prompt", "sampler"})
    editing.copy()
    other.paste(QPointF(100, 200))
    nodes = other.document.workflow.nodes
    assert nodes.keys() == {"prompt", "sampler"}
    assert nodes["sampler"].inputs["positive"] == Link("prompt", "conditioning")
    assert "model" not in nodes["prompt"].inputs
    assert min(layout.position for layout in other.document.workflow.layout.values())[0] == 96
    assert other.selection == {"prompt", "sampler"}
    assert differences(other) == []


def test_cut_and_paste_and_undo(editing: Editing) -> None:
    before = editing.document.workflow
    editing.scene.select({"save"})
    editing.cut()
    assert "save" not in editing.document.workflow.nodes
    editing.paste()
    assert editing.document.workflow.nodes["save"].inputs["image"] == Link("decode", "image")
    editing.undo()
    editing.undo()
    assert editing.document.workflow == before


def test_nothing_to_paste_is_said(editing: Editing, told: Told) -> None:
    QGuiApplication.clipboard().setText("a poem")
    editing.paste()
    assert not editing.document.can_undo
    assert "nothing that can be pasted" in told.said[-1]


def test_a_pasted_workflow_comes_as_nodes(editing: Editing) -> None:
    QGuiApplication.clipboard().setText(dump_workflow(load_workflow("two_loras")))
    editing.paste(QPointF(0, 900))
    assert len(editing.selection) == len(load_workflow("two_loras").nodes)


def test_a_dropped_workflow_is_opened(editing: Editing, told: Told, tmp_path: Path) -> None:
    save_workflow(load_workflow("two_loras"), tmp_path / "mine.json")
    drop(editing, files(tmp_path / "mine.json"), QPointF(700, 700))
    ((workflow, path),) = told.workflows
    assert path == tmp_path / "mine.json"
    assert workflow.nodes.keys() == load_workflow("two_loras").nodes.keys()
    assert not editing.document.can_undo


def test_a_dropped_subgraph_becomes_a_node(editing: Editing, tmp_path: Path) -> None:
    editing.scene.select({"prompt", "negative"})
    editing.group_selection()
    editing.save_subgraph("group", tmp_path / "prompts.json")
    drop(editing, files(tmp_path / "prompts.json"), QPointF(700, 700))
    assert editing.selection == {"group_2"}


def test_a_picture_brings_its_workflow_back(editing: Editing, told: Told, tmp_path: Path) -> None:
    import numpy as np

    text = dump_workflow(load_workflow("two_loras"))
    pixels = np.zeros((1, 8, 8, 3), dtype=np.float32)
    (path,) = Delivery(tmp_path, workflow=text).save(Image(pixels), "apple", "save")
    drop(editing, files(path), QPointF(700, 700))
    ((workflow, where),) = told.workflows
    assert where is None
    assert dump_workflow(workflow) == text


def test_a_picture_becomes_a_loader(editing: Editing, desk: Desk, tmp_path: Path) -> None:
    drop(editing, files(picture(desk.folders.pictures / "cats" / "tom.png")), QPointF(700, 700))
    (name,) = editing.selection
    node = editing.document.workflow.nodes[name]
    assert (node.type, node.inputs) == ("LoadImage", {"file": "cats/tom.png"})


def test_a_picture_from_elsewhere_is_copied_once(
    editing: Editing, desk: Desk, told: Told, tmp_path: Path
) -> None:
    for _ in range(2):
        drop(editing, files(picture(tmp_path / "elsewhere" / "dog.png")), QPointF(700, 700))
        (name,) = editing.selection
        assert editing.document.workflow.nodes[name].inputs == {"file": "nodeflow inputs/dog.png"}
    assert len(list(desk.folders.pictures.rglob("*.png"))) == 1
    assert "copied" in told.said[-1]


def test_a_picture_dropped_on_its_loader_is_set_there(editing: Editing, hand: Hand, desk: Desk) -> None:
    editing.add_node("LoadImage", QPointF(600, 600))
    count = len(editing.document.workflow.nodes)
    drop(editing, files(picture(desk.folders.pictures / "a.png")), hand.header("load_image"))
    assert editing.document.workflow.nodes["load_image"].inputs == {"file": "a.png"}
    assert len(editing.document.workflow.nodes) == count


def test_a_pasted_picture_is_kept_and_loaded(editing: Editing, desk: Desk) -> None:
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    QGuiApplication.clipboard().setImage(image)
    editing.paste(QPointF(700, 700))
    (name,) = editing.selection
    value = editing.document.workflow.nodes[name].inputs["file"]
    assert (desk.folders.pictures / value).is_file()


def test_paths_are_pasted_as_the_files_they_name(editing: Editing, desk: Desk) -> None:
    one, two = picture(desk.folders.pictures / "a b.png"), picture(desk.folders.pictures / "c.png")
    QGuiApplication.clipboard().setText(f"{one}\n{QUrl.fromLocalFile(str(two)).toString()}\n")
    editing.paste(QPointF(700, 700))
    loaded = [n.inputs["file"] for n in editing.document.workflow.nodes.values() if n.type == "LoadImage"]
    assert loaded == ["a b.png", "c.png"]
    assert differences(editing) == []


def test_a_path_to_nothing_is_no_file(editing: Editing, told: Told, tmp_path: Path) -> None:
    QGuiApplication.clipboard().setText(str(tmp_path / "gone.png"))
    editing.paste()
    assert "nothing that can be pasted" in told.said[-1]


def test_a_lora_dropped_on_a_wire_goes_into_it(editing: Editing, desk: Desk) -> None:
    path = lora(desk.folders.models[0] / "loras" / "ink.safetensors")
    link = editing.scene.links[LinkKey("sampler", "model", 0)]
    free = [
        point
        for point in (QPointF(*place) for place in points(link.start, link.end))
        if not any(
            item.body.adjusted(-12, -12, 12, 12).contains(point) for item in editing.scene.nodes.values()
        )
    ]
    place = free[len(free) // 2]
    drop(editing, files(path), place)
    (name,) = editing.selection
    node = editing.document.workflow.nodes[name]
    assert node.type == "LoRALoader"
    assert node.inputs["lora"] == "ink"
    assert node.inputs["model"] == Link("checkpoint", "model")
    users = [
        n
        for n, other in editing.document.workflow.nodes.items()
        if other.inputs.get("model") == Link(name, "model")
    ]
    assert len(users) == 1


def pickled(path: Path, rebuild: str = "torch._utils\n_rebuild_tensor_v2") -> Path:
    """The same LoRA as torch would save it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    name = next(iter(LORA)).encode()
    storage = b"(X\x07\0\0\0storagectorch\nHalfStorage\nX\x01\0\0\x000X\x03\0\0\0cpuM\0\x20tQ"
    tensor = b"(" + storage + b"K\0K\x04M\0\x08\x86M\0\x08K\x01\x86\x89ccollections\nOrderedDict\n)RtR"
    document = b"\x80\x02}X" + struct.pack("<I", len(name)) + name + f"c{rebuild}\n".encode() + tensor + b"s."
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", document)
        archive.writestr("archive/data/0", bytes(2 * 4 * 2048))
    return path


@pytest.mark.parametrize("suffix", [".ckpt", ".pt", ".pth"])
def test_a_pickle_of_weights_gets_its_loader_and_is_told_what_is_better(
    editing: Editing, desk: Desk, told: Told, suffix: str
) -> None:
    drop(editing, files(pickled(desk.folders.models[0] / "loras" / f"ink{suffix}")), QPointF(700, 700))
    (name,) = editing.selection
    node = editing.document.workflow.nodes[name]
    assert (node.type, node.inputs["lora"]) == ("LoRALoader", "ink")
    assert f"“ink{suffix}” is a LoRA. nodeflow convert makes a .safetensors of it" in told.said[-1]


def test_a_pickle_of_more_than_weights_makes_no_node(editing: Editing, desk: Desk, told: Told) -> None:
    path = pickled(desk.folders.models[0] / "loras" / "ink.ckpt", "os\nsystem")
    drop(editing, files(path), QPointF(700, 700))
    assert not editing.document.can_undo
    assert "“ink.ckpt” holds more than weights (os.system)" in told.said[-1]


def test_a_model_from_elsewhere_is_told_where_to_go(
    editing: Editing, desk: Desk, told: Told, tmp_path: Path
) -> None:
    drop(editing, files(lora(tmp_path / "downloads" / "ink.safetensors")), QPointF(700, 700))
    assert not editing.document.can_undo
    (said,) = [text for text in told.said if "ink" in text]
    assert "is a LoRA outside the models folders" in said
    assert str(desk.folders.models[0] / "loras") in said


@pytest.mark.parametrize("name", ["notes.txt", "broken.json", "broken.safetensors"])
def test_what_is_of_no_use_is_said(editing: Editing, told: Told, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("{ nothing")
    drop(editing, files(tmp_path / name), QPointF(700, 700))
    assert not editing.document.can_undo
    assert told.said


BAD_FILES = {
    "pointer.safetensors": (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "Git LFS pointer"),
    "page.safetensors": (b"<!DOCTYPE html><html></html>", "web page"),
    "half.safetensors": (struct.pack("<Q", 100) + b'{"a":', "truncated"),
    "model.ckpt": (b"PK\x03\x04", "damaged or no file of weights"),
    "model.bin": (b"PK\x03\x04", "nodeflow convert model.bin model.safetensors"),
    "model.pkl": (b"\x80", "could run code"),
    "page.png": (b"<html></html>", "no picture"),
    "empty.jpg": (b"", "no picture"),
    "wide.json": ('{"format": 1, "nodes": {}}'.encode("utf-16"), "UTF-16"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_named_with_what_is_wrong(
    editing: Editing, told: Told, tmp_path: Path, name: str
) -> None:
    content, fault = BAD_FILES[name]
    (tmp_path / name).write_bytes(content)
    drop(editing, files(tmp_path / name), QPointF(700, 700))
    assert not editing.document.can_undo
    assert f"“{name}”" in told.said[-1]
    assert fault in told.said[-1]


def test_what_is_no_file_is_said(editing: Editing, told: Told, tmp_path: Path) -> None:
    (tmp_path / "album.png").mkdir()
    drop(editing, files(tmp_path / "album.png"), QPointF(700, 700))
    assert "is a folder" in told.said[-1]
    drop(editing, files(tmp_path / "gone.png"), QPointF(700, 700))
    assert "not there any more" in told.said[-1]
    assert not editing.document.can_undo


def test_a_picture_is_of_use_also_if_its_workflow_is_not(
    editing: Editing, told: Told, tmp_path: Path
) -> None:
    text = PngInfo()
    text.add_text("nodeflow", "{ nothing")
    PILImage.new("RGB", (8, 8)).save(tmp_path / "odd.png", pnginfo=text)
    drop(editing, files(tmp_path / "odd.png"), QPointF(700, 700))
    (name,) = editing.selection
    assert editing.document.workflow.nodes[name].type == "LoadImage"
    assert "The workflow in “odd.png” cannot be read" in told.said[-1]


def test_a_point_where_nothing_is_taken(editing: Editing) -> None:
    data = QMimeData()
    data.setText("a poem")
    event = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, NONE)
    event.ignore()
    QApplication.sendEvent(editing.canvas.viewport(), event)
    assert not event.isAccepted()
