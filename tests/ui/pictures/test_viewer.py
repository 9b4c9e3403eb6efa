"""The viewer, by mouse and keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image as PILImage
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.pictures.conftest import Stand, press_menu
from ui.pictures.commands import Commands
from ui.pictures.comparing import difference
from ui.pictures.details import children
from ui.pictures.library import Library
from ui.pictures.view import PictureView
from ui.pictures.viewer import Viewer
from ui.widgets.parts import IconButton

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
Key = Qt.Key


@pytest.fixture
def opened(library: Library, commands: Commands, qtbot: QtBot) -> Callable[..., Viewer]:
    """Opens pictures by their places in the folder: one, or two to compare."""

    def open_them(*places: int) -> Viewer:
        commands.open([library.pictures[place] for place in places], lambda: library.pictures)
        shown = commands.viewer
        assert shown is not None
        qtbot.waitUntil(lambda: color(shown) == COLORS[places[0]])
        if len(places) == 2:
            qtbot.waitUntil(lambda: not shown.view.other.isNull())
        return shown

    return open_them


COLORS = ("#ff0000", "#008000", "#0000ff", "#ffffff")


def color(viewer: Viewer) -> str:
    """What the picture looks like."""
    image = viewer.view.image
    return "" if image.isNull() else image.pixelColor(0, 0).name()


def seen(view: PictureView, x: int, y: int) -> str:
    """A colour on the screen."""
    return view.grab().toImage().pixelColor(x, y).name()


def wheel(view: PictureView, at: QPointF, turns: int) -> None:
    event = QWheelEvent(
        at, QPointF(view.mapToGlobal(at)), QPoint(), QPoint(0, 120 * turns), Qt.MouseButton.NoButton, NONE,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(view, event)


def drag(view: PictureView, start: QPoint, end: QPoint) -> None:
    QTest.mousePress(view, LEFT, NONE, start)
    QTest.mouseMove(view, (start + end) / 2)
    QTest.mouseMove(view, end)
    QTest.mouseRelease(view, LEFT, NONE, end)


def test_arrows_go_through_the_gallery(opened: Callable[..., Viewer], library: Library, qtbot: QtBot) -> None:
    viewer = opened(0)
    QTest.keyClick(viewer.view, Key.Key_Right)
    assert viewer.picture == library.pictures[1]
    QTest.keyClick(viewer.view, Key.Key_End)
    qtbot.waitUntil(lambda: color(viewer) == COLORS[3])
    QTest.keyClick(viewer.view, Key.Key_Right)
    assert viewer.picture == library.pictures[3]
    assert not viewer.buttons["next"].isEnabled()
    QTest.mouseClick(viewer.buttons["previous"], LEFT)
    assert viewer.picture == library.pictures[2]
    QTest.keyClick(viewer.view, Key.Key_Home)
    assert viewer.picture == library.pictures[0]


def test_the_wheel_zooms_to_the_pointer_and_dragging_pans(opened: Callable[..., Viewer]) -> None:
    view = opened(0).view
    fitted, at = view.zoom, QPointF(view.rect().center() + QPoint(30, 20))
    before = view.place_of(at)
    wheel(view, at, 3)
    assert view.zoom == pytest.approx(fitted * 1.25**3)
    assert (view.place_of(at) - before).manhattanLength() < 0.01
    start = at.toPoint()
    held = view.place_of(QPointF(start))
    drag(view, start, start + QPoint(25, -15))
    assert (view.place_of(QPointF(start + QPoint(25, -15))) - held).manhattanLength() < 0.01
    QTest.keyClick(view, Key.Key_1)
    assert view.zoom == 1
    QTest.keyClick(view, Key.Key_F)
    assert view.zoom == fitted
    QTest.mouseDClick(view, LEFT, NONE, view.rect().center())
    assert view.zoom == 1


def test_the_line_between_two_pictures_is_dragged(opened: Callable[..., Viewer]) -> None:
    viewer = opened(0, 1)
    view, middle = viewer.view, viewer.view.rect().center()
    assert seen(view, middle.x() - 40, 100) == COLORS[0]
    assert seen(view, middle.x() + 40, 100) == COLORS[1]
    drag(view, middle, middle + QPoint(120, 0))
    assert seen(view, middle.x() + 40, 100) == COLORS[0]
    QTest.keyClick(view, Key.Key_Comma)
    assert view.split < 0.7


def test_two_pictures_beside_each_other_and_their_difference(
    opened: Callable[..., Viewer], qtbot: QtBot
) -> None:
    viewer = opened(0, 1)
    view, quarter, middle = viewer.view, viewer.view.width() // 4, viewer.view.height() // 2
    QTest.keyClick(view, Key.Key_S)
    assert view.comparing.value == "beside"
    assert (seen(view, quarter, middle), seen(view, 3 * quarter, middle)) == COLORS[:2]
    right = QPointF(3 * quarter + 10, middle + 5)
    before = view.place_of(right)
    wheel(view, right, 2)
    assert (view.place_of(right) - before).manhattanLength() < 0.01
    QTest.keyClick(view, Key.Key_D)
    assert seen(view, 2 * quarter, middle) == "#ffff00"  # red and green, four times as strong
    QTest.keyClick(view, Key.Key_D)
    assert view.comparing.value == "slider"
    QTest.keyClick(view, Key.Key_C)
    assert viewer.other is None


def test_comparing_with_the_picture_before(opened: Callable[..., Viewer], library: Library) -> None:
    viewer = opened(0)
    QTest.keyClick(viewer.view, Key.Key_Right)
    QTest.keyClick(viewer.view, Key.Key_C)
    assert (viewer.picture, viewer.other) == (library.pictures[1], library.pictures[0])


def test_what_a_picture_tells_can_be_searched_and_copied(opened: Callable[..., Viewer]) -> None:
    viewer = opened(1)
    details = viewer.details
    button = next(b for b in details.findChildren(IconButton) if b.toolTip() == "Copy: Prompt")
    QTest.mouseClick(button, LEFT)
    assert QGuiApplication.clipboard().text() == "a green pear"
    QTest.keyClicks(details.search, "seed")
    nodes = [item for item in children(details.values.invisibleRootItem()) if not item.isHidden()]
    assert [item.text(0) for item in nodes] == ["sampler"]
    details.values.setFocus()
    details.values.setCurrentItem(children(nodes[0])[0])
    QTest.keyClick(details.values, Key.Key_C, CONTROL)
    assert QGuiApplication.clipboard().text() == "2"


def test_letters_in_the_search_line_are_no_commands(opened: Callable[..., Viewer]) -> None:
    viewer = opened(0)
    viewer.details.search.setFocus()
    QTest.keyClicks(viewer.details.search, "fidcs")
    assert viewer.details.search.text() == "fidcs"
    assert viewer.details.isVisible()


def test_copying_a_picture(opened: Callable[..., Viewer], pictures: list[Path]) -> None:
    viewer = opened(2)
    QTest.keyClick(viewer.view, Key.Key_C, CONTROL)
    data = QGuiApplication.clipboard().mimeData()
    assert [url.toLocalFile() for url in data.urls()] == [str(pictures[2])]
    assert QGuiApplication.clipboard().image().pixelColor(0, 0).name() == COLORS[2]


def test_full_screen_shows_the_picture_alone(opened: Callable[..., Viewer]) -> None:
    viewer = opened(0)
    QTest.keyClick(viewer.view, Key.Key_F11)
    assert viewer.isFullScreen()
    assert not viewer.bar.isVisible()
    assert not viewer.details.isVisible()
    QTest.keyClick(viewer.view, Key.Key_Escape)
    assert not viewer.isFullScreen()
    assert viewer.bar.isVisible()
    QTest.keyClick(viewer.view, Key.Key_Escape)
    assert not viewer.isVisible()


def test_its_workflow_opens(opened: Callable[..., Viewer], stand: Stand, pictures: list[Path]) -> None:
    viewer = opened(1)
    QTest.keyClick(viewer.view, Key.Key_W)
    assert stand.opened == [pictures[1]]
    viewer = opened(3)  # it holds none
    QTest.keyClick(viewer.view, Key.Key_W)
    assert stand.opened == [pictures[1]]


def test_the_menu_offers_what_can_be_done(opened: Callable[..., Viewer], stand: Stand) -> None:
    viewer = opened(0)
    QTest.mouseClick(viewer.buttons["more"], LEFT)
    press_menu("Copy")
    assert stand.said == ["Copied 0.png"]


def test_a_picture_that_goes_away_gives_way_to_the_next(
    opened: Callable[..., Viewer], pictures: list[Path], qtbot: QtBot
) -> None:
    viewer = opened(1)
    pictures[1].unlink()
    qtbot.waitUntil(lambda: viewer.picture is not None and viewer.picture.path == pictures[2])


def test_a_damaged_picture_says_so(opened: Callable[..., Viewer], pictures: list[Path], qtbot: QtBot) -> None:
    pictures[3].write_bytes(b"nothing")
    viewer = opened(2)
    QTest.keyClick(viewer.view, Key.Key_Right)
    qtbot.waitUntil(lambda: "3.png cannot be shown" in viewer.view.message)


def test_differences_are_where_pictures_differ() -> None:
    one = QImage(20, 10, QImage.Format.Format_RGB32)
    one.fill(QColor(100, 100, 100))
    two = one.copy()
    two.setPixelColor(3, 4, QColor(110, 100, 90))
    found = difference(one, two)
    assert found.pixelColor(3, 4).name() == "#280028"
    assert found.pixelColor(4, 4).name() == "#000000"


def test_pictures_are_shown_upright(
    commands: Commands, library: Library, tmp_path: Path, qtbot: QtBot
) -> None:
    exif = PILImage.Exif()
    exif[0x0112] = 6  # lies on its side
    PILImage.new("RGB", (40, 20), "blue").save(tmp_path / "output/side.jpg", exif=exif)
    qtbot.waitUntil(lambda: len(library.pictures) == 5)
    commands.open([library.pictures[0]], tuple)
    viewer = commands.viewer
    assert viewer is not None
    qtbot.waitUntil(lambda: viewer.view.image.size().toTuple() == (20, 40))
