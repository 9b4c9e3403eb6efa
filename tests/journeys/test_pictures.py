"""Pictures that were made: searched in the gallery, compared in the viewer, dragged back to the canvas."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF
from pytestqt.qtbot import QtBot

from nodeflow.document.files import load_workflow
from tests.journeys.hand import Hand, Places
from ui.editing.editing import Editing
from ui.pictures.comparing import Comparing
from ui.pictures.gallery import Gallery
from ui.pictures.viewer import Viewer
from ui.window.main_window import MainWindow

OpenTemplate = Callable[[str], tuple[Editing, Places]]


@pytest.fixture
def gallery(
    window: MainWindow,
    hand: Hand,
    qtbot: QtBot,
    open_template: OpenTemplate,
    saved_pictures: list[Path],
) -> Gallery:
    """The gallery, opened by its key over a template, with all pictures read."""
    editing, _ = open_template("Text to image")
    hand.key("ctrl+p")
    library, gallery = window.pictures.library, window.pictures.gallery
    hand.until(gallery.isVisible, "the gallery is open")
    qtbot.waitUntil(lambda: len(library.facts) == len(saved_pictures) and not library.busy, timeout=20_000)
    hand.rest(300)
    editing.canvas.fit_all()
    hand.rest()
    return gallery


def place(gallery: Gallery, name: str) -> QPoint:
    """The middle of a picture, by the beginning of its file's name."""
    assert gallery.model is not None
    (row,) = (r for r, picture in enumerate(gallery.pictures) if picture.path.name.startswith(name))
    return gallery.view.visualRect(gallery.model.index(row)).center()


def search(hand: Hand, gallery: Gallery, words: str, count: int) -> None:
    """Type into the search line until only what fits is shown."""
    hand.click(gallery.search)
    hand.key("ctrl+a")
    hand.type(words)
    hand.until(lambda: len(gallery.pictures) == count, f"{count} fit {words}")


def names(gallery: Gallery) -> set[str]:
    return {picture.path.stem.rpartition("_")[0] for picture in gallery.pictures}


def how(viewer: Viewer) -> Comparing:
    """How two pictures are compared just now."""
    return viewer.view.comparing


def test_the_gallery_is_searched(window: MainWindow, hand: Hand, gallery: Gallery) -> None:
    hand.shot("gallery", window, window.desk.theme)
    search(hand, gallery, "lora", 1)
    assert names(gallery) == {"two_loras"}
    hand.shot("gallery_search", window)
    hand.key("Return")
    assert [picture.path.stem for picture in gallery.chosen] == ["two_loras_1"]
    search(hand, gallery, "a dragon", 0)
    assert gallery.hint.text() == "No picture fits “a dragon”."
    hand.shot("gallery_nothing_fits", window)


def test_a_picture_dragged_onto_the_canvas_restores_its_workflow(
    window: MainWindow, hand: Hand, gallery: Gallery
) -> None:
    editing = window.editing
    assert editing is not None
    canvas = editing.canvas.viewport()
    search(hand, gallery, "lora", 1)
    hand.carry(
        gallery.view.viewport(), canvas, canvas.rect().center() + QPoint(0, 150), place(gallery, "two_loras")
    )
    hand.until(lambda: window.editing is not editing, "its workflow is open in a tab of its own")
    assert window.editing is not None
    restored, made = window.editing.document.workflow, load_workflow("two_loras")
    assert restored.nodes == made.nodes
    hand.shot("workflow_from_gallery", window)


def test_two_pictures_are_compared(window: MainWindow, hand: Hand, gallery: Gallery, qtbot: QtBot) -> None:
    view = gallery.view.viewport()
    hand.click(view, place(gallery, "text_to_image"))
    with hand.held("ctrl"):
        hand.click(view, place(gallery, "base_and_refiner"))
    hand.key("Return")
    viewer = window.pictures.commands.viewer
    assert isinstance(viewer, Viewer)
    hand.until(viewer.isActiveWindow, "the viewer is open")
    qtbot.waitUntil(lambda: not viewer.view.other.isNull(), timeout=20_000)
    hand.rest()
    middle = QPointF(viewer.view.rect().center())
    hand.drag(viewer.view, middle, middle - QPointF(60, 0))
    assert viewer.view.split < 0.48
    hand.key("s")
    assert how(viewer) is Comparing.BESIDE
    hand.shot("viewer_beside", viewer)
    hand.key("s", "d")
    assert how(viewer) is Comparing.DIFFERENCE
    hand.shot("viewer_difference", viewer)
    hand.key("d", "c")
    assert viewer.other is None
    hand.shot("viewer", viewer, window.desk.theme)
    hand.key("w")
    hand.until(lambda: len(window.documents.editings) == 2, "its workflow is open")
