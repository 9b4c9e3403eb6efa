"""What nodes show: opened by a double-click, and copied."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from nodeflow.document.files import load_workflow
from nodeflow.document.model import Workflow
from ui.bare_canvas.testing import Hand
from ui.canvas.status import Phase
from ui.document import edits
from ui.editing.editing import Editing
from ui.running.pictures import place_in_sheet
from ui.window.main_window import MainWindow

Press = Callable[..., None]
Ran = Callable[[Workflow, str], Editing]


@pytest.fixture
def ran(window: MainWindow, press: Press, qtbot: QtBot) -> Ran:
    """Runs a workflow until one of its nodes has a picture, and selects that."""

    def run(workflow: Workflow, node: str) -> Editing:
        window.documents.new(workflow)
        assert window.editing is not None
        editing = window.editing
        qtbot.waitUntil(lambda: bool(editing.running.line))
        press(Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: editing.scene.status(node).phase is Phase.DONE)
        qtbot.waitUntil(lambda: not window.desk.engine.busy)
        editing.canvas.fit_all()
        Hand(editing.canvas).click(Hand(editing.canvas).header(node))
        return editing

    return run


@pytest.fixture
def large(window: MainWindow) -> Workflow:
    """A picture larger than a node shows it, which is not saved."""
    workflow, specs = Workflow(nodes={}), window.desk.specs
    values = {"width": 1024, "height": 512, "color": "#204060"}
    workflow = edits.add_node(workflow, specs["SolidColor"], (0, 0), values, name="blue")
    workflow = edits.add_node(workflow, specs["PreviewImage"], (300, 0), name="show")
    return edits.connect(workflow, "blue.image", "show.image")


def on_picture(editing: Editing, node: str, x: float, y: float) -> QPointF:
    """A place on a node's picture, in shares of it."""
    item = editing.scene.nodes[node]
    box = item.look.geometry.preview
    assert box is not None
    return item.pos() + box.topLeft() + QPointF(x * box.width(), y * box.height())


@pytest.mark.parametrize(("x", "y", "place"), [(0.2, 0.2, 0), (0.8, 0.2, 1), (0.2, 0.8, 2), (0.8, 0.8, 3)])
def test_a_double_click_opens_the_picture_that_lies_there(
    ran: Ran, window: MainWindow, x: float, y: float, place: int
) -> None:
    editing = ran(load_workflow("batch_of_seeds"), "save")
    files = editing.showing.files("save")
    assert len(files) == 4
    Hand(editing.canvas).double_click(on_picture(editing, "save", x, y))
    viewer = window.pictures.commands.viewer
    assert viewer is not None
    assert viewer.picture is not None
    assert viewer.picture.path == files[place]


@pytest.mark.parametrize(
    ("count", "x", "y", "place"),
    [(1, 0.9, 0.9, 0), (2, 0.9, 0.5, 1), (3, 0.9, 0.9, 2), (5, 0.5, 0.2, 1), (5, 0.1, 0.9, 3), (9, 1, 1, 8)],
)
def test_places_on_a_sheet(count: int, x: float, y: float, place: int) -> None:
    assert place_in_sheet(count, QPointF(x, y)) == place


def test_a_key_copies_the_file_that_was_saved(ran: Ran, press: Press, qtbot: QtBot) -> None:
    editing = ran(load_workflow("text_to_image"), "save")
    press(Qt.Key.Key_C, shift=True)
    (file,) = editing.showing.files("save")
    data = QGuiApplication.clipboard().mimeData()
    assert [url.toLocalFile() for url in data.urls()] == [str(file)]
    qtbot.waitUntil(lambda: QGuiApplication.clipboard().mimeData().hasImage())


def test_the_menu_copies_all_pixels_of_what_is_not_saved(ran: Ran, large: Workflow, qtbot: QtBot) -> None:
    editing = ran(large, "show")
    QGuiApplication.clipboard().clear()
    port = editing.canvas.viewport()
    at = editing.canvas.mapFromScene(Hand(editing.canvas).header("show"))
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, port.mapToGlobal(at))
    QApplication.sendEvent(port, event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    (action,) = (action for action in menu.actions() if action.text() == "Copy the picture")
    action.trigger()
    menu.close()
    qtbot.waitUntil(lambda: not QGuiApplication.clipboard().image().isNull())
    image = QGuiApplication.clipboard().image()
    assert image.size().toTuple() == (1024, 512)
    assert image.pixelColor(5, 5).name() == "#204060"


def test_a_node_without_a_picture_says_so(editing: Editing, window: MainWindow, press: Press) -> None:
    Hand(editing.canvas).click(Hand(editing.canvas).header("prompt"))
    press(Qt.Key.Key_C, shift=True)
    assert window.status.message.text().startswith("The selected node shows no picture")
