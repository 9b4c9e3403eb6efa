"""Pictures sent on, from the gallery and the viewer: what opens, and what comes out when it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PILImage
from PIL.PngImagePlugin import PngInfo
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QContextMenuEvent, QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import nodeflow
from nodeflow.backends.fake import FakeBackend
from nodeflow.document.edit import with_input
from nodeflow.document.files import dump_workflow, load_workflow, template_names
from nodeflow.document.model import Workflow
from nodeflow.document.values import Link
from nodeflow.values.arrays import FloatArray
from tests.ui.pictures.conftest import press_menu
from ui.bare_canvas.testing import Hand
from ui.desk import Desk
from ui.panels.testing import choose, open_menu
from ui.pictures.facts import Facts, read_facts
from ui.pictures.sending import PLACES, Purpose, Sent, workflow_for
from ui.running.testing import fake_runner
from ui.values.mask import MaskEditor
from ui.values.mask_dialog import MaskDialog
from ui.window.main_window import MainWindow
from ui.window.testing import folders_in, open_window

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def save_noise(path: Path, size: tuple[int, int] = (64, 48), workflow: Workflow | None = None) -> Path:
    """A picture no two pixels of which need be the same, with a workflow inside."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(size[0]).integers(0, 256, (*reversed(size), 3), np.uint8)
    info = PngInfo()
    if workflow is not None:
        info.add_text("nodeflow", dump_workflow(workflow))
    PILImage.fromarray(pixels).save(path, pnginfo=info)
    return path


def pixels_of(path: Path) -> FloatArray:
    with PILImage.open(path) as picture:
        return np.asarray(picture.convert("RGB"))


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    """A window that runs, with the gallery open: `made` holds a workflow, `odd` does not."""
    folders, backend = folders_in(tmp_path), FakeBackend()
    loras = with_input(load_workflow("two_loras"), "sampler.seed", 12345)
    save_noise(folders.output / "made.png", workflow=with_input(loras, "sampler.steps", 3))
    save_noise(folders.output / "odd.png", (61, 47))
    with open_window(tmp_path, make_runner=lambda: fake_runner(folders, backend)) as window:
        window.docks.show("gallery")
        library = window.pictures.library
        qtbot.waitUntil(lambda: len(library.facts) == 2 and not library.busy)
        yield window


@pytest.fixture
def send(window: MainWindow) -> Callable[..., None]:
    """Sends a picture by the menu of the gallery."""

    def choose(name: str, *texts: str) -> None:
        gallery = window.pictures.gallery
        (row,) = (row for row, picture in enumerate(gallery.pictures) if picture.path.stem == name)
        assert gallery.model is not None
        port, at = gallery.view.viewport(), gallery.view.visualRect(gallery.model.index(row)).center()
        QTest.mouseClick(port, LEFT, NONE, at)
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, port.mapToGlobal(at))
        QApplication.sendEvent(port, event)
        press_menu("Send to", *texts)

    return choose


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """Where the pictures are."""
    return folders_in(tmp_path).output


@pytest.fixture
def painting(window: MainWindow, qtbot: QtBot) -> Callable[[], MaskDialog]:
    """Gives the window that a mask is painted in, once it has opened by itself and read the picture."""

    def dialog() -> MaskDialog | None:
        editor = window.editing.canvas.editor.widget if window.editing is not None else None
        return editor.dialog if isinstance(editor, MaskEditor) else None

    def get() -> MaskDialog:
        qtbot.waitUntil(lambda: (found := dialog()) is not None and found.canvas.isEnabled())
        found = dialog()
        assert found is not None
        return found

    return get


@pytest.fixture
def inpainted(
    send: Callable[..., None], painting: Callable[[], MaskDialog], window: MainWindow, qtbot: QtBot
) -> Callable[[str], MainWindow]:
    """Sends a picture to inpainting, and paints a mask."""

    def paint(name: str) -> MainWindow:
        send(name, "Inpainting")
        paint_top(painting())
        assert window.editing is not None
        document = window.editing.document
        qtbot.waitUntil(lambda: "file" in document.workflow.nodes["mask"].inputs)
        return window

    return paint


def run(window: MainWindow, qtbot: QtBot, folder: Path) -> Path:
    """Press Ctrl+Enter; gives the picture that is new then."""
    before = set(folder.rglob("*.png"))
    window.activateWindow()  # as a window manager does when the one over it closes
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window.focusWidget() or window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.desk.engine.busy or set(folder.rglob("*.png")) > before)
    qtbot.waitUntil(lambda: not window.desk.engine.busy)
    (new,) = set(folder.rglob("*.png")) - before
    return new


def paint_top(dialog: MaskDialog) -> None:
    """Draw along the upper edge with a hard brush, and take the mask."""
    canvas = dialog.canvas
    canvas.set_size(16)
    canvas.set_hardness(1)
    ends = [canvas.on_screen(QPointF(x, 4)).toPoint() for x in (10, 50)]
    QTest.mousePress(canvas, LEFT, NONE, ends[0])
    QTest.mouseMove(canvas, (ends[0] + ends[1]) / 2)
    QTest.mouseMove(canvas, ends[1])
    QTest.mouseRelease(canvas, LEFT, NONE, ends[1])
    QTest.mouseClick(dialog.use, LEFT)


@pytest.mark.parametrize("name", ["made", "odd"])
def test_inpainting_changes_what_is_painted_and_nothing_else(
    inpainted: Callable[[str], MainWindow], qtbot: QtBot, output: Path, name: str
) -> None:
    window = inpainted(name)
    assert window.editing is not None
    mask = str(window.editing.document.workflow.nodes["mask"].inputs["file"])
    painted = pixels_of(window.desk.folders.pictures / mask)[..., 0] > 0
    original = pixels_of(output / f"{name}.png")
    assert painted.shape == original.shape[:2]
    assert 0 < painted.sum() < painted.size
    result = pixels_of(run(window, qtbot, output))
    np.testing.assert_array_equal(result[~painted], original[~painted])
    assert (result[painted] != original[painted]).any()


def test_inpainting_goes_on_with_what_the_picture_was_made_with(
    send: Callable[..., None], painting: Callable[[], MaskDialog], window: MainWindow
) -> None:
    send("made", "Inpainting")
    QTest.keyClick(painting(), Qt.Key.Key_Escape)
    assert window.editing is not None
    workflow = window.editing.document.workflow
    sampler, encode = workflow.nodes["sampler"].inputs, workflow.nodes["encode"].inputs
    assert (sampler["seed"], sampler["steps"], sampler["denoise"]) == (12345, 3, 1.0)
    assert sampler["model"] == Link("ink", "model")
    assert sampler["latent"] == Link("encode", "latent")
    assert workflow.nodes["prompt"].inputs["text"] == "a penguin, flat style, high contrast"
    assert workflow.nodes["prompt"].inputs["model"] == Link("ink", "model")
    assert encode["model"] == Link("checkpoint", "model")  # its VAE, as before
    assert workflow.nodes["picture"].inputs["file"] == "made.png"
    assert "file" not in workflow.nodes["mask"].inputs
    panel = [entry["input"] for entry in workflow.extra["panel"]]
    assert panel == [entry["input"] for entry in load_workflow("inpaint").extra["panel"]]


def test_a_mask_that_was_not_painted_leaves_the_picture_as_it_is(
    send: Callable[..., None],
    painting: Callable[[], MaskDialog],
    window: MainWindow,
    qtbot: QtBot,
    output: Path,
) -> None:
    send("made", "Inpainting")
    QTest.keyClick(painting(), Qt.Key.Key_Escape)
    result = run(window, qtbot, output)
    np.testing.assert_array_equal(pixels_of(result), pixels_of(output / "made.png"))


@pytest.mark.parametrize("name", ["made", "odd"])
def test_image_to_image_runs(
    send: Callable[..., None], window: MainWindow, qtbot: QtBot, output: Path, name: str
) -> None:
    send(name, "Image to image")
    assert window.editing is not None
    assert window.editing.canvas.editor.widget is None
    assert pixels_of(run(window, qtbot, output)).shape == (48, 64, 3)


@pytest.mark.parametrize("text", ["Image to image", "Inpainting"])
def test_a_photo_is_resized_to_what_the_model_can_do(
    window: MainWindow,
    send: Callable[..., None],
    painting: Callable[[], MaskDialog],
    qtbot: QtBot,
    text: str,
) -> None:
    output = window.desk.folders.output
    save_noise(output / "photo.png", (1600, 1200))
    window.pictures.library.look()
    qtbot.waitUntil(lambda: len(window.pictures.library.facts) == 3 and not window.pictures.library.busy)
    send("photo", text)
    assert window.status.message.text() == "Resized for pocket, which paints about 128 x 128 pixels well"
    if text == "Inpainting":
        paint_top(painting())
    assert window.editing is not None
    inputs = window.editing.document.workflow.nodes["resize_image"].inputs
    assert (inputs["longest_side"], inputs["multiple_of"]) == (144, 8)
    result = pixels_of(run(window, qtbot, output))
    assert result.shape == ((1200, 1600, 3) if text == "Inpainting" else (112, 144, 3))


def test_a_photo_dropped_on_the_canvas_is_sent_from_its_node(
    window: MainWindow, qtbot: QtBot, output: Path, tmp_path: Path
) -> None:
    photo = save_noise(tmp_path / "camera" / "IMG_1.png", (4000, 3000))
    editing = window.documents.new()
    canvas, data = editing.canvas, QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(photo))])
    middle = canvas.viewport().rect().center()
    enter = QDragEnterEvent(middle, Qt.DropAction.CopyAction, data, LEFT, NONE)
    QApplication.sendEvent(canvas.viewport(), enter)
    event = QDropEvent(QPointF(middle), Qt.DropAction.CopyAction, data, LEFT, NONE)
    QApplication.sendEvent(canvas.viewport(), event)
    (name,) = editing.document.workflow.nodes
    open_menu(canvas.viewport(), canvas.mapFromScene(Hand(canvas).header(name)))
    choose("Send to", "Image to image")
    assert window.editing is not editing
    assert "paints about 128 x 128 pixels well" in window.status.message.text()
    assert pixels_of(run(window, qtbot, output)).shape == (112, 144, 3)


def test_the_viewer_sends_to_inpainting_too(
    window: MainWindow, painting: Callable[[], MaskDialog], qtbot: QtBot
) -> None:
    library = window.pictures.library
    window.pictures.commands.open([library.pictures[0]], lambda: library.pictures)
    viewer = window.pictures.commands.viewer
    assert viewer is not None
    QTest.mouseClick(viewer.buttons["more"], LEFT)
    press_menu("Send to", "Inpainting")
    assert painting().isVisible()


def test_pictures_sent_to_the_comparison_from_the_viewer_are_shown_together(
    window: MainWindow, qtbot: QtBot
) -> None:
    library = window.pictures.library
    one, two = library.pictures
    window.pictures.commands.open([one], lambda: library.pictures)
    viewer = window.pictures.commands.viewer
    assert viewer is not None
    QTest.mouseClick(viewer.buttons["more"], LEFT)
    press_menu("Send to", "Comparison")
    QTest.keyClick(viewer.view, Qt.Key.Key_Right)
    assert (viewer.picture, viewer.other) == (two, None)
    QTest.mouseClick(viewer.buttons["more"], LEFT)
    press_menu("Send to", "Comparison")
    assert (viewer.picture, viewer.other) == (one, two)
    qtbot.waitUntil(lambda: not viewer.view.image.isNull() and not viewer.view.other.isNull())


@pytest.fixture
def sent(desk: Desk) -> Callable[..., Sent]:
    """Sends a picture of 64 by 64 pixels with a workflow inside."""

    def make(workflow: Workflow | None, purpose: Purpose) -> Sent:
        path = save_noise(desk.folders.output / "made.png", (64, 64), workflow)
        return workflow_for(path, read_facts(path), purpose, desk)

    return make


def computed(workflow: Workflow, desk: Desk) -> FloatArray:
    """What a workflow saves, where nothing is really sampled."""
    with closing(fake_runner(desk.folders, FakeBackend())) as runner:
        result = nodeflow.run(workflow, targets=("save",), runner=runner)
    return np.asarray(result["save.image"].pixels)


@pytest.mark.parametrize("template", template_names())
def test_pictures_of_every_template_can_be_sent_on(
    sent: Callable[..., Sent], desk: Desk, template: str
) -> None:
    for purpose in Purpose:
        workflow = sent(load_workflow(template), purpose).workflow
        assert [node.type for node in workflow.nodes.values()].count("Sampler") == 1
        assert computed(workflow, desk).shape == (1, 64, 64, 3)


def test_pictures_of_other_programs_keep_prompt_and_seed(desk: Desk) -> None:
    path = save_noise(desk.folders.output / "other.png")
    facts = Facts("", (("prompt", "prompt", "a boat"), ("parameters", "Seed", "77")), "parameters")
    nodes = workflow_for(path, facts, Purpose.INPAINT, desk).workflow.nodes
    assert (nodes["prompt"].inputs["text"], nodes["sampler"].inputs["seed"]) == ("a boat", 77)


@pytest.mark.full
def test_the_bundled_model_inpaints_what_is_masked(
    sent: Callable[..., Sent], desk: Desk, tmp_path: Path
) -> None:
    made = with_input(load_workflow("text_to_image"), "sampler.steps", 4)
    workflow = sent(made, Purpose.INPAINT).workflow
    mask = np.zeros((64, 64), np.uint8)
    mask[:32, :32] = 255
    PILImage.fromarray(mask).save(tmp_path / "mask.png")
    picture = desk.folders.output / "made.png"
    files = {str(PLACES[Purpose.INPAINT].mask): tmp_path / "mask.png", "picture.file": picture}
    result = nodeflow.run(workflow, files, targets=("save",), output=tmp_path / "done")
    pixels = np.round(np.asarray(result["save.image"].pixels[0]) * 255)
    original = pixels_of(picture)
    np.testing.assert_array_equal(pixels[mask == 0], original[mask == 0])
    assert np.abs(pixels[mask > 0] - original[mask > 0]).mean() > 10
